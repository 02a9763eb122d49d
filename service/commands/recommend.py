"""``bangkom recommend``: ranked trainings for one person, or for everybody."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from service.commands.gaps import show_gaps
from service.commands.opening import AS_JSON
from service.settings import Settings
from service.terminal import Terminal

MODES = ("face-to-face", "online", "blended")


@click.command()
@click.argument("nip", required=False)
@click.option("--all", "everybody", is_flag=True, help="Everybody, to --out.")
@click.option("--out", type=click.Path(path_type=Path), help="File for --all: .parquet, .csv or .xlsx.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Most trainings a person.")
@click.option("--mode", type=click.Choice(MODES), help="Only classes of this mode.")
@click.option("--max-cost", type=click.IntRange(min=0), help="Only classes of at most this cost, in rupiah.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="Only classes that begin on or after.")
@click.option("--until", "end", type=click.DateTime(["%Y-%m-%d"]), help="Only classes that end on or before.")
@click.option("--about", metavar="TRAINING", help="Where this training stands, and what would make it the first.")
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file (JSON or TOML).")
@AS_JSON
@click.pass_obj
def recommend(
    settings: Settings, /, *, nip: str | None, everybody: bool, out: Path | None, limit: int, mode: str | None,
    max_cost: int | None, start: datetime | None, end: datetime | None, about: str | None, policy: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Rank trainings for the employee with number NIP, best first, each with its reasons.

    \b
    Examples:
      bangkom recommend 199001012015011001 --limit 5 --mode online
      bangkom recommend 199001012015011001 --about D027
      bangkom recommend --all --out rekomendasi.parquet
    """
    from service.list_items import ListFilter, check_days
    from service.pipeline import load_office
    from service.policy_file import read_policy
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    _check_asked(terminal, nip=nip, everybody=everybody, out=out, about=about)
    rules = read_policy(policy)
    database = open_office(settings.database_url)
    office = load_office(database, settings.on)
    if everybody and out is not None:
        _write_all(terminal, database, office, rules, out, limit)
        return
    first, last = start.date() if start else None, end.date() if end else None
    check_days(first, last, "--until")
    wanted = ListFilter(limit=limit, mode=mode, max_cost=max_cost, start=first, end=last)
    if about:
        _tell_about(terminal, office, rules, str(nip), about)
    else:
        _tell_list(terminal, database, office, rules, str(nip), wanted)


def _check_asked(terminal: Terminal, *, nip: str | None, everybody: bool, out: Path | None, about: str | None) -> None:
    if everybody == bool(nip):
        raise click.UsageError(terminal.wording.text("give either a NIP or --all"))
    if everybody and out is None:
        raise click.UsageError(terminal.wording.text("--all needs --out FILE"))
    if everybody and about:
        raise click.UsageError(terminal.wording.text("--about is asked of one person, not of --all"))


def _tell_list(terminal: Terminal, database: Any, office: Any, rules: Any, nip: str, wanted: Any) -> None:
    """Show a person's list, and log it."""
    from service.decisions import list_decision, policy_text
    from service.ledger.held import seats_held, tell_seats
    from service.lookup import list_person, person_of, recommendation_document
    from service.pipeline import background_of
    from service.storage.decisions import log_decision
    from service.storage.engine import transaction

    listed = list_person(person_of(office, nip), rules, background_of(office, rules))
    document = recommendation_document(listed, wanted, terminal.wording)
    log_decision(database, list_decision(office, document, wanted, policy_text(rules)))
    with transaction(database.engine) as connection:
        document["items"] = tell_seats(document["items"], seats_held(connection, nip))
    if terminal.as_json:
        terminal.emit(document)
    else:
        _show(terminal, document)


def _tell_about(terminal: Terminal, office: Any, rules: Any, nip: str, training: str) -> None:
    """Say where a training stands, why, and what would have to be found for it to rank first."""
    from service.lookup import person_of
    from service.pipeline import background_of
    from service.training_standing import standing_document

    document = standing_document(
        person_of(office, nip), training, rules, background_of(office, rules), terminal.wording
    )
    if terminal.as_json:
        terminal.emit(document)
        return
    console = terminal.console
    console.print(f"{document['training']} {document['training_name']}: {document['text']}")
    for reason in document["reasons"]:
        console.print(reason["text"])
    if document["change_text"]:
        console.print(document["change_text"])


def _write_all(terminal: Terminal, database: Any, office: Any, rules: Any, out: Path, limit: int) -> None:
    from service.decisions import Watched
    from service.lists import list_frames, write_lists
    from service.storage.decisions import log_decision

    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Ranking"), total=office.workforce.n_people)
        lists = Watched(list_frames(office, rules, limit, lambda n: progress.advance(task, n)))
        n_rows = write_lists(iter(lists), out)
    log_decision(database, lists.decision(office, rules, limit))
    terminal.say("{n} recommendations for {people} people written to {file}.", n=terminal.wording.number(n_rows),
                 people=terminal.wording.number(office.workforce.n_people), file=out)  # fmt: skip
    if terminal.as_json:
        terminal.emit({"file": str(out), "rows": n_rows, "people": office.workforce.n_people})


def _show(terminal: Terminal, document: dict[str, Any]) -> None:
    wording, console = terminal.wording, terminal.console
    console.print(wording.text("{name} ({nip}), {position}, {unit}", name=document["name"], nip=document["employee"],
                               position=document["position"] or "-", unit=document["unit"] or "-"))  # fmt: skip
    show_gaps(terminal, document["gaps"])
    if document["notice"]:
        console.print(document["notice"])
    headers = ("Rank", "Training", "Class", "Benefit", "Completion", "Cost", "JP", "Mode", "Start")
    table = Table(*[wording.text(header) for header in headers])
    for item in document["items"]:
        interval = (
            f"{wording.number(item['benefit'], 2)} ({wording.number(item['low'], 2)}-{wording.number(item['high'], 2)})"
        )
        cost = wording.money(item["cost"]) if item["cost"] is not None else "-"
        start = wording.date(item["start"]) if item["start"] else "-"
        table.add_row(str(item["rank"]), f"{item['training']} {item['name']}", item["offering"] or "-", interval,
                      wording.percent(item["completion"], 0), cost, wording.number(item["hours"]),
                      wording.text(item["mode"]), start)  # fmt: skip
    console.print(table)
    for item in document["items"]:
        if "seat" in item:
            console.print(wording.text("{rank}. An approved plan holds a seat for it already: class {offering}, {day}.",
                                       rank=item["rank"], offering=item["seat"]["offering"],
                                       day=wording.date(item["seat"]["start"])))  # fmt: skip
        for reason in item["reasons"]:
            console.print(f"{item['rank']}. {reason['text']}")
    if not document["items"]:
        console.print(wording.text("Nothing to recommend."))
    for row in document["left_out"]:
        console.print(wording.text("Not {training}: {reason}", training=row["training"], reason=row["text"]))
    serving = "Ranked by model {model}: {verdict}" if document["state"] == "model" else "Ranked by the rule: {verdict}"
    console.print(wording.text(serving, model=document["model"], verdict=document["verdict"]))
