"""What the environment and the command line decide."""

import getpass
import locale
import os
from dataclasses import dataclass
from datetime import date

from training_catalog.errors import InvalidValueError

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


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """How workers treat jobs.

    Parameters
    ----------
    lease_seconds : After how long without a sign of life a job may be taken over.
    grace_seconds : How long a worker that is told to stop goes on with its job.
    keep_days : How long jobs that are over are kept, with their results.
    """

    lease_seconds: float = 30.0
    grace_seconds: float = 8.0
    keep_days: float = 30.0


def job_settings() -> JobSettings:
    """Return the settings of jobs from the environment.

    Raises
    ------
    InvalidValueError
        When one is no number above 0.
    """
    default = JobSettings()
    return JobSettings(
        lease_seconds=_positive("BANGKOM_JOB_LEASE_SECONDS", default.lease_seconds),
        grace_seconds=_positive("BANGKOM_JOB_GRACE_SECONDS", default.grace_seconds),
        keep_days=_positive("BANGKOM_JOB_KEEP_DAYS", default.keep_days),
    )


def _positive(name: str, default: float) -> float:
    """Return a number of the environment, or the default where it is not set."""
    given = os.environ.get(name, "").strip()
    try:
        value = float(given or default)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InvalidValueError(name, given, "a number above 0")
    return value


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
