"""The steps of the demo: build, write, import, and hold a plan against the truth."""

from pathlib import Path

import numpy as np

from recommender.plan import Plan
from recommender.simulation.city import City, simulate_city
from recommender.simulation.truth import true_plan_benefit
from service.demo.files import write_city_files, write_policy
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.pipeline import Office
from service.reference import open_office
from service.settings import Settings
from service.storage.database import Database
from service.terminal import Terminal
from training_catalog.columns import look_up
from training_catalog.frames import text_of
from training_catalog.tables_people import EMPLOYMENT_TYPES

NEW_HEADS_CLASS = "Pengawas"


def build_city(
    terminal: Terminal, settings: Settings, folder: Path, *, n_people: int, seed: int
) -> tuple[City, list[Path]]:
    """Simulate a city and write its files."""
    reference = {
        name: frame for name, frame in open_office(settings.database_url).read_all().items() if _is_reference(name)
    }
    rng = np.random.default_rng(seed)
    city = simulate_city(rng, n_people=n_people, on=settings.on, reference=reference)
    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Writing files"), total=None)
        files = write_city_files(city, folder / "berkas", rng, lambda name: progress.update(task, description=name))
    return city, files


def _is_reference(name: str) -> bool:
    return name in (
        "frameworks",
        "competencies",
        "position_defaults",
        "hour_rules",
        "rating_scales",
        "price_book",
        "accounts",
    )


def import_city(terminal: Terminal, settings: Settings, files: list[Path]) -> tuple[Database, dict[str, int]]:
    """Import the city's files through the importer that everybody uses; return the database and the row counts."""
    database = open_office(settings.database_url)
    with terminal.progress() as progress:
        task = progress.add_task(terminal.wording.text("Importing"), total=None)
        imported = import_files(database, files, ImportOptions(), terminal.wording,
                                lambda name: progress.update(task, description=name))  # fmt: skip
    keys = ("read", "stored", "unchanged", "refused", "left_out")
    return database, {key: sum(getattr(f, key) for f in imported.report.files) for key in keys}


def new_heads(office: Office, folder: Path, n_heads: int) -> Path:
    """Write the demo's policy, with a leadership training for the newest heads of subsections."""
    workforce, positions = office.workforce, office.catalog.positions
    classes = np.append(positions.classes, "")[np.append(positions.position_class, -1)[workforce.position]]
    is_head = (classes == NEW_HEADS_CLASS) & (workforce.employment_type == EMPLOYMENT_TYPES.index("PNS"))
    is_head &= (workforce.status == 0) & (workforce.retirement_date > np.datetime64(office.on, "D") + 730)
    rows = np.flatnonzero(is_head)
    newest = rows[np.argsort(-workforce.position_since[rows].astype(np.int64), kind="stable")][:n_heads]
    return write_policy(folder, office.on, tuple(str(i) for i in np.sort(workforce.ids[newest])))


def true_benefit_of(city: City, office: Office, plan: Plan) -> float:
    """Return what a plan would truly close, by the planted truth."""
    employee = look_up(city.truth.employees, text_of(plan.assignments, "employee"))
    training = look_up(office.catalog.trainings.ids, text_of(plan.assignments, "training"))
    return true_plan_benefit(city.truth, office.catalog.trainings, employee, training)
