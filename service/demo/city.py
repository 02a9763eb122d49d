"""The steps of the demo: build, write, import, and hold a plan against the truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from recommender.plan import Plan
from recommender.policy import Mandate, Policy
from recommender.simulation.city import City, simulate_city
from recommender.simulation.truth import true_plan_benefit
from service.demo.files import LEADERSHIP_FOR_HEADS, write_city_files, write_policy
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.pipeline import Office, PlanRequest, decide
from service.policy_file import read_policy
from service.reference import open_office
from service.settings import Settings
from service.storage.database import Database
from service.terminal import Terminal
from training_catalog.columns import IndexArray, TextArray, look_up
from training_catalog.frames import text_of
from training_catalog.tables_people import EMPLOYMENT_TYPES

NEW_HEADS_CLASS = "Pengawas"
N_NEW_HEADS = 10  # officials for whom the leadership training is mandatory: as many as open a class
N_TRIED = 40  # newest officials among whom those are looked for whom the year's money and classes can carry
TRIAL_SECONDS = 20.0  # for a plan of these officials alone, which takes a moment


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


def new_heads(office: Office, folder: Path) -> Path:
    """Write the demo's policy, with a leadership training for the newest heads of subsections whom it can place.

    Where the year's money or classes carry nobody, as in a small city, the policy has no mandate.
    """
    workforce, positions = office.workforce, office.catalog.positions
    classes = np.append(positions.classes, "")[np.append(positions.position_class, -1)[workforce.position]]
    is_head = (classes == NEW_HEADS_CLASS) & (workforce.employment_type == EMPLOYMENT_TYPES.index("PNS"))
    is_head &= (workforce.status == 0) & (workforce.retirement_date > np.datetime64(office.on, "D") + 730)
    rows = np.flatnonzero(is_head)
    newest = rows[np.argsort(-workforce.position_since[rows].astype(np.int64), kind="stable")][:N_TRIED]
    rules = read_policy(write_policy(folder, office.on, ()))
    placed = newest[np.isin(workforce.ids[newest], _placed(office, rules, np.sort(newest)))]
    return write_policy(folder, office.on, tuple(str(i) for i in np.sort(workforce.ids[placed[:N_NEW_HEADS]])))


def _placed(office: Office, rules: Policy, rows: IndexArray) -> TextArray:
    """Return which officials a plan of them alone sends to the leadership training."""
    crew = office.workforce.take(rows)
    mandate = Mandate(training=LEADERSHIP_FOR_HEADS, employees=tuple(crew.ids.tolist()))
    policy = replace(rules, mandates=(mandate,))
    request = PlanRequest(year=office.on.year, policy=policy, time_limit=TRIAL_SECONDS)
    seats = decide(replace(office, workforce=crew), request).assignments
    return text_of(seats[seats["training"] == LEADERSHIP_FOR_HEADS], "employee")


def true_benefit_of(city: City, office: Office, plan: Plan) -> float:
    """Return what a plan would truly close, by the planted truth."""
    employee = look_up(city.truth.employees, text_of(plan.assignments, "employee"))
    training = look_up(office.catalog.trainings.ids, text_of(plan.assignments, "training"))
    return true_plan_benefit(city.truth, office.catalog.trainings, employee, training)
