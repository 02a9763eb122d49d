"""Names and passwords: wrong ones are counted and lock, whoever asks side by side; nothing tells who exists."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from service.auth.authenticator import Authenticator
from service.auth.journal import list_entries
from service.auth.passwords import Passwords
from service.storage.access import LOGIN_FAILURES, USERS
from service.storage.engine import transaction
from tests.service.auth.conftest import PASSWORD, QUICK
from training_catalog.errors import InputError, NotAuthenticatedError

NEW = "gajah berenang jauh"


@pytest.fixture(autouse=True)
def ani(accounts):
    accounts.add("ani", role="admin", password=PASSWORD)


def refusal(authenticator, name, password, **more):
    with pytest.raises(NotAuthenticatedError) as refused:
        authenticator.log_in(name, password, **more)
    return refused.value.code


def test_wrong_log_ins_lock_a_name_whether_somebody_has_it_or_not(authenticator, clock):
    for name in ("ani", "nobody", "a\0b", "", "\ud800", "x" * 10_000):
        codes = [refusal(authenticator, name, "salah sekali ini") for _ in range(6)]
        assert codes == ["wrong-credentials"] * 5 + ["locked"]
        clock.pass_by(minutes=15)
        assert refusal(authenticator, name, "salah sekali ini") == "wrong-credentials"


def test_a_locked_name_takes_no_right_password_until_the_time_is_over(authenticator, database, settings, clock):
    for _ in range(5):
        refusal(authenticator, "ani", "salah sekali ini")
    again = Authenticator(database, settings, clock, Passwords(QUICK))  # as after a restart
    assert refusal(again, "ani", PASSWORD) == "locked"
    clock.pass_by(minutes=14, seconds=59)
    assert refusal(again, "ani", PASSWORD) == "locked"
    clock.pass_by(seconds=1)
    assert again.log_in("ani", PASSWORD)


def test_an_administrator_unlocks(accounts, authenticator):
    for _ in range(5):
        refusal(authenticator, "ani", "salah sekali ini")
    accounts.unlock("ani")
    assert authenticator.log_in("ani", PASSWORD)


def test_a_right_password_forgets_the_wrong_ones_and_old_ones_do_not_count(authenticator, clock):
    for _ in range(2):
        for _ in range(4):
            refusal(authenticator, "ani", "salah sekali ini")
        authenticator.log_in("ani", PASSWORD)
    for _ in range(3):
        for _ in range(4):
            refusal(authenticator, "ani", "salah sekali ini")
        clock.pass_by(minutes=15)
    assert authenticator.log_in("ani", PASSWORD)


@pytest.mark.parametrize(
    ("addresses", "locked"),
    [
        (["192.0.2.7"] * 3, True),
        (["192.0.2.7", "192.0.2.8", "192.0.2.9"], False),
        (["2001:db8::1", "2001:db8::2", "2001:db8::ffff:1"], True),
        (["::ffff:192.0.2.7", "::ffff:192.0.2.8", "::ffff:192.0.2.9"], False),
        (["unix:"] * 3, True),
    ],
)
def test_an_address_that_tries_many_names_is_locked(database, settings, clock, addresses, locked):
    authenticator = Authenticator(database, replace(settings, address_failures=3), clock, Passwords(QUICK))
    for n, address in enumerate(addresses):
        refusal(authenticator, f"name{n}", "salah sekali ini", address=address)
    if locked:
        assert refusal(authenticator, "ani", PASSWORD, address=addresses[-1]) == "locked"
    else:
        assert authenticator.log_in("ani", PASSWORD, address=addresses[-1])


def test_a_right_log_in_does_not_forget_the_failures_of_its_address(database, settings, clock):
    authenticator = Authenticator(database, replace(settings, address_failures=3), clock, Passwords(QUICK))
    for n in range(2):
        refusal(authenticator, f"name{n}", "salah sekali ini", address="192.0.2.7")
    authenticator.log_in("ani", PASSWORD, address="192.0.2.7")
    refusal(authenticator, "name2", "salah sekali ini", address="192.0.2.7")
    assert refusal(authenticator, "ani", PASSWORD, address="192.0.2.7") == "locked"


def test_failures_that_no_longer_count_are_deleted(authenticator, database, clock):
    refusal(authenticator, "one", "salah sekali ini")
    clock.pass_by(minutes=15)
    refusal(authenticator, "two", "salah sekali ini")
    with transaction(database.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(LOGIN_FAILURES)).scalar() == 1


def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(authenticator, accounts):
    accounts.add("budi", role="employee", password=None)
    accounts.add("citra", role="employee", password=PASSWORD)
    accounts.disable("citra")
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002 (the library's word)
            verified.append(hash)
            return super().verify(hash, password)

    authenticator._door.passwords = Passwords(Counting(time_cost=1, memory_cost=64))
    authenticator._door.passwords.of_nobody  # noqa: B018 (as an authenticator does when it begins)
    counts = []
    for name in ("ani", "nobody", "budi", "citra"):
        verified.clear()
        assert refusal(authenticator, name, "salah sekali ini") == "wrong-credentials"
        counts.append([stored.rsplit("$", 2)[0] for stored in verified])
    assert counts == [counts[0]] * 4
    assert len(counts[0]) == 1


def test_many_right_log_ins_at_once_all_succeed(authenticator):
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(lambda _: authenticator.log_in("ani", PASSWORD), range(16)))
    assert len({session.token for session in sessions}) == 16
    assert all(authenticator.by_session(session.token) for session in sessions)


def test_wrong_log_ins_at_once_are_all_counted(authenticator):
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: refusal(authenticator, "ani", "salah sekali ini"), range(16)))
    assert 5 <= codes.count("wrong-credentials") <= 16
    assert refusal(authenticator, "ani", PASSWORD) == "locked"


def test_a_right_guess_is_refused_when_the_name_was_locked_meanwhile(authenticator, database, settings, clock):
    class Slow(Passwords):
        def is_right(self, password, stored):
            for _ in range(5):
                refusal(authenticator, "ani", "salah sekali ini")
            return super().is_right(password, stored)

    slow = Authenticator(database, settings, clock, Slow(QUICK))
    assert refusal(slow, "ani", PASSWORD) == "locked"


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_log_in(authenticator, database):
    weak = Passwords(PasswordHasher(time_cost=1, memory_cost=32)).hash(PASSWORD)
    with transaction(database.engine, is_writer=True) as connection:
        connection.execute(sa.update(USERS).values(password=weak))
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: authenticator.log_in("ani", PASSWORD), range(4)))
    with transaction(database.engine) as connection:
        stored = connection.execute(sa.select(USERS.c.password)).scalar_one()
    assert not authenticator._door.passwords.is_outdated(stored)
    assert authenticator.log_in("ani", PASSWORD)


def test_a_new_password_ends_every_session_and_opens_another(authenticator):
    old, here = (authenticator.log_in("ani", PASSWORD) for _ in range(2))
    session = authenticator.change_password(here.token, PASSWORD, NEW)
    assert authenticator.by_session(session.token)
    for ended in (old, here):
        with pytest.raises(NotAuthenticatedError, match="session has ended"):
            authenticator.by_session(ended.token)
    assert refusal(authenticator, "ani", PASSWORD) == "wrong-credentials"
    assert authenticator.log_in("ani", NEW)


@pytest.mark.parametrize("new", ["pendek", PASSWORD, "x" * 1025])
def test_a_new_password_that_is_not_accepted_changes_nothing(authenticator, new):
    session = authenticator.log_in("ani", PASSWORD)
    with pytest.raises(InputError):
        authenticator.change_password(session.token, PASSWORD, new)
    assert authenticator.by_session(session.token)


def test_the_current_password_cannot_be_guessed_through_a_stolen_session(authenticator):
    session = authenticator.log_in("ani", PASSWORD)
    codes = []
    for _ in range(6):
        with pytest.raises(NotAuthenticatedError) as refused:
            authenticator.change_password(session.token, "salah sekali ini", NEW)
        codes.append(refused.value.code)
    assert codes == ["wrong-credentials"] * 5 + ["locked"]


@pytest.mark.parametrize("keep", [False, True])
def test_the_log_has_log_ins_and_failures_without_secrets(database, settings, clock, caplog, keep):
    caplog.set_level(logging.DEBUG)
    authenticator = Authenticator(database, replace(settings, log_addresses=keep), clock, Passwords(QUICK))
    refusal(authenticator, PASSWORD, "typed in the wrong field", address="192.0.2.7")
    for _ in range(5):
        refusal(authenticator, "ani", "salah sekali ini", address="192.0.2.7")
    clock.pass_by(minutes=15)
    token = authenticator.log_in("ani", PASSWORD, address="192.0.2.7").token
    authenticator.log_out(token)
    logged = [one.entry for one in list_entries(database) if one.entry.kind != "user-added"]
    told = {(entry.kind, entry.subject, entry.outcome) for entry in logged}
    assert told == {
        ("log-in", "unknown", "wrong-credentials"), ("log-in", "user:ani", "wrong-credentials"),
        ("locked", "user:ani", "locked"), ("log-in", "user:ani", "done"), ("log-out", "user:ani", "done"),
    }  # fmt: skip
    assert {entry.address for entry in logged if entry.kind == "log-in"} == {"192.0.2.7" if keep else None}
    secrets = (PASSWORD, "wrong field", "salah", token)
    assert not any(secret in str(logged) + caplog.text for secret in secrets)
    assert caplog.text.count("refused: log-in: wrong-credentials") == 6
