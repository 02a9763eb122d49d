from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from service.storage.database import Database, open_database
from service.storage.decisions import (
    Decision,
    LoggedDecision,
    employee_of,
    insert_entries,
    list_decisions,
    log_decision,
)
from service.storage.engine import transaction
from service.storage.schema import DECISIONS, POLICIES
from training_catalog.errors import StorageError

NIP = "199003152014021987"
LIST = Decision(kind="list", subject=NIP, as_of=date(2027, 1, 4), change=7, catalog="c-1", model="rule",
                policy='{"ranking": {}}', request={"limit": 10}, result="ab12")  # fmt: skip
PLAN = replace(LIST, kind="plan", subject="p-1", request={"year": 2027, "cancelled": ["K1"]})


@pytest.fixture
def database(database_url):
    moments = iter(datetime(2027, 1, 4, hour, tzinfo=UTC) for hour in range(24))
    return Database(open_database(database_url).engine, author="sari", clock=lambda: next(moments))


def test_what_is_logged_comes_back_newest_first_with_author_and_moment(database):
    ids = [log_decision(database, made) for made in (LIST, PLAN)]
    plan, listed = list_decisions(database)
    assert [listed.decision, plan.decision] == ids
    assert (plan.content, plan.author, plan.made_at) == (PLAN, "sari", datetime(2027, 1, 4, 1, tzinfo=UTC))
    assert replace(listed.content, subject=NIP) == LIST
    assert list_decisions(database, 1) == [plan]
    assert list_decisions(database, decision=ids[0]) == [listed]
    with transaction(database.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(POLICIES)).scalar() == 1


def test_the_log_knows_a_person_by_one_pseudonym_that_says_nothing(database):
    for _ in range(2):
        log_decision(database, LIST)
    subjects = {one.content.subject for one in list_decisions(database)}
    assert len(subjects) == 1
    assert [employee_of(database, subject) for subject in subjects] == [NIP]
    with transaction(database.engine) as connection:
        rows = connection.execute(sa.select(DECISIONS)).all()
    assert NIP not in str(rows)


def test_several_entries_at_once_are_what_they_are_one_by_one(database):
    other = replace(LIST, subject="199003152014021988", policy='{"gap": {}}')
    made_at = datetime(2027, 1, 4, tzinfo=UTC)
    entries = [LoggedDecision(decision=f"d-{n}", made_at=made_at, author="sari", content=made)
               for n, made in enumerate((LIST, other, PLAN, LIST))]  # fmt: skip
    log_decision(database, other)  # one of them is known already
    with transaction(database.engine, is_writer=True) as connection:
        insert_entries(connection, entries)
    found = {one.decision: one.content for one in list_decisions(database)}
    subjects = [found[f"d-{n}"].subject for n in range(4)]
    assert [employee_of(database, subjects[n]) for n in (0, 1, 3)] == [NIP, other.subject, NIP]
    assert (subjects[2], subjects[0]) == ("p-1", subjects[3])
    assert [replace(found[f"d-{n}"], subject="") for n in range(4)] == [
        replace(made, subject="") for made in (LIST, other, PLAN, LIST)
    ]


@pytest.mark.parametrize("statement", [
    "UPDATE decisions SET result = 'x'", "DELETE FROM decisions", "UPDATE policies SET document = 'x'",
    "DELETE FROM policies",
])  # fmt: skip
def test_the_log_and_its_policies_only_grow(database, statement):
    log_decision(database, LIST)
    with (
        pytest.raises((sa.exc.DBAPIError, StorageError), match="append-only"),
        transaction(database.engine, is_writer=True) as connection,
    ):
        connection.execute(sa.text(statement))
    assert len(list_decisions(database)) == 1


def test_a_list_is_logged_while_an_import_writes_to_postgresql(postgresql_url):
    database = open_database(postgresql_url)
    with transaction(database.engine, is_writer=True):
        log_decision(database, LIST)
    assert len(list_decisions(database)) == 1
