"""The database: opened, upgraded, read as frames, written in whole transactions."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from service.settings import account
from service.storage.bulk import load
from service.storage.engine import make_engine, one_of, shown_url, transaction
from service.storage.frames import by_key, row_keys, same_values
from service.storage.history import Writing, last_change, now, rows_at, set_aside
from service.storage.migrate import at_newest, upgrade
from service.storage.people import is_of
from service.storage.schema import DATABASE_TABLES, MODELS, PLANS, ROW_KEY, SINCE
from training_catalog.errors import InputError, StorageError
from training_catalog.frames import canonical, empty_frame
from training_catalog.schema import Table
from training_catalog.tables import TABLES, table

APPROVED, REJECTED, RETIRED, WITHDRAWN, DRAFT = "approved", "rejected", "retired", "withdrawn", "draft"
REPLACED_AT = "replaced_at"  # moment, in the card of a model that another took the place of
TRIAL = "trial"  # of a model that makes the lists of half the people, beside the approved one
ROWS_AT_ONCE = 10_000  # read into columns: rows are objects first, and take many times the memory of columns
MOST_BY_KEY = 500  # rows of a write that are looked up by their keys; for more the whole table is read
NEW, CHANGED, UNCHANGED = range(3)  # kinds of a row in an upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertCounts:
    """What an upsert did, with the kind of each row in frame order.

    Parameters
    ----------
    emptied : By column the rows, as places in the frame, whose stored value a missing one took the place of, and the
        first of these values.
    """

    stored: int
    unchanged: int
    kinds: np.ndarray
    emptied: Mapping[str, tuple[np.ndarray, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """A model as stored."""

    model_id: str
    state: str
    created_on: date
    manifest: dict[str, Any]
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A plan as stored; the document is empty in lists."""

    plan_id: str
    state: str
    created_on: date
    summary: dict[str, Any]
    document: bytes


