"""Every page of the desk."""

from typing import Any

from service.portal.desk.budget import budget_handlers
from service.portal.desk.catalog import catalog_handlers
from service.portal.desk.imports import import_handlers
from service.portal.desk.jobs import job_handlers
from service.portal.desk.plan_again import plan_again_handlers
from service.portal.desk.plan_compare import plan_compare_handlers
from service.portal.desk.plan_files import plan_file_handlers
from service.portal.desk.plan_list import plan_list_handlers
from service.portal.desk.plan_pages import plan_page_handlers
from service.portal.desk.plan_people import plan_people_handlers
from service.portal.desk.plan_seat import plan_seat_handlers
from service.portal.desk.plan_seats import plan_seats_handlers
from service.portal.desk.plan_sign import plan_sign_handlers
from service.portal.desk.teaches import teaches_handlers
from service.portal.desk.titles import title_handlers


def desk_handlers() -> list[Any]:
    """Return the routes of the desk."""
    plans = [*plan_list_handlers(), *plan_page_handlers(), *plan_people_handlers(), *plan_file_handlers(),
             *plan_compare_handlers(), *plan_sign_handlers(), *plan_again_handlers(),
             *plan_seats_handlers(), *plan_seat_handlers()]  # fmt: skip
    return [
        *plans,
        *job_handlers(),
        *import_handlers(),
        *title_handlers(),
        *teaches_handlers(),
        *budget_handlers(),
        *catalog_handlers(),
    ]
