"""The OpenAPI document, made true where the framework's own falls short, and its page from an installed package."""

import json
from functools import cache
from importlib import resources
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.params import FromPath

from service.access import ANYBODY, RULES
from service.api.context import rule
from service.api.examples import examples_by_name, show_examples

TITLE = "bangkom"
ABOUT = """Competency gaps, ranked trainings and a training plan within the budget.

Ids are strings, money is whole rupiah, dates are ISO 8601, errors are `application/problem+json` (RFC 9457). Lists page
by `limit` and `cursor`. A POST with an `Idempotency-Key` may be sent again. Long work answers 202 with `Location`.
"""
FILES = {
    "swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript",
}  # fmt: skip
PLAN_FILES = "/api/v1/plans/{plan_id}.{kind}"
HEADERS = {"401": {"WWW-Authenticate": "How to come in."}, "429": {"Retry-After": "Seconds to wait."},
           "302": {"Location": "Where to go on."}}  # fmt: skip
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>bangkom API</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", validatorUrl: null})</script>
</body></html>
"""


def openapi_config(version: str) -> OpenAPIConfig:
    """Return what the framework is told of the document."""
    schemes: dict[str, SecurityScheme | Reference] = {
        "key": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header",
                              description="A key from `bangkom key create`."),
        "bearer": SecurityScheme(type="http", scheme="bearer",
                                 description="An access token of the identity provider, or of a session."),
    }  # fmt: skip
    return OpenAPIConfig(title=TITLE, version=version, description=ABOUT, path="/schema", use_handler_docstrings=True,
                         components=Components(security_schemes=schemes), security=[{"key": []}, {"bearer": []}],
                         create_examples=False, render_plugins=[])  # fmt: skip


def openapi_document(app: Any) -> dict[str, Any]:  # noqa: ANN401 (the application)
    """Return the document: closed objects are closed, errors are ours, and every answer is told with its headers."""
    document: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema()))
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        is_closed = name.endswith(("In", "Change", "Batch", "Ask")) or name.startswith("Inline")
        if is_closed or name in {"LogIn", "NewPassword"}:
            schema["additionalProperties"] = False
        if name.endswith("Batch"):
            schema["properties"]["items"]["items"] = _item_of(name.removesuffix("Batch"))
    paths = document["paths"]
    paths[PLAN_FILES] = paths.pop("/api/v1/plans/{plan_id}/files/{kind}")  # as `gate` takes it
    opened, examples = _opened(app), examples_by_name()
    for path, item in paths.items():
        for method, operation in item.items():
            if operation["operationId"] in opened:
                operation["security"] = []
            for status, answer in operation["responses"].items():
                answer["headers"] = _headers_of(f"{method} {path}", status)
            show_examples(operation, examples)
    return document


def _opened(app: Any) -> set[str]:  # noqa: ANN401 (the application)
    """Return the operations that anybody may call."""
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    return {handler.operation_id for handler in handlers
            if handler.opt.get("rule") in RULES and RULES[handler.opt["rule"]].reach == ANYBODY}  # fmt: skip


def _headers_of(operation: str, status: str) -> dict[str, Any]:
    """Return the headers of an answer that callers go by."""
    found = {"X-Request-Id": "To find the request in the log.", **HEADERS.get(status, {})}
    is_versioned = operation.endswith(("/{record_id}", "}/recommendations")) and not operation.startswith("delete")
    if is_versioned and status in {"200", "201", "304"}:
        found["ETag"] = "The version that is shown."
    if status == "202" and operation.startswith("post"):
        found["Location"] = "Where the job is."
    return {name: {"description": about, "schema": {"type": "string"}} for name, about in found.items()}


def _item_of(name: str) -> dict[str, Any]:
    """Return the schema of a batch's item: what is stored, and that anything else is refused on its own."""
    about = "An item that is something else is refused on its own; the report says why."
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}In"}, {}], "description": about}


@get("/openapi.json", operation_id="openapi", opt=rule("documentation"), include_in_schema=False, sync_to_thread=True)
def openapi_json(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the OpenAPI document."""
    return Response(content=_document_bytes(request.app), media_type="application/json")


@cache
def _document_bytes(app: Any) -> bytes:  # noqa: ANN401 (the application)
    return json.dumps(openapi_document(app)).encode()


@get("/docs", opt=rule("documentation"), include_in_schema=False, media_type=MediaType.HTML)
async def docs_page() -> str:
    """Return the page of the documentation."""
    return PAGE


@get("/docs/{name:str}", opt=rule("documentation"), include_in_schema=False, sync_to_thread=True)
def docs_file(name: FromPath[str]) -> Response[bytes]:
    """Return a file of Swagger UI from the installed package."""
    if name not in FILES:
        raise NotFoundException
    folder = resources.files("swagger_ui") / "static"
    return Response(content=(folder / name).read_bytes(), media_type=FILES[name],
                    headers={"Cache-Control": "public, max-age=86400"})  # fmt: skip


def documentation_router() -> Router:
    """Return the routes of the documentation."""
    return Router(path="/", route_handlers=[openapi_json, docs_page, docs_file])
