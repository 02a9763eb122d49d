"""What the environment and the command line decide."""

import getpass
import locale
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from pathlib import Path

from training_catalog.errors import InputError, InvalidValueError

LEAST_MEMORY = 256  # MiB that the libraries alone take; `_worker_memory` says it in words
STOPPING = "stopping"  # file in the run folder, there from the moment on at which the service is told to stop
LANGUAGES = ("id", "en")
LOG_LEVELS = ("debug", "info", "warning", "error")
DEFAULT_DATABASE_URL = "sqlite:///bangkom.db"
ADDRESS = r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?"
AT_LEAST = {0: "a number from 0 up", 1: "a number from 1 up", 1024: "a number from 1024 up"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """When a model is stale.

    Parameters
    ----------
    most_days : Age in days from which it is.
    stale_by : What makes it so: any of `STALE_BY`.
    """

    most_days: int = 400
    stale_by: tuple[str, ...] = ("age", "framework")


STALE_BY = ("age", "framework", "catalog")


def model_settings() -> ModelSettings:
    """Return the settings of models from the environment.

    Raises
    ------
    InvalidValueError
        When the age is no number above 0, or something else is named than `STALE_BY`.
    """
    default = ModelSettings()
    given = os.environ.get("BANGKOM_MODEL_STALE_BY", " ".join(default.stale_by))
    named = tuple(given.replace(",", " ").split())
    if not set(named) <= set(STALE_BY):
        raise InvalidValueError("BANGKOM_MODEL_STALE_BY", given, ", ".join(STALE_BY))
    return ModelSettings(most_days=round(_positive("BANGKOM_MODEL_DAYS", default.most_days)), stale_by=named)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """Where spans of requests and jobs go.

    Parameters
    ----------
    endpoint : Address of an OpenTelemetry collector (OTLP over HTTP).
    share : Share of traces that are kept, from 0 to 1; what a caller's own trace says goes before it.
    """

    endpoint: str
    share: float = 1.0


def trace_settings(environment: Mapping[str, str] | None = None) -> TraceSettings | None:
    """Read where spans go; None for nowhere.

    Raises
    ------
    InvalidValueError
        Naming the variable, its value and what is accepted.
    """
    given = os.environ if environment is None else environment
    endpoint = given.get("BANGKOM_OTLP_ENDPOINT", "").strip().rstrip("/")
    if not endpoint:
        return None
    if not re.fullmatch(ADDRESS, endpoint):
        raise InvalidValueError("BANGKOM_OTLP_ENDPOINT", endpoint, "http://host:4318")
    told = given.get("BANGKOM_OTLP_SHARE", "").strip() or "1"
    try:
        share = float(told)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise InvalidValueError("BANGKOM_OTLP_SHARE", told, "a number from 0 to 1")
    return TraceSettings(endpoint=endpoint, share=share)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Settings of the HTTP service, from the environment.

    Parameters
    ----------
    policy : File with the rules of lists; the defaults when None.
    on : Day that counts as today for good; each day its own when None.
    lang : Language of what is not asked for in another.
    is_dev : Whether it may run without a way to prove who calls being set up, over plain HTTP.
    is_secure : Whether browsers are told to come over HTTPS only.
    body_limit, upload_limit : Largest bodies in bytes: of records, and of files to import.
    rate, burst : Calls a second, and at once, of one caller; 0 for no limit.
    cors_origins : Origins whose scripts may read answers.
    run_folder : Folder shared by the workers of this host; each has its own when None.
    log_level : Least severity of a line in the log.
    public_url : Address that people use, where a reverse proxy ends TLS; empty for none.
    proxies : Addresses and networks of reverse proxies, whose word on who calls is taken.
    traces : Where spans go; None for nowhere.
    worker_memory : MiB from which a worker process is replaced by a new one; 0 for never.
    """

    policy: Path | None = None
    on: date | None = None
    public_url: str = ""
    proxies: tuple[str, ...] = ()
    lang: str = "id"
    is_dev: bool = False
    is_secure: bool = True
    body_limit: int = 2_097_152
    upload_limit: int = 20_971_520
    rate: float = 50.0
    burst: float = 200.0
    cors_origins: frozenset[str] = frozenset()
    run_folder: Path | None = None
    log_level: str = "info"
    traces: TraceSettings | None = None
    worker_memory: int = 0

    def today(self) -> date:
        """Return the day that counts as today."""
        return self.on if self.on is not None else today()


def _number(environment: Mapping[str, str], name: str, default: float, least: int) -> float:
    given = environment.get(name, "").strip()
    if not given:
        return default
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not least <= value < math.inf:
        raise InvalidValueError(name, given, AT_LEAST[least])
    return value


def _worker_memory(environment: Mapping[str, str]) -> int:
    given = environment.get("BANGKOM_WORKER_MEMORY", "").strip() or "0"
    if not given.isdecimal() or 0 < int(given) < LEAST_MEMORY:
        raise InvalidValueError("BANGKOM_WORKER_MEMORY", given, "0, or MiB from 256 up")
    return int(given)


def _public_url(environment: Mapping[str, str]) -> str:
    given = environment.get("BANGKOM_PUBLIC_URL", "").strip().rstrip("/")
    if given and not re.fullmatch(ADDRESS, given):
        raise InvalidValueError("BANGKOM_PUBLIC_URL", given, "https://host")
    return given


def _proxies(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = [part.strip() for part in environment.get("BANGKOM_PROXIES", "").split(",") if part.strip()]
    for part in given:
        try:
            ip_network(part)
        except ValueError as error:
            raise InvalidValueError("BANGKOM_PROXIES", part, "addresses or networks, separated by commas") from error
    return tuple(given)


def service_settings(environment: Mapping[str, str] | None = None) -> ServiceSettings:
    """Read the settings of the service, each checked.

    Raises
    ------
    InvalidValueError
        Naming the variable, its value and what is accepted.
    """
    given = os.environ if environment is None else environment
    default = ServiceSettings()
    day, policy, folder = (given.get(f"BANGKOM_{name}", "").strip() for name in ("ON", "POLICY", "RUN_FOLDER"))
    level = given.get("BANGKOM_LOG_LEVEL", default.log_level).strip().lower()
    if level not in LOG_LEVELS:
        raise InvalidValueError("BANGKOM_LOG_LEVEL", level, ", ".join(LOG_LEVELS))
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise InvalidValueError("BANGKOM_ON", day, "YYYY-MM-DD") from error
    if policy and not Path(policy).is_file():
        raise InvalidValueError("BANGKOM_POLICY", policy, "a file that exists")
    origins = frozenset(part.strip().rstrip("/") for part in given.get("BANGKOM_CORS_ORIGINS", "").split(",") if part)
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", origin):
            raise InvalidValueError("BANGKOM_CORS_ORIGINS", origin, "https://host, separated by commas")
    is_dev = given.get("BANGKOM_DEV", "") == "1"
    return ServiceSettings(
        policy=Path(policy) if policy else None, on=on, lang=choose_language(None), is_dev=is_dev,
        is_secure=not is_dev,
        body_limit=int(_number(given, "BANGKOM_BODY_LIMIT", default.body_limit, 1024)),
        upload_limit=int(_number(given, "BANGKOM_UPLOAD_LIMIT", default.upload_limit, 1024)),
        rate=_number(given, "BANGKOM_RATE", default.rate, 0), burst=_number(given, "BANGKOM_BURST", default.burst, 1),
        public_url=_public_url(given), proxies=_proxies(given), cors_origins=origins,
        run_folder=Path(folder) if folder else None, log_level=level, traces=trace_settings(given),
        worker_memory=_worker_memory(given),
    )  # fmt: skip


def retention_years() -> dict[str, int]:
    """Return how many years rows are kept, by table; ``""`` for those not named: ``BANGKOM_RETENTION_YEARS``.

    Raises
    ------
    InputError
        When it is not such as ``7`` or ``history=10,performance=5``.
    """
    told = os.environ.get("BANGKOM_RETENTION_YEARS", "").strip()
    found: dict[str, int] = {}
    for part in told.split(",") if told else ():
        table, _, years = part.rpartition("=")
        if not years.strip().isdecimal() or not 0 < int(years) < 100:  # noqa: PLR2004 (years of a working life)
            raise InputError("BANGKOM_RETENTION_YEARS is '{value}'; accepted: 7, or history=10,performance=5",
                             value=told)  # fmt: skip
        found[table.strip()] = int(years)
    return found
