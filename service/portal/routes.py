"""Every page of the portal."""

from litestar import Router

from service.portal.admin import admin_handlers
from service.portal.desk.routes import desk_handlers
from service.portal.door import door_handlers
from service.portal.evidence import evidence_handlers
from service.portal.forms import read_form
from service.portal.inbox import inbox_handlers
from service.portal.own import own_handlers
from service.portal.seats import seat_handlers
from service.portal.suggestions import suggestion_handlers
from service.portal.team import team_handlers


def portal_router() -> Router:
    """Return the routes of the portal; each form passes `read_form` before its handler."""
    handlers = [*door_handlers(), *own_handlers(), *suggestion_handlers(), *seat_handlers(), *team_handlers(),
                *inbox_handlers(), *desk_handlers(), *evidence_handlers(), *admin_handlers()]  # fmt: skip
    return Router(path="/", route_handlers=handlers, before_request=read_form, include_in_schema=False)
