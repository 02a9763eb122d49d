"""``bangkom gaps``: where one person stands against the position."""

from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON
from service.settings import Settings
from service.terminal import Terminal


@click.command()
@click.argument("nip")
@AS_JSON
@click.pass_obj
def gaps(settings: Settings, /, *, nip: str, as_json: bool) -> None:
    """Show the competency gaps of the employee with number NIP.

    \b
    Examples:
      bangkom gaps 199001012015011001
      bangkom --on 2027-01-04 gaps 199001012015011001 --json
    """
    from recommender.policy import Policy
    from service.lookup import gap_document, person_of
    from service.pipeline import load_office
    from service.reference import open_office

    terminal = Terminal(settings, as_json)
    office = load_office(open_office(settings.database_url), settings.on)
    document = gap_document(person_of(office, nip), Policy(), terminal.wording)
    if as_json:
        terminal.emit(document)
    else:
        _show(terminal, document)


def _show(terminal: Terminal, document: dict[str, Any]) -> None:
    from service.lookup import without_standard

    wording = terminal.wording
    terminal.console.print(wording.text("{name} ({nip}), {position}, {unit}", name=document["name"],
                                        nip=document["employee"], position=document["position"] or "-",
                                        unit=document["unit"] or "-"))  # fmt: skip
    if not document["gaps"]:
        terminal.console.print(without_standard(document["position"], wording))
        return
    show_gaps(terminal, document["gaps"])
    if document["job_person_match"] is not None:
        value = wording.number(document["job_person_match"], 1)
        terminal.console.print(
            wording.text("Job Person Match: {value} (shown beside; trainings follow the gaps)", value=value)
        )


def show_gaps(terminal: Terminal, rows: list[dict[str, Any]]) -> None:
    """Print gaps as a table."""
    wording = terminal.wording
    headers = ("Competency", "Name", "Required", "Assessed", "Deficit", "State")
    table = Table(*[wording.text(header) for header in headers])
    for row in rows:
        figures = [
            wording.number(row[k], 1) if row[k] is not None else "-" for k in ("required", "assessed", "deficit")
        ]
        state = wording.text(row["state"]) + (" *" if row["default"] else "")
        table.add_row(row["competency"], row["name"], *figures, state)
    terminal.console.print(table)
    if any(row["default"] for row in rows):
        terminal.console.print(wording.text("* required level is the default of the position class"))
