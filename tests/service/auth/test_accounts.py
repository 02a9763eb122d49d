"""People are added, changed and shut out, and the log knows who did it."""

import pytest
import sqlalchemy as sa

from service.auth.accounts import Accounts
from service.auth.authenticator import Authenticator
from service.auth.journal import list_entries
from service.storage.access import ACCESS_LOG, USERS
from service.storage.engine import transaction
from tests.service.auth.conftest import NIP, OTHER_NIP, PASSWORD
from training_catalog.errors import InputError, NotAuthenticatedError, StorageError, UnknownIdError


def test_who_is_added_can_log_in_and_must_change_the_password_first(accounts, authenticator):
    accounts.add(" Ani ", role="employee", password=PASSWORD, employee=NIP)
    session = authenticator.log_in("ANI", PASSWORD)
    caller = authenticator.by_session(session.token)
    assert (caller.subject, caller.kind, caller.role, caller.employee) == ("user:ani", "session", "employee", NIP)
    assert (caller.units, caller.must_change_password) == (frozenset(), True)
    assert caller == session.caller
    changed = authenticator.change_password(session.token, PASSWORD, "gajah berenang jauh")
    assert not authenticator.by_session(changed.token).must_change_password


@pytest.mark.parametrize(
    ("role", "units"),
    [("employee", frozenset()), ("supervisor", {"U-1", "U-2"}), ("planner", {"U-2"}), ("admin", None)],
)
def test_each_role_has_its_units(accounts, authenticator, role, units):
    accounts.add("ani", role=role, password=PASSWORD, employee=NIP, units=["U-2"])
    assert authenticator.log_in("ani", PASSWORD).caller.units == units


def test_what_is_not_accepted_is_refused_and_nothing_is_stored(accounts):
    accounts.add("budi", role="employee", password=None, employee=OTHER_NIP)
    for change, error, words in (
        ({"name": "a b"}, InputError, "name: a b is not accepted"),
        ({"name": "BUDI"}, InputError, "name: budi is not accepted"),
        ({"role": "boss"}, InputError, "role: boss is not accepted; accepted: employee, supervisor"),
        ({"employee": "7"}, UnknownIdError, "employee '7' is not known"),
        ({"employee": OTHER_NIP}, InputError, "employee: "),
        ({"units": ["U-9"]}, UnknownIdError, "unit 'U-9' is not known"),
        ({"password": "pendek"}, InputError, "12 to 1024 characters; it has 6"),
        ({"name": "anianianiani", "password": "AniAniAniAni"}, InputError, "must not be the name"),
        ({"password": NIP}, InputError, "must not be the name or the staff number"),
    ):
        wanted = {"name": "ani", "role": "employee", "password": PASSWORD, "employee": NIP} | change
        with pytest.raises(error, match=words):
            accounts.add(wanted.pop("name"), **wanted)
    assert [user.name for user in accounts.everybody()] == ["budi"]


def test_no_password_and_no_session_token_is_in_the_database(accounts, authenticator, database):
    accounts.add("ani", role="admin", password=PASSWORD)
    token = authenticator.log_in("ani", PASSWORD).token
    with transaction(database.engine) as connection:
        rows = [connection.execute(sa.select(table)).all() for table in USERS.metadata.sorted_tables]
        stored = connection.execute(sa.select(USERS.c.password)).scalar_one()
    assert PASSWORD not in str(rows)
    assert token not in str(rows)
    assert token[3:] not in str(rows)
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize("shut", [lambda a: a.disable("ani"), lambda a: a.set_password("ani", "gajah berenang jauh")])
def test_sessions_end_at_once_when_the_person_is_disabled_or_gets_a_new_password(accounts, authenticator, shut):
    accounts.add("ani", role="admin", password=PASSWORD)
    sessions = [authenticator.log_in("ani", PASSWORD) for _ in range(2)]
    shut(accounts)
    for session in sessions:
        with pytest.raises(NotAuthenticatedError, match="session has ended"):
            authenticator.by_session(session.token)
    with pytest.raises(NotAuthenticatedError, match="name or password is wrong"):
        authenticator.log_in("ani", PASSWORD)


def test_who_is_enabled_again_can_log_in_but_old_sessions_stay_ended(accounts, authenticator):
    accounts.add("ani", role="admin", password=PASSWORD)
    old = authenticator.log_in("ani", PASSWORD)
    accounts.disable("ani")
    accounts.enable("ani")
    assert authenticator.log_in("ani", PASSWORD)
    with pytest.raises(NotAuthenticatedError):
        authenticator.by_session(old.token)


def test_a_role_and_units_count_in_the_very_next_request(accounts, authenticator):
    accounts.add("ani", role="employee", password=PASSWORD)
    token = authenticator.log_in("ani", PASSWORD).token
    accounts.set_role("ani", "planner")
    accounts.set_units("ani", ["U-2"])
    caller = authenticator.by_session(token)
    assert (caller.role, caller.units, "plan:write" in caller.scopes) == ("planner", {"U-2"}, True)


def test_every_change_stands_in_the_log_with_who_and_what(accounts, clock, database):
    for change in (
        lambda: accounts.add("ani", role="employee", password=PASSWORD, employee=NIP),
        lambda: accounts.set_role("ani", "planner"),
        lambda: accounts.set_units("ani", ["U-2"]),
        lambda: accounts.set_password("ani", "gajah berenang jauh"),
        lambda: accounts.disable("ani"),
        lambda: accounts.enable("ani"),
        lambda: accounts.unlock("ani"),
    ):
        clock.pass_by(seconds=1)
        change()
    logged = [one.entry for one in reversed(list_entries(database))]
    assert [entry.kind for entry in logged] == [
        "user-added", "role-set", "units-set", "password-set", "user-disabled", "user-enabled", "user-unlocked",
    ]  # fmt: skip
    assert {(entry.actor, entry.subject, entry.outcome) for entry in logged} == {("account:sari", "user:ani", "done")}
    assert logged[1].details == {"before": "employee", "after": "planner"}
    assert logged[2].details == {"before": [], "after": ["U-2"]}
    assert "berenang" not in str(logged)


@pytest.mark.parametrize("statement", ["UPDATE access_log SET actor = 'x'", "DELETE FROM access_log"])
def test_the_log_of_access_only_grows(accounts, database, statement):
    accounts.add("ani", role="admin", password=None)
    with (
        pytest.raises((sa.exc.DBAPIError, StorageError), match="append-only"),
        transaction(database.engine, is_writer=True) as connection,
    ):
        connection.execute(sa.text(statement))
    with transaction(database.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(ACCESS_LOG)).scalar() == 1


def test_passwords_are_hashed_with_the_defaults_of_the_library_where_nobody_says_otherwise(database, settings):
    Accounts(database, "account:sari").add("ani", role="admin", password=PASSWORD)
    with transaction(database.engine) as connection:
        stored = connection.execute(sa.select(USERS.c.password)).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Authenticator(database, settings).log_in("ani", PASSWORD)
