"""The service as one ASGI application: nobody else builds it."""

import asyncio
import os
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib import metadata
from typing import Literal, cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar, Router
from litestar.exceptions import MethodNotAllowedException, NotFoundException

from service.api.audit import audit_router
from service.api.bodies import StrictRequest
from service.api.context import QUERIES, check_call, guard, query_names
from service.api.documentation import documentation_router, openapi_config
from service.api.feedback import feedback_router
from service.api.gate import App, Gate
from service.api.jobs import job_router
from service.api.models import model_routers
from service.api.money import money_router
from service.api.operations import operation_router
from service.api.parts import POOL_SIZE, Parts, put_together
from service.api.people import people_router
from service.api.plans import plan_router
from service.api.problems import HANDLERS
from service.api.provider import provider_router
from service.api.recommendations import recommendation_router
from service.api.records import record_routers
from service.api.sessions import session_router
from service.auth.settings import AuthSettings
from service.c_library import keep_little
from service.portal.faults import as_pages, plain_page
from service.portal.routes import portal_router
from service.settings import DEFAULT_DATABASE_URL, service_settings
from service.telemetry import set_up_log

METHODS: tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")


@asynccontextmanager
async def _living(app: Litestar) -> AsyncGenerator[None, None]:
    """Work in threads of our own as long as the application runs, and close its parts afterwards."""
    executor = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="work")
    asyncio.get_running_loop().set_default_executor(executor)
    yield
    app.state["parts"].close()


def build_api() -> Litestar:
    """Return the API without its gate and its parts."""
    own = [*record_routers(), recommendation_router(), feedback_router(), job_router(), plan_router(), *model_routers(),
           money_router(), people_router(), session_router(), audit_router()]  # fmt: skip
    return Litestar(
        route_handlers=[Router(path="/api/v1", route_handlers=own), operation_router(), provider_router(),
                        documentation_router(), portal_router()],
        request_class=StrictRequest, guards=[guard], before_request=check_call, lifespan=[_living],
        exception_handlers=as_pages(HANDLERS), logging_config=None,
        openapi_config=openapi_config(metadata.version("bangkom")),
        request_max_body_size=None,  # the gate sees to it
    )  # fmt: skip


def methods_of(app: Litestar, path: str) -> list[str]:
    """Return the methods that a path accepts; empty for no path of ours."""
    found: list[str] = []
    for method in METHODS:
        try:
            app.asgi_router.handle_routing(path=path, method=method)
            found.append(method)
        except (NotFoundException, MethodNotAllowedException):
            continue
    if "GET" in found:
        found.insert(1, "HEAD")
    return [*found, "OPTIONS"] if found else []


def with_gate(app: Litestar, parts: Parts) -> Gate:
    """Return an API with its parts, behind its gate."""
    app.state["parts"], app.state[QUERIES] = parts, query_names(app)
    return Gate(cast("App", app), parts, lambda path: methods_of(app, path), plain_page)


def build(parts: Parts) -> Gate:
    """Return the whole application."""
    return with_gate(build_api(), parts)


def behind(app: App, proxies: tuple[str, ...]) -> App:
    """Return an application that takes the word of these proxies on who calls, and of nobody else."""
    trusting: App = wrap_asgi_with_proxy_headers(app, list(proxies))
    return trusting if proxies else app


def create_app() -> App:
    """Return the application of a worker process, from the environment."""
    keep_little()
    settings = service_settings()
    set_up_log(settings.log_level)
    url = os.environ.get("BANGKOM_DATABASE_URL", DEFAULT_DATABASE_URL)
    return behind(build(put_together(url, settings, AuthSettings.from_environment())), settings.proxies)
