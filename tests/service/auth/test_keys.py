"""API keys: shown once, limited, ended at once; their use is noted without anybody waiting for it."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from service.auth.authenticator import Authenticator
from service.auth.journal import list_entries
from service.auth.keys import create_key, list_keys, revoke_key
from service.storage import engine as engines
from service.storage.access import API_KEYS
from service.storage.engine import transaction
from training_catalog.errors import InputError, NotAuthenticatedError, UnknownIdError

ACTOR = "account:sari"


@pytest.fixture
def make(database):
    def made(**more):
        return create_key(database, "HR system", actor=ACTOR, **({"scopes": ["recommend:read"]} | more))

    return made


def code_of(authenticator, key):
    with pytest.raises(NotAuthenticatedError) as refused:
        authenticator.by_key(key)
    assert len(key) < 9 or key not in str(refused.value)
    return refused.value.code


def test_a_key_is_what_it_was_made_for(authenticator, make):
    key, text = make(scopes=["people:read", "recommend:read"], units=["U-1"])
    caller = authenticator.by_key(text)
    assert (caller.subject, caller.kind, caller.role, caller.employee) == (f"key:{key.key_id}", "key", "system", None)
    assert (caller.scopes, caller.units) == ({"people:read", "recommend:read"}, {"U-1"})
    assert authenticator.by_key(make()[1]).units is None


def test_the_database_does_not_know_a_key(database, make):
    key, text = make()
    with transaction(database.engine) as connection:
        rows = str(connection.execute(sa.select(API_KEYS)).all()) + str(list_entries(database))
    assert text not in rows
    assert text[14:] not in rows
    assert text.startswith(f"bk_{key.key_id[2:]}_")


def test_what_is_no_key_is_refused(authenticator, make):
    make()
    for wrong in ("", "x", "bk_", "bk_aaaaaaaaaa_" + "a" * 43, "\0", "\ud800", "bk_" * 50_000):
        assert code_of(authenticator, wrong) == "invalid-key"


def test_a_key_with_another_secret_is_refused(authenticator, make):
    (_, one), (_, two) = make(), make()
    assert code_of(authenticator, one[:14] + two[14:]) == "invalid-key"
    assert code_of(authenticator, one + "a") == "invalid-key"


def test_a_revoked_key_is_refused_in_the_very_next_request_of_every_process(
    authenticator, database, settings, clock, make
):
    key, text = make()
    other = Authenticator(database, settings, clock, authenticator._door.passwords)
    assert authenticator.by_key(text) == other.by_key(text)
    revoke_key(database, key.key_id, actor=ACTOR)
    assert [code_of(one, text) for one in (authenticator, other)] == ["key-revoked"] * 2
    revoke_key(database, key.key_id, actor=ACTOR)
    assert [one.entry.kind for one in list_entries(database)].count("key-revoked") == 1


def test_an_expired_key_is_refused(authenticator, clock, make):
    _, text = make(expires_at=clock() + timedelta(days=1))
    clock.pass_by(hours=23)
    assert authenticator.by_key(text)
    clock.pass_by(hours=1)
    assert code_of(authenticator, text) == "key-expired"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"scopes": ["people:eat"]}, InputError, "scope: people:eat is not accepted; accepted: recommend:read"),
        ({"scopes": []}, InputError, "scope"),
        ({"units": ["U-9"]}, UnknownIdError, "unit 'U-9' is not known"),
    ],
)
def test_a_key_that_is_not_accepted_is_not_made(database, make, change, error, words):
    with pytest.raises(error, match=words):
        make(**change)
    assert list_keys(database) == []


def test_a_key_of_the_past_or_without_a_name_is_not_made(database, clock):
    for label, expires_at in (("x", clock()), (" ", None), ("a\0b", None)):
        with pytest.raises(InputError):
            create_key(database, label, actor=ACTOR, scopes=["admin"], expires_at=expires_at)


def test_revoking_an_unknown_key_says_so(database):
    with pytest.raises(UnknownIdError, match="key 'k-none' is not known"):
        revoke_key(database, "k-none", actor=ACTOR)


def test_making_and_revoking_stand_in_the_log(database, clock, make):
    key, _ = make(units=["U-1"])
    clock.pass_by(seconds=1)
    revoke_key(database, key.key_id, actor=ACTOR)
    revoked, created = (one.entry for one in list_entries(database))
    assert (created.kind, created.actor, created.subject) == ("key-created", ACTOR, f"key:{key.key_id}")
    assert created.details == {
        "label": "HR system", "scopes": ["recommend:read"], "units": ["U-1"], "expires_at": None,
    }  # fmt: skip
    assert (revoked.kind, revoked.actor, revoked.subject) == ("key-revoked", ACTOR, f"key:{key.key_id}")


def used_at(database):
    return [key.used_at for key in list_keys(database)]


def test_the_last_use_is_written_at_most_once_a_minute(authenticator, database, clock, make):
    _, text = make()
    first = clock()
    for _ in range(3):
        authenticator.by_key(text)
        authenticator.close()
        assert used_at(database) == [first]
        clock.pass_by(seconds=20)
    authenticator.by_key(text)
    authenticator.close()
    assert used_at(database) == [clock()]


def test_a_clock_that_goes_back_does_not_undo_a_use(authenticator, database, clock, make):
    _, text = make()
    clock.pass_by(hours=1)
    authenticator.by_key(text)
    authenticator.close()
    last = clock()
    clock.pass_by(minutes=-30)
    assert authenticator.by_key(text)
    authenticator.close()
    assert used_at(database) == [last]


def test_a_request_does_not_wait_for_a_busy_database_and_the_use_is_written_later(
    authenticator, database, clock, make, monkeypatch
):
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.2)
    _, text = make()
    with transaction(database.engine, is_writer=True) as connection:
        connection.execute(sa.update(API_KEYS).values(label="held"))  # this row, on either database
        begun = time.monotonic()
        assert authenticator.by_key(text)
        assert time.monotonic() - begun < 0.15
        if database.engine.dialect.name == "sqlite":
            authenticator.close()
    authenticator.close()
    clock.pass_by(minutes=1)
    assert authenticator.by_key(text)
    authenticator.close()
    assert used_at(database) == [clock()]
