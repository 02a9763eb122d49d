"""Spans of requests and jobs for an OpenTelemetry collector, where the office has one; nothing is loaded otherwise."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any

from service.settings import TraceSettings
from training_catalog.errors import InputError

PACKAGE = "opentelemetry.exporter.otlp.proto.http"
EXPORT_SECONDS = 5.0  # that a collector may take for a batch; a stop waits no longer for one that is gone
INTERNAL_ERROR = 500


@dataclass(slots=True)
class JobSpan:
    """How a job that is under way ends; set before its span does."""

    state: str = "lost"


class Traces:
    """Where spans go.

    Parameters
    ----------
    settings : The collector; None for no spans.

    Notes
    -----
    A span says nothing about a person: its name and attributes are the route's template, never a path or a query. It
    is made when the request is over, from two readings of the clock, and sent by a thread of the library, many at a
    time; a collector that is slow or gone costs spans, never an answer.
    """

    def __init__(self, settings: TraceSettings | None) -> None:
        self._provider: Any = None if settings is None else _provider(settings)
        self._tracer: Any = None if self._provider is None else self._provider.get_tracer("bangkom")

    def request(
        self, *, method: str, route: str, status: int, seconds: float, parent: bytes, about: dict[str, str]
    ) -> None:
        """Tell of a request that was answered just now.

        Parameters
        ----------
        method, route, status, seconds : What the log says of it.
        parent : The caller's ``traceparent`` header; empty for none.
        about : More attributes, under ``bangkom``.
        """
        if self._tracer is None:
            return
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415 (only there where it is asked for)

        end = time.time_ns()
        attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status,
                      **{f"bangkom.{key}": value for key, value in about.items()}}  # fmt: skip
        span = self._tracer.start_span(f"{method} {route}", context=_context(parent), kind=SpanKind.SERVER,
                                       attributes=attributes, start_time=end - int(seconds * 1e9))  # fmt: skip
        if status >= INTERNAL_ERROR:
            span.set_status(StatusCode.ERROR)
        span.end(end)

    @contextmanager
    def job(self, job_id: str, kind: str, attempt: int) -> Iterator[JobSpan]:
        """Tell of one attempt at a job, from the beginning of the block to its end."""
        told = JobSpan()
        if self._tracer is None:
            yield told
            return
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415 (as above)

        attributes = {"bangkom.job": job_id, "bangkom.kind": kind, "bangkom.attempt": attempt}
        span = self._tracer.start_span(f"job {kind}", kind=SpanKind.CONSUMER, attributes=attributes)
        try:
            yield told
        finally:
            span.set_attribute("bangkom.state", told.state)
            if told.state == "failed":
                span.set_status(StatusCode.ERROR)
            span.end()

    @property
    def is_on(self) -> bool:
        """Whether spans go anywhere."""
        return self._tracer is not None

    def close(self) -> None:
        """Send what is waiting."""
        if self._provider is not None:
            self._provider.shutdown()


def check_tracing(settings: TraceSettings | None) -> None:
    """Refuse spans that are asked for without the library.

    Raises
    ------
    InputError
        Saying how it is installed.
    """
    try:
        is_there = settings is None or util.find_spec(PACKAGE) is not None
    except (ImportError, ValueError):
        is_there = False
    if not is_there:
        raise InputError("BANGKOM_OTLP_ENDPOINT asks for OpenTelemetry, which is not installed; install "
                         "bangkom[telemetry], or unset it")  # fmt: skip


def _provider(settings: TraceSettings) -> Any:  # noqa: ANN401 (the library may be absent)
    """Return the library's source of spans, sending to the collector."""
    check_tracing(settings)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 (as above)
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415 (as above)

    resource = Resource.create({"service.name": "bangkom", "service.version": metadata.version("bangkom")})
    provider = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.share)))
    exporter = OTLPSpanExporter(endpoint=f"{settings.endpoint}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, export_timeout_millis=EXPORT_SECONDS * 1e3))
    return provider


def _context(parent: bytes) -> Any:  # noqa: ANN401 (as above)
    """Return the trace that the caller is in; its baggage, which may name anything, is not taken."""
    from opentelemetry.context import Context  # noqa: PLC0415 (as above)
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 (as above)

    if not parent:
        return Context()
    return TraceContextTextMapPropagator().extract({"traceparent": parent.decode("latin-1")}, Context())
