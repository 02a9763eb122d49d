"""Sessions end when idle, when old, and when somebody ends them; forms carry a token of theirs."""

import pytest
import sqlalchemy as sa

from service.auth.authenticator import Authenticator
from service.auth.passwords import Passwords
from service.auth.random_tokens import csrf_token, is_csrf_token
from service.storage.access import SESSIONS
from service.storage.engine import transaction
from tests.service.auth.conftest import PASSWORD, QUICK
from training_catalog.errors import NotAuthenticatedError


@pytest.fixture
def session(accounts, authenticator):
    accounts.add("ani", role="admin", password=PASSWORD)
    return authenticator.log_in("ani", PASSWORD)


def has_ended(authenticator, token):
    try:
        authenticator.by_session(token)
    except NotAuthenticatedError as refusal:
        return refusal.code == "session-ended"
    return False


def test_a_session_ends_when_it_is_not_used(authenticator, session, clock):
    clock.pass_by(minutes=29, seconds=59)
    assert not has_ended(authenticator, session.token)
    clock.pass_by(minutes=29)
    assert not has_ended(authenticator, session.token)
    clock.pass_by(minutes=30)
    assert has_ended(authenticator, session.token)


def test_the_use_of_a_session_is_known_to_other_processes(authenticator, session, clock, database, settings):
    clock.pass_by(minutes=20)
    assert not has_ended(authenticator, session.token)
    authenticator.close()
    clock.pass_by(minutes=20)
    assert not has_ended(Authenticator(database, settings, clock, Passwords(QUICK)), session.token)


def test_a_session_ends_after_its_lifetime_however_it_is_used(authenticator, session, clock):
    for _ in range(35):
        clock.pass_by(minutes=20)
        assert not has_ended(authenticator, session.token)
    clock.pass_by(minutes=20)
    assert has_ended(authenticator, session.token)


def test_a_session_that_is_logged_out_has_ended_and_another_has_not(authenticator, session):
    other = authenticator.log_in("ani", PASSWORD)
    authenticator.log_out(session.token)
    authenticator.log_out(session.token)
    authenticator.log_out("x")
    assert has_ended(authenticator, session.token)
    assert not has_ended(authenticator, other.token)


def test_a_log_in_replaces_the_session_of_the_browser(authenticator, session):
    after = authenticator.log_in("ani", PASSWORD, replaces=session.token)
    assert after.token != session.token
    assert has_ended(authenticator, session.token)


def test_a_session_is_a_bearer_token_too(authenticator, session):
    assert authenticator.by_token(session.token) == authenticator.by_session(session.token)


def test_what_is_no_session_is_refused(authenticator):
    for token in ("", "x", "bs_", "bs_" + "a" * 43, "bs_" + "ä" * 43, "bs_" + "a" * 100_000, "\0"):
        assert has_ended(authenticator, token)


def test_ended_sessions_are_deleted(authenticator, session, clock, database):
    clock.pass_by(days=2)
    assert has_ended(authenticator, session.token)
    authenticator.log_in("ani", PASSWORD)
    with transaction(database.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(SESSIONS)).scalar() == 1


def test_the_token_of_forms_belongs_to_one_session(session):
    assert session.csrf == csrf_token(session.token)
    assert is_csrf_token(session.token, session.csrf)
    for wrong in ("", session.token, session.csrf[:-1], csrf_token("bs_other"), "ä", "\ud800"):
        assert not is_csrf_token(session.token, wrong)
    assert session.token not in repr(session)


def test_a_session_of_a_clock_that_ran_ahead_ends_when_the_clock_is_right_again(authenticator, session, clock):
    clock.pass_by(days=30_000)
    assert has_ended(authenticator, session.token)
    ahead = authenticator.log_in("ani", PASSWORD)
    assert not has_ended(authenticator, ahead.token)
    clock.pass_by(days=-30_000)
    assert has_ended(authenticator, ahead.token)
    assert not has_ended(authenticator, authenticator.log_in("ani", PASSWORD).token)


def test_a_clock_that_is_set_back_a_little_ends_no_session_and_lengthens_none(authenticator, session, clock):
    clock.pass_by(minutes=-4)
    assert not has_ended(authenticator, session.token)
    clock.pass_by(hours=12, minutes=4)
    assert has_ended(authenticator, session.token)


def test_a_lock_of_a_clock_that_ran_ahead_is_none_when_the_clock_is_right_again(authenticator, accounts, clock):
    accounts.add("ani", role="admin", password=PASSWORD)
    clock.pass_by(days=30_000)
    for _ in range(5):
        with pytest.raises(NotAuthenticatedError):
            authenticator.log_in("ani", "wrong")
    with pytest.raises(NotAuthenticatedError, match="too many"):
        authenticator.log_in("ani", PASSWORD)
    clock.pass_by(days=-30_000)
    assert not has_ended(authenticator, authenticator.log_in("ani", PASSWORD).token)


def test_a_session_at_hand_ends_with_time_as_any_other(authenticator, session, clock):
    mark = object()
    assert authenticator.session_at_hand(session.token, mark) is None
    assert authenticator.by_session(session.token, mark) == session.caller
    for _ in range(3):
        clock.pass_by(minutes=29)
        assert authenticator.session_at_hand(session.token, mark) == session.caller  # and is in use
    assert authenticator.session_at_hand(session.token, object()) is None
    assert authenticator.session_at_hand("x", mark) is None
    clock.pass_by(minutes=30)
    assert authenticator.session_at_hand(session.token, mark) is None
    assert has_ended(authenticator, session.token)


def test_a_session_at_hand_ends_after_its_lifetime(authenticator, session, clock):
    mark = object()
    authenticator.by_session(session.token, mark)
    for _ in range(35):
        clock.pass_by(minutes=20)
        assert authenticator.session_at_hand(session.token, mark)
    clock.pass_by(minutes=20)
    assert authenticator.session_at_hand(session.token, mark) is None
