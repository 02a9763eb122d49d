"""Every page of the portal."""

from litestar import Router

from service.portal.desk.routes import desk_handlers
from service.portal.door import door_handlers
from service.portal.forms import read_form
from service.portal.own import own_handlers


def portal_router() -> Router:
    """Return the routes of the portal; each form passes `read_form` before its handler."""
    handlers = [*door_handlers(), *own_handlers(), *desk_handlers()]
    return Router(path="/", route_handlers=handlers, before_request=read_form, include_in_schema=False)
