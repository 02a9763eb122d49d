"""What the running service tells of itself: structured lines without personal data, and counts."""

import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("bangkom_http_requests", "Requests answered.", ("method", "route", "status"))
LATENCY = Histogram("bangkom_http_request_seconds", "Time to answer.", ("method", "route"), buckets=SECONDS)
LISTS = Counter("bangkom_lists", "Lists served, from memory or made.", ("source",))
REFUSED = Counter("bangkom_refused_requests", "Requests refused before any handler.", ("reason",))
LOG_WAITING = Gauge("bangkom_decisions_waiting", "Decisions not in the log yet.", multiprocess_mode="livesum")


def metrics() -> bytes:
    """Return the counts of all worker processes in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    _forget_the_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """Remove what processes that are gone had as their present state; what they have counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # as above


def set_up_log(level: str = "info", stream: BinaryIO | None = None) -> None:
    """Write each event as one line of JSON to standard error or a stream, those of libraries too."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            _to_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(stream or sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.INFO), format="%(message)s", handlers=[_Structured()], force=True)


def _without_words(_logger: object, _method: str, event: Any) -> Any:  # noqa: ANN401 (structlog's own dictionary)
    """Tell errors by their kinds and places alone: their words may name people, as those of a database do."""
    error = event.pop("exc_info", None)
    if error is True:  # the one at hand
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = places_of(error)
    return event


def places_of(error: BaseException) -> list[str]:
    """Return the kind of an error and where it was raised, then those of the error behind it.

    Examples
    --------
    >>> places_of(ValueError("199001012015011001"))
    ['ValueError']
    """
    told: list[str] = []
    behind: BaseException | None = error
    seen = set[int]()
    while behind is not None and id(behind) not in seen:  # an error may be raised from itself
        seen.add(id(behind))
        told.append(type(behind).__name__)
        told += [f"{at.filename}:{at.lineno} {at.name}" for at in reversed(traceback.extract_tb(behind.__traceback__))]
        behind = behind.__cause__ or behind.__context__
    return told


def _to_json(_logger: object, _method: str, event: Any) -> bytes:  # noqa: ANN401 (structlog's own dictionary)
    return msgspec.json.encode(event, enc_hook=str)


class _Structured(logging.Handler):
    """Passes lines of the standard library's loggers on."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line with its logger's name."""
        structlog.get_logger().log(max(record.levelno, logging.INFO), record.getMessage(), logger=record.name)
