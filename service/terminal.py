"""Standard output for results, standard error for people: JSON, sentences, progress."""

import sys
from dataclasses import dataclass
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from service.settings import Settings
from service.wording import Wording

ATTENTION = 1  # done, and something needs attention
PIPED_WIDTH = 160  # columns of tables that go to a file or another program
NOT_DONE = 3  # the input could not be read or the request could not be carried out


@dataclass(frozen=True, slots=True)
class Terminal:
    """One run's way to talk.

    Parameters
    ----------
    settings : Settings of the run.
    as_json : Whether standard output carries exactly one JSON document.
    """

    settings: Settings
    as_json: bool = False

    @property
    def wording(self) -> Wording:
        """The reader's language."""
        return Wording(self.settings.lang)

    @property
    def console(self) -> Console:
        """Console on standard output, for people's tables."""
        width = None if sys.stdout.isatty() else PIPED_WIDTH
        return Console(soft_wrap=True, highlight=False, markup=False, width=width)

    def say(self, message: str, /, **fields: object) -> None:
        """Write one translated sentence to standard error."""
        click.echo(self.wording.text(message, **fields), err=True)

    def emit(self, document: Any) -> None:  # noqa: ANN401 (whatever msgspec can encode)
        """Write one JSON document to standard output."""
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=1).decode() + "\n")

    def progress(self) -> Progress:
        """Return a progress display on standard error; quiet lines where it is not a terminal."""
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=False,
        )
