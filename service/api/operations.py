"""What watches the service: live, ready, counts."""

import asyncio
from typing import Literal

import msgspec
import structlog
from litestar import Response, Router, get
from litestar.openapi.datastructures import ResponseSpec

from service.api.context import Call, parts_of, rule
from service.api.parts import Parts
from service.telemetry import metrics

_log = structlog.get_logger()
Part = Literal["ok", "failing"]


class Live(msgspec.Struct, kw_only=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct, kw_only=True):
    """Whether requests can be served, part by part; `predictor` says what ranks: a model's id, or `rule`."""

    status: Part
    database: Part
    snapshot: Part
    log: Part
    predictor: str | None = None


@get("/health/live", operation_id="live", opt=rule("health"), summary="Whether the process answers", security=[])
async def live() -> Live:
    """Answer."""
    return Live()


@get("/health/ready", operation_id="ready", opt=rule("health"), summary="Whether requests can be served", security=[],
     responses={503: ResponseSpec(Ready, generate_examples=False, description="A part fails")})  # fmt: skip
async def ready(request: Call) -> Response[Ready]:
    """Look at each part; 503 when one fails."""
    found = await asyncio.to_thread(_look, parts_of(request))
    return Response(content=found, status_code=200 if found.status == "ok" else 503)


def _look(parts: Parts) -> Ready:
    found = Ready(status="failing", database="failing", snapshot="failing", log="failing")
    try:
        versions = parts.watch.look()
        found.database = "ok"
        found.predictor = parts.snapshots.current(versions).office.predictor.identifier
        found.snapshot = "ok"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what makes this part fail)
        _log.warning("not-ready", part="snapshot" if found.database == "ok" else "database", kind=type(error).__name__)
    found.log = "ok" if parts.log.is_alive else "failing"
    found.status = "ok" if (found.database, found.snapshot, found.log) == ("ok",) * 3 else "failing"
    return found


@get("/metrics", operation_id="metrics", opt=rule("metrics"), summary="Counts in Prometheus' format", security=[],
     media_type="text/plain; version=0.0.4", sync_to_thread=True)  # fmt: skip
def read_metrics() -> bytes:
    """Return the counts of all worker processes."""
    return metrics()


def operation_router() -> Router:
    """Return the routes outside ``/api/v1``."""
    return Router(path="/", route_handlers=[live, ready, read_metrics], tags=["operations"])
