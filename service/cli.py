"""The command ``bangkom``: global options, and one module for each command, imported when it is asked for."""

import os
import sys
from datetime import datetime
from itertools import pairwise

import click

from service.settings import DEFAULT_DATABASE_URL, LANGUAGES, Settings, choose_language, today
from service.terminal import NOT_DONE
from service.usage import LazyGroup, in_words, speak
from service.wording import Wording
from training_catalog.errors import BangkomError

# name -> module:attribute; a heavy import happens only when its command runs
COMMANDS = {
    "demo": "service.commands.demo:demo",
    "templates": "service.commands.templates:templates",
    "import": "service.commands.imports:import_files",
    "match": "service.commands.match:match",
    "gaps": "service.commands.gaps:gaps",
    "recommend": "service.commands.recommend:recommend",
    "fit": "service.commands.models:fit",
    "models": "service.commands.models:models",
    "effects": "service.commands.effects:effects",
    "plan": "service.commands.plan:plan",
    "scenarios": "service.commands.scenarios:scenarios",
    "plans": "service.commands.plans:plans",
    "solve": "service.commands.solve:solve",
    "export": "service.commands.exports:export",
    "serve": "service.commands.serve:serve",
    "worker": "service.commands.worker:worker",
    "person": "service.commands.person:person",
    "user": "service.commands.user:user",
    "key": "service.commands.key:key",
    "database": "service.commands.database:database",
}


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bangkom")
@click.option("--database", "database_url", envvar="BANGKOM_DATABASE_URL", default=DEFAULT_DATABASE_URL,
              show_default=True, help="Database URL.")  # fmt: skip
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of texts; BANGKOM_LANG, else the locale, else id.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day that counts as today (YYYY-MM-DD).")
@click.pass_context
def main_group(ctx: click.Context, database_url: str, lang: str | None, on: datetime | None) -> None:
    """Find competency gaps, rank trainings, and plan within the budget.

    \b
    Start here:
      bangkom demo demo-city         a whole city, from files to a plan
      bangkom templates my-office    empty tables to fill in
      bangkom import my-office/*.csv
      bangkom plan --year 2027 --out result
    """
    day = on.date() if on is not None else today()
    ctx.obj = Settings(database_url=database_url, lang=choose_language(lang), on=day)


def main() -> None:
    """Run the terminal and translate every known error into one sentence and an exit status."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    wording = Wording(_language_asked())
    speak(wording.lang)
    try:
        in_words(main_group, wording).main()
    except BangkomError as error:
        click.echo(wording.text("Error: {message}", message=error.said(wording.text)), err=True)
        sys.exit(NOT_DONE)


def _language_asked() -> str:
    """Return the language of this run, also where an error kept the settings from being made."""
    given = sys.argv[1:]
    asked = [value for flag, value in pairwise(given) if flag == "--lang"]
    asked += [word.partition("=")[2] for word in given if word.startswith("--lang=")]
    return choose_language(asked[-1] if asked and asked[-1] in LANGUAGES else None)
