"""Help and usage in the reader's language: the commands' own sentences, and the words of click."""

import gettext
import inspect
import os
import re
from copy import copy
from importlib import import_module, resources
from typing import Any

import click

from service.wording import Wording

CLICK = "click"  # name of the catalogue with click's own words: locales/<lang>/LC_MESSAGES/click.mo
_AS_IT_IS = "\b"  # begins a paragraph whose lines click does not wrap
_GAP = re.compile(r"(\n|\s{2,})")


class LazyGroup(click.Group):
    """A group whose commands are imported on first use, so that ``--help`` stays quick.

    Parameters
    ----------
    places : Name of each command -> module:attribute, in the order in which a newcomer needs them.
    """

    def __init__(self, *args: Any, places: dict[str, str], **kwargs: Any) -> None:  # noqa: ANN401 (click's own)
        super().__init__(*args, **kwargs)
        self.places = places
        self.wording = Wording("en")  # of the help; `in_words` sets the reader's

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names in their order."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        """Import and return the command, or None."""
        if cmd_name not in self.places:
            return None
        module, attribute = self.places[cmd_name].split(":")
        return in_words(getattr(import_module(module), attribute), self.wording)


def speak(lang: str) -> None:
    """Let click say its own words, such as those of a wrong usage, in a language; it asks gettext for them."""
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(CLICK, str(resources.files("service") / "locales"))
    gettext.textdomain(CLICK)


def in_words(command: click.Command, wording: Wording) -> click.Command:
    """Return a command, with its options and commands, whose help is in the reader's language."""
    said = copy(command)
    said.help = _help_in_words(command.help or "", wording)
    said.params = [_parameter_in_words(parameter, wording) for parameter in command.params]
    said.options_metavar = wording.text("[OPTIONS]")
    if isinstance(said, LazyGroup):
        said.wording = wording
    if isinstance(said, click.Group):
        said.subcommand_metavar = wording.text("COMMAND [ARGS]...")
        said.commands = {name: in_words(inner, wording) for name, inner in said.commands.items()}
    return said


def _help_in_words(text: str, wording: Wording) -> str:
    """Translate a help text: prose by the paragraph, examples by what stands between gaps."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        "".join(wording.text(piece) if piece.strip() else piece for piece in _GAP.split(paragraph))
        if paragraph.startswith(_AS_IT_IS)
        else wording.text(" ".join(paragraph.split()))
        for paragraph in paragraphs
    )


def _parameter_in_words(parameter: click.Parameter, wording: Wording) -> click.Parameter:
    said = copy(parameter)
    said.type = copy(parameter.type)
    said.type.name = wording.text(parameter.type.name)
    if isinstance(said, click.Option) and said.help:
        said.help = wording.text(said.help)
    return said
