"""What the environment and the command line decide."""

import getpass
import locale
import os
from dataclasses import dataclass
from datetime import date

LANGUAGES = ("id", "en")
DEFAULT_DATABASE_URL = "sqlite:///bangkom.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one run.

    Parameters
    ----------
    database_url : SQLAlchemy URL of the database.
    lang : ``id`` or ``en``.
    on : Day that counts as today.
    """

    database_url: str = DEFAULT_DATABASE_URL
    lang: str = "id"
    on: date


def choose_language(asked: str | None) -> str:
    """Return the asked language, else ``BANGKOM_LANG``, else the locale's, else Indonesian."""
    if asked:
        return asked
    named = os.environ.get("BANGKOM_LANG", "").lower()
    if named in LANGUAGES:
        return named
    spoken = (locale.getlocale()[0] or os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower()
    return "en" if spoken.startswith("en") and not spoken.startswith("en_us_posix") else "id"


def today() -> date:
    """Return the machine's day; the only place that asks the calendar."""
    return date.today()  # noqa: DTZ011 (dates here have no zone: the office's own day)


def account() -> str:
    """Return who is at work: ``BANGKOM_AUTHOR``, else the machine's account, as changes and decisions name it."""
    named = os.environ.get("BANGKOM_AUTHOR", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return f"uid-{os.getuid()}"
