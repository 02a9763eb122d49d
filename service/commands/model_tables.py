"""A model's card on the terminal: verdict, quality by slice, calibration, fairness."""

from collections.abc import Callable, Mapping
from typing import Any

from rich.table import Table

from service.evidence_answer import evidence_tables, list_words, objection_texts
from service.model_answer import standing_of
from service.storage.database import StoredModel
from service.terminal import Terminal
from service.wording import Wording


def print_card(terminal: Terminal, stored: StoredModel) -> None:
    """Print verdict, what stands against the model, and its tables."""
    wording, manifest = terminal.wording, stored.manifest
    terminal.console.print(f"{stored.model_id}: {wording.text(stored.state)}. {standing_of(stored, wording)}")
    for sentence in objection_texts(manifest, wording):
        terminal.say("Stands against it: {why}", why=sentence)
    for sentence in list_words(manifest, wording):
        terminal.console.print(sentence)
    found = evidence_tables(manifest, wording)
    for part in found["slices"]:
        terminal.console.print(_table(part, wording, SLICE_COLUMNS))
    for title, name, digits in (("Completion, as foretold and as seen", "completion", 3),
                                ("Levels closed, as foretold and as seen", "benefit", 3)):  # fmt: skip
        if found[name]:
            terminal.console.print(_bins(wording.text(title), found[name], digits, wording))
    for part in found["fairness"]:
        terminal.console.print(_table(part, wording, FAIRNESS_COLUMNS))


def print_watch(terminal: Terminal, document: dict[str, Any]) -> None:
    """Print what a check found, and what was fitted anew."""
    wording, watch = terminal.wording, document["watch"]
    terminal.console.print(f"{document['model']}: {document['words']}")
    for sentence in watch["stale"]:
        terminal.console.print(sentence)
    table = Table(*[wording.text(header) for header in ("What it looks at", "Shift", "Limit of chance", "Verdict")])
    for one in watch["shifts"]:
        table.add_row(one["title"], _number("size", 3)(one, wording), _number("limit", 3)(one, wording), one["verdict"])
    terminal.console.print(table)
    terminal.say("{people} people and {outcomes} later participations were looked at.",
                 people=wording.number(watch["people"]), outcomes=wording.number(watch["outcomes"]))  # fmt: skip
    if "fit" in document:
        fitted = document["fit"]
        terminal.console.print(f"{fitted['model']}: {wording.text(fitted['verdict'])}. {fitted['words']}")


def _number(name: str, digits: int) -> Callable[[Mapping[str, Any], Wording], str]:
    return lambda row, wording: "-" if row[name] is None else wording.number(row[name], digits)


def _share(name: str) -> Callable[[Mapping[str, Any], Wording], str]:
    return lambda row, wording: "-" if row[name] is None else wording.percent(row[name])


def _range(name: str, digits: int) -> Callable[[Mapping[str, Any], Wording], str]:
    def shown(row: Mapping[str, Any], wording: Wording) -> str:
        if row[f"{name}_lower"] is None:
            return "-"
        return f"{wording.number(row[f'{name}_lower'], digits)} – {wording.number(row[f'{name}_upper'], digits)}"  # noqa: RUF001 (a range)

    return shown


Columns = tuple[tuple[str, Callable[[Mapping[str, Any], Wording], str]], ...]
SLICE_COLUMNS: Columns = (
    ("People", _number("n_people", 0)), ("Measured", _number("n_measured", 0)),
    ("Difference in ordering", _number("gain", 3)), ("95 % interval", _range("gain", 3)),
    ("Difference in Brier score", _number("brier_gain", 3)), ("95 % interval", _range("brier", 3)),
    ("Verdict", lambda row, _: str(row["verdict"])),
)  # fmt: skip
FAIRNESS_COLUMNS: Columns = (
    ("People", _number("n_people", 0)), ("Chosen by the model", _share("chosen")),
    ("Chosen by the rule", _share("chosen_by_rule")), ("Levels expected", _number("expected", 3)),
    ("Levels found", _number("found", 3)), ("Found less expected, 95 % interval", _range("excess", 3)),
)  # fmt: skip


def _table(part: Mapping[str, Any], wording: Wording, columns: Columns) -> Table:
    table = Table(part["title"], *[wording.text(header) for header, _ in columns])
    for row in part["rows"]:
        table.add_row(row["name"], *[shown(row, wording) for _, shown in columns])
    return table


def _bins(title: str, bins: list[dict[str, Any]], digits: int, wording: Wording) -> Table:
    table = Table(*[wording.text(header) for header in ("Foretold", "Seen", "95 % interval", "People")], title=title)
    for one in bins:
        interval = f"{wording.number(one['lower'], digits)} – {wording.number(one['upper'], digits)}"  # noqa: RUF001 (a range)
        table.add_row(wording.number(one["foretold"], digits), wording.number(one["seen"], digits), interval,
                      wording.number(one["n_people"]))  # fmt: skip
    return table