class Database:
    """Tables as frames, models and plans as documents.

    Parameters
    ----------
    engine : An engine on an upgraded database.
    author : Who changes rows.
    clock : Gives the moment of a change.
    """

    def __init__(self, engine: sa.Engine, *, author: str = "", clock: Callable[[], datetime] = now) -> None:
        self.engine, self.author, self.clock = engine, author, clock

    @contextmanager
    def writing(self, source: str = "") -> Iterator[Writing]:
        """Open one transaction that begins as a writer: all of it, or nothing."""
        with self.writing_as(self.author, source) as writing:
            yield writing

    @contextmanager
    def writing_as(self, author: str, source: str = "") -> Iterator[Writing]:
        """Open one transaction of somebody else."""
        with transaction(self.engine, is_writer=True) as connection:
            yield Writing(connection=connection, author=author, source=source, clock=self.clock)

    def read(self, name: str, connection: sa.Connection | None = None, change: int | None = None) -> pd.DataFrame:
        """Return a table with canonical columns and types, ordered by its key; as it was after a change if given."""
        if connection is None:
            with transaction(self.engine) as own:
                return self.read(name, own, change)
        declared = table(name)
        query = rows_at(name, change, *declared.column_names).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        with connection.exec_driver_sql(str(query)) as result:
            cursor: Any = result.cursor  # the driver's own: plain tuples and values, no object for each row and date
            return _in_one(iter(lambda: cursor.fetchmany(ROWS_AT_ONCE), []), declared)

    def read_rows_of(self, connection: sa.Connection, name: str, employee: str) -> pd.DataFrame:
        """Return the rows of one person of a table, ordered by key."""
        declared, stored = table(name), DATABASE_TABLES[name]
        query = sa.select(*[stored.c[column] for column in declared.column_names]).where(is_of(stored, employee))
        rows = [tuple(row) for row in connection.execute(query.order_by(stored.c[ROW_KEY]))]
        return canonical(pd.DataFrame.from_records(rows, columns=list(declared.column_names)), declared)

    def _read_keys(self, connection: sa.Connection, name: str, keys: list[str]) -> pd.DataFrame:
        """Return the rows of some keys, ordered by key."""
        declared, key = table(name), DATABASE_TABLES[name].c[ROW_KEY]
        query = rows_at(name, None, *declared.column_names).where(one_of(key, keys))
        rows = [tuple(row) for row in connection.execute(query)]
        return _in_one([rows] if rows else [], declared)

    def read_all(self, connection: sa.Connection | None = None, change: int | None = None) -> dict[str, pd.DataFrame]:
        """Return every table, all of one moment; as they were after a change if given."""
        if connection is None:
            with transaction(self.engine) as own:
                return self.read_all(own, change)
        return {declared.name: self.read(declared.name, connection, change) for declared in TABLES}

    def read_some(self, names: Iterable[str]) -> dict[str, pd.DataFrame]:
        """Return some tables, all of one moment."""
        with transaction(self.engine) as connection:
            return {name: self.read(name, connection) for name in names}

    def read_as_of(self, name: str, day: date) -> pd.DataFrame:
        """Return a table as it stood at the end of a day."""
        with transaction(self.engine) as connection:
            return self.read(name, connection, last_change(connection, day))

    def upsert(
        self, writing: Writing, name: str, frame: pd.DataFrame, given: frozenset[str] | None = None
    ) -> UpsertCounts:
        """Insert new rows and update changed ones by natural key.

        Parameters
        ----------
        writing : From `writing`.
        name : Table.
        frame : Canonical rows, each key once.
        given : Columns that the source has; others keep what is stored. All when None.
        """
        declared = table(name)
        new = canonical(frame, declared)
        keys = row_keys(new, declared)
        few = len(keys) <= MOST_BY_KEY
        old = self._read_keys(writing.connection, name, keys.tolist()) if few else self.read(name, writing.connection)
        kinds = np.zeros(len(new), dtype=np.int8)
        emptied: dict[str, tuple[np.ndarray, Any]] = {}
        if len(old):
            kinds, emptied = _compare(new, keys, old, declared, given)
        fresh = kinds != UNCHANGED
        rows = new if fresh.all() else new[fresh]
        self._write(writing, name, rows.assign(**{ROW_KEY: keys[fresh]}), keys[kinds == CHANGED])
        return UpsertCounts(stored=int(fresh.sum()), unchanged=int((~fresh).sum()), kinds=kinds,
                            emptied=emptied)  # fmt: skip

    def _write(self, writing: Writing, name: str, rows: pd.DataFrame, changed: pd.Series) -> None:
        """Put rows in the place of those of `changed` keys, which stay as earlier versions, and append the others."""
        if rows.empty:
            return
        if len(changed):
            set_aside(writing, name, changed.tolist())
        load(writing.connection, name, by_key(rows).assign(**{SINCE: writing.touch(name)}))

    def save_model(
        self, model_id: str, *, manifest: Mapping[str, Any], payload: bytes, state: str, created_on: date,
        also: Callable[[sa.Connection], object] = lambda _: None,
    ) -> None:  # fmt: skip
        """Keep a model; an approved one takes the place of the one before. `also` is as in `save_plan`."""
        with transaction(self.engine, is_writer=True) as connection:
            if state == APPROVED:
                self._retire_serving(connection)
            connection.execute(sa.delete(MODELS).where(MODELS.c.model_id == model_id))
            connection.execute(sa.insert(MODELS).values(
                model_id=model_id, sequence=_next(connection, MODELS), created_on=created_on, state=state,
                manifest=json.dumps(dict(manifest)), payload=payload,
            ))  # fmt: skip
            also(connection)

    def load_model(self, model_id: str | None) -> StoredModel | None:
        """Return a model, or the approved one when None; None when there is none."""
        chosen = MODELS.c.state == APPROVED if model_id is None else MODELS.c.model_id == model_id
        with transaction(self.engine) as connection:
            row = connection.execute(sa.select(MODELS).where(chosen).order_by(MODELS.c.sequence.desc())).first()
        return None if row is None else _model(row, row.payload)

    def list_models(self) -> list[StoredModel]:
        """Return all models without their bytes, newest first."""
        query = sa.select(*[c for c in MODELS.c if c.name != "payload"]).order_by(MODELS.c.sequence.desc())
        with transaction(self.engine) as connection:
            return [_model(row, b"") for row in connection.execute(query)]

    def set_model_state(
        self, model_id: str, state: str, also: Callable[[sa.Connection], object] = lambda _: None
    ) -> None:
        """Change a model's state; approving one retires the one before. What is `also` to be stored is so with it."""
        with transaction(self.engine, is_writer=True) as connection:
            if state == APPROVED:
                self._retire_serving(connection)
            connection.execute(sa.update(MODELS).where(MODELS.c.model_id == model_id).values(state=state))
            also(connection)

    def _retire_serving(self, connection: sa.Connection) -> None:
        serving = connection.execute(sa.select(MODELS.c.model_id).where(MODELS.c.state == APPROVED)).scalars().all()
        for model_id in serving:
            self.amend_model(connection, model_id, **{REPLACED_AT: self.clock().isoformat()})
        connection.execute(sa.update(MODELS).where(MODELS.c.model_id.in_(serving)).values(state=RETIRED))

    def amend_model(self, connection: sa.Connection, model_id: str, **entries: object) -> None:
        """Put entries into a model's manifest, in the place of those of the same names."""
        chosen = MODELS.c.model_id == model_id
        found = json.loads(connection.execute(sa.select(MODELS.c.manifest).where(chosen)).scalar_one())
        connection.execute(sa.update(MODELS).where(chosen).values(manifest=json.dumps({**found, **entries})))

    def save_plan(
        self, plan_id: str, *, summary: Mapping[str, Any], document: bytes, state: str, created_on: date,
        also: Callable[[sa.Connection], object] = lambda _: None,
    ) -> None:  # fmt: skip
        """Keep a plan; the same plan again changes nothing. What is `also` to be stored is so in one transaction."""
        with transaction(self.engine, is_writer=True) as connection:
            if connection.execute(sa.select(PLANS.c.plan_id).where(PLANS.c.plan_id == plan_id)).first() is None:
                connection.execute(sa.insert(PLANS).values(
                    plan_id=plan_id, sequence=_next(connection, PLANS), created_on=created_on, state=state,
                    summary=json.dumps(dict(summary)), document=document,
                ))  # fmt: skip
            also(connection)

    def load_plan(self, plan_id: str) -> StoredPlan | None:
        """Return a plan, or None when there is none of that id."""
        with transaction(self.engine) as connection:
            row = connection.execute(sa.select(PLANS).where(PLANS.c.plan_id == plan_id)).first()
        return None if row is None else _plan(row, row.document)

    def list_plans(self) -> list[StoredPlan]:
        """Return all plans without their documents, newest first."""
        query = sa.select(*[c for c in PLANS.c if c.name != "document"]).order_by(PLANS.c.sequence.desc())
        with transaction(self.engine) as connection:
            return [_plan(row, b"") for row in connection.execute(query)]

    def set_plan_state(self, plan_id: str, state: str) -> None:
        """Change a plan's state."""
        with transaction(self.engine, is_writer=True) as connection:
            connection.execute(sa.update(PLANS).where(PLANS.c.plan_id == plan_id).values(state=state))


