"""The office in memory: catalogue, model and everybody's records, swapped whole when they change."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import sqlalchemy as sa

from recommender.catalog_day import CatalogDay, open_catalog
from recommender.explanation import Grounds
from recommender.policy import Policy
from recommender.workforce_tables import build_workforce
from service.blocks import Blocks
from service.c_library import give_back
from service.lookup import Listed, Person, identity_of, unit_of
from service.pipeline import Background, Office, background_of, load_present
from service.predictor import Predictor, load_predictor
from service.storage.database import Database
from service.storage.kept import KeptTables
from service.storage.people import EMPLOYEE, person_version, personal_tables
from service.storage.watch import Versions
from service.trial import is_drawn
from training_catalog.columns import TextArray, look_up
from training_catalog.errors import UnknownIdError
from training_catalog.frames import Tables, empty_frame, sorted_by_key, text_of
from training_catalog.tables import TABLES

# Tables that a person's own rows are read with, or checked by.
_KEPT = ("units", "rating_scales", "competencies", "frameworks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An office of one moment.

    Parameters
    ----------
    office : Catalogue, workforce, predictor and day; of its tables only those a person's rows are read with.
    background : What lists take from everybody's records.
    day : What the catalogue means on that day.
    blocks : Everybody's lists, made as they are asked for.
    names : Names of the people, in order of the workforce.
    catalog, model, trial : Versions that are in it.
    other : What predicts for half the people while two models are compared; None while none are.
    """

    office: Office
    background: Background
    day: CatalogDay
    blocks: Blocks
    names: TextArray
    catalog: int
    model: str
    trial: str = ""
    other: Predictor | None = None

    def suits(self, versions: Versions, on: date) -> bool:
        """Tell whether catalogue, models and day are still these."""
        own = (self.catalog, self.model, self.trial, self.office.on)
        return own == (versions.catalog, versions.model, versions.trial, on)

    def office_of(self, employee: str) -> Office:
        """Return the office with what predicts for somebody: by lot the other model, while two are compared."""
        if self.other is None or not is_drawn(self.trial, employee):
            return self.office
        return replace(self.office, predictor=self.other)

    def at_hand(self, employee: str) -> Person | None:
        """Return a person as in this snapshot; None for nobody."""
        row = self.row_of(employee)
        if row is None:
            return None
        return Person(office=self.office_of(employee), crew=self.office.workforce.take(np.array([row])),
                      name=str(self.names[row]), row=row)  # fmt: skip

    def row_of(self, employee: str) -> int | None:
        """Return the row of a person in this snapshot; None for nobody."""
        row = int(look_up(self.office.workforce.ids, np.asarray([employee], dtype=np.str_))[0])
        return None if row < 0 else row

    def listed(self, row: int) -> Listed:
        """Return somebody's list, made now where it is not at hand."""
        office = self._office_of_row(row)
        return self._listed(row, office, *self.blocks.grounds_of(row, office.predictor))

    def listed_at_hand(self, row: int) -> Listed | None:
        """Return somebody's list; None where it has to be made first."""
        office = self._office_of_row(row)
        found = self.blocks.at_hand(row, office.predictor)
        return None if found is None else self._listed(row, office, *found)

    def _office_of_row(self, row: int) -> Office:
        return self.office_of(str(self.office.workforce.ids[row]))

    def _listed(self, row: int, office: Office, grounds: Grounds, place: int) -> Listed:
        people = office.workforce
        return Listed(office=office, identity=identity_of(office, people, row, str(self.names[row])),
                      unit=unit_of(people, row), grounds=grounds, place=place, faces=self.blocks.faces)  # fmt: skip

    def of_tables(self, tables: Tables, name: str) -> Person:
        """Return the person whose rows these are, before this snapshot's catalogue."""
        crew = build_workforce({**self.office.tables, **tables}, self.office.catalog)
        office = self.office_of(str(crew.ids[0])) if crew.n_people else self.office
        return Person(office=office, crew=replace(crew, units=self.office.workforce.units), name=name)


def person_in(snapshot: Snapshot, database: Database, connection: sa.Connection, employee: str) -> tuple[Person, int]:
    """Return a person as on file at this moment, and the last change of their rows.

    Raises
    ------
    UnknownIdError
        When nobody of that number is on file.
    """
    version = person_version(connection, employee)
    if version is None:
        raise UnknownIdError(EMPLOYEE, employee)
    known = snapshot.at_hand(employee) if version <= snapshot.office.change else None
    if known is not None:
        return known, version
    tables = {name: database.read_rows_of(connection, name, employee) for name in personal_tables()}
    return snapshot.of_tables(tables, str(tables["employees"]["name"].iloc[0])), version


def nobody() -> dict[str, pd.DataFrame]:
    """Return the tables of people without rows."""
    return {declared.name: empty_frame(declared) for declared in TABLES if declared.name in personal_tables()}


class Snapshots:
    """The snapshot that serves.

    Parameters
    ----------
    database, policy : From where, and the rules of lists.
    today : Gives the day.

    Notes
    -----
    Every snapshot is made in one and the same thread. The C library keeps what a thread has given back for that thread:
    made in whichever thread asks first, the memory of a snapshot would stay behind in each of them in turn.
    """

    def __init__(self, database: Database, policy: Policy, today: Callable[[], date]) -> None:
        self.database, self.policy, self.today = database, policy, today
        self._kept, self._lock = KeptTables(database), threading.Lock()
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="snapshot")
        self._serving: Snapshot | None = None

    def ready(self, versions: Versions) -> Snapshot | None:
        """Return the serving snapshot; None where one has to be made first."""
        serving = self._serving
        return serving if serving is not None and serving.suits(versions, self.today()) else None

    def current(self, versions: Versions) -> Snapshot:
        """Return a snapshot that knows these versions, made now where there is none."""
        with self._lock:
            serving = self.ready(versions)
            if serving is None:
                serving = self._serving = self._maker.submit(self._make, versions).result()
            return serving

    def tidy(self) -> None:
        """Give back, in a moment, what is left of an earlier snapshot that nobody holds any more."""
        self._maker.submit(give_back)

    def close(self) -> None:
        """Make no more."""
        self._maker.shutdown()

    def _make(self, versions: Versions) -> Snapshot:
        office = load_present(self._kept, self.today())
        names = text_of(sorted_by_key(office.tables["employees"], EMPLOYEE), "name")
        background = background_of(office, self.policy)
        office = replace(office, tables={name: office.tables[name] for name in _KEPT})
        day = open_catalog(office.catalog, office.workforce.units, office.on)
        other = load_predictor(self.database, versions.trial) if versions.trial else None
        blocks = Blocks(office, background, day, self.policy, other)
        return Snapshot(office=office, background=background, day=day, blocks=blocks, names=names,
                        catalog=versions.catalog, model=versions.model, trial=versions.trial, other=other)  # fmt: skip
