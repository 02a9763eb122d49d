"""``bangkom person``: what is on file about one person, handed out or erased."""

from pathlib import Path

import click

from service.files import writing_to
from service.settings import Settings
from service.terminal import Terminal


@click.group()
def person() -> None:
    """Hand out, or erase, what is on file about one person."""


@person.command("export")
@click.argument("nip")
@click.option("--out", type=click.Path(path_type=Path), help="File for the JSON document; standard output if none.")
@click.pass_obj
def export_person(settings: Settings, /, *, nip: str, out: Path | None) -> None:
    """Write everything on file about the employee with number NIP as one JSON document.

    \b
    Example:
      bangkom person export 199001012015011001 --out data-pribadi.json
    """
    import msgspec

    from service.people import person_document
    from service.reference import open_office

    terminal = Terminal(settings, as_json=True)
    document = person_document(open_office(settings.database_url), nip)
    if out is None:
        terminal.emit(document)
        return
    with writing_to(out):
        out.write_bytes(msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=1))
    terminal.say("Written to {file}.", file=out)


@person.command()
@click.argument("nip")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(settings: Settings, /, *, nip: str, yes: bool) -> None:
    """Erase the employee with number NIP for good: rows, earlier versions, and their number in plans and policies.

    \b
    Example:
      bangkom person erase 199001012015011001 --yes
    """
    from service.people import erase_person
    from service.reference import open_office

    terminal = Terminal(settings)
    if not yes:
        click.confirm(terminal.wording.text("Erase everything about {nip}? It cannot be undone.", nip=nip),
                      abort=True, err=True)  # fmt: skip
    n_rows = erase_person(open_office(settings.database_url), nip)
    terminal.say("Erased: {n} rows and their earlier versions.", n=terminal.wording.number(n_rows))