def _compare(
    new: pd.DataFrame, keys: pd.Series, old: pd.DataFrame, declared: Table, given: frozenset[str] | None
) -> tuple[np.ndarray, dict[str, tuple[np.ndarray, Any]]]:
    """Tell the kind of each new row and what it empties, and fill what its source does not give with what is stored."""
    place = pd.Index(row_keys(old, declared)).get_indexer(pd.Index(keys))
    is_known = place >= 0
    there = old.iloc[place[is_known]].reset_index(drop=True)
    mine = new[is_known].reset_index(drop=True)
    same, emptied = np.ones(len(mine), dtype=np.bool_), {}
    for column in declared.column_names:
        if given is not None and column not in given and column not in declared.key:
            new.loc[is_known, column] = there[column].to_numpy()
        else:
            same &= same_values(mine[column], there[column])
            lost = np.flatnonzero(mine[column].isna().to_numpy() & there[column].notna().to_numpy())
            if len(lost):
                emptied[column] = np.flatnonzero(is_known)[lost], there[column].iloc[lost[0]]
    kinds = np.zeros(len(new), dtype=np.int8)
    kinds[is_known] = np.where(same, UNCHANGED, CHANGED)
    return kinds, emptied


def _next(connection: sa.Connection, stored: sa.Table) -> int:
    last = connection.execute(sa.select(sa.func.max(stored.c.sequence))).scalar()
    return int(last or 0) + 1


def _model(row: Any, payload: bytes) -> StoredModel:  # noqa: ANN401 (a row of the database)
    return StoredModel(model_id=row.model_id, state=row.state, created_on=row.created_on,
                       manifest=json.loads(row.manifest), payload=payload)  # fmt: skip


def _plan(row: Any, document: bytes) -> StoredPlan:  # noqa: ANN401 (a row of the database)
    return StoredPlan(plan_id=row.plan_id, state=row.state, created_on=row.created_on,
                      summary=json.loads(row.summary), document=document)  # fmt: skip


def open_database(url: str, pool_size: int = 0) -> Database:
    """Open a database, made and upgraded where it must be; one of this release is only looked at.

    Raises
    ------
    InputError
        When the URL is none, or the database cannot be opened or is of a newer release.
    """
    try:
        engine = make_engine(url, pool_size)
        with transaction(engine) as connection:
            is_current = at_newest(connection)
        if not is_current:
            with transaction(engine, is_writer=True) as connection:
                upgrade(connection)
    except (ArgumentError, ValueError, SQLAlchemyError, ImportError, StorageError) as error:
        raise InputError(
            "database {url}: cannot be opened: {reason}", url=shown_url(url), reason=_reason(error)
        ) from error
    return Database(engine, author=account())


def _reason(error: Exception) -> str:
    """Return what went wrong in one line."""
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return "PostgreSQL needs a driver; pip install 'bangkom[postgresql]'"
    cause = error.__cause__ if isinstance(error, StorageError) else error
    return str(getattr(cause, "orig", None) or cause).splitlines()[0]


def _in_one(parts: Iterable[Sequence[tuple[Any, ...]]], declared: Table) -> pd.DataFrame:
    """Return rows that come in parts as one frame with canonical columns."""
    columns = list(declared.column_names)
    frames = [canonical(pd.DataFrame.from_records(rows, columns=columns), declared) for rows in parts]
    if len(frames) > 1:
        return pd.concat(frames, ignore_index=True)
    return frames[0] if frames else empty_frame(declared)
