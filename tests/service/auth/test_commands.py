"""The commands `user` and `key`."""

import io
from datetime import datetime

import pytest

from service.auth.authenticator import Authenticator
from service.auth.passwords import Passwords
from service.auth.settings import AuthSettings
from service.storage.database import open_database
from tests.service.auth.conftest import PASSWORD, QUICK, Clock, office
from training_catalog.errors import NotAuthenticatedError

NEXT = "gajah berenang jauh"


@pytest.fixture
def bangkom(terminal_of, database_url):
    office(database_url, Clock())
    return terminal_of(database_url)


@pytest.fixture
def door(bangkom, database_url):  # noqa: ARG001 (makes the office)
    return Authenticator(open_database(database_url), AuthSettings(), passwords=Passwords(QUICK))


@pytest.fixture
def typed(monkeypatch):
    """Return a function that puts text on standard input."""

    def put(text):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return put


def test_a_person_is_added_with_a_password_from_standard_input_and_looked_after(bangkom, door, typed):
    typed(f"{PASSWORD}\n")
    run = bangkom("user", "add", "Ani", "--role", "planner", "--unit", "U-2", "--password-stdin")
    assert (run.code, run.out, run.err) == (0, "", "ani may log in as planner.\n")
    token = door.log_in("ani", PASSWORD).token
    assert bangkom("user", "role", "ani", "supervisor", lang="id").err == "ani boleh masuk sebagai atasan.\n"
    assert bangkom("user", "units", "ani", "U-1", "U-2").err == "ani is granted: U-1, U-2.\n"
    caller = door.by_session(token)
    assert (caller.role, caller.units) == ("supervisor", {"U-1", "U-2"})
    typed(f"{NEXT}\n")
    assert bangkom("user", "set-password", "ani", "--password-stdin").code == 0
    assert door.log_in("ani", NEXT).caller.must_change_password
    assert bangkom("user", "disable", "ani").code == 0
    with pytest.raises(NotAuthenticatedError):
        door.log_in("ani", NEXT)
    assert bangkom("user", "enable", "ani").code == 0
    assert bangkom("user", "unlock", "ani").code == 0
    assert door.log_in("ani", NEXT)


def test_a_password_that_is_made_is_shown_once_and_lists_hold_none(bangkom, door, typed):
    typed("")
    document = bangkom("user", "add", "ani", "--json").document
    assert door.log_in("ani", document["password"])
    typed("")
    run = bangkom("user", "add", "budi", "--role", "admin")
    assert "shown this once" in run.err
    assert door.log_in("budi", run.out.strip())
    listed = bangkom("user", "list", "--json")
    users = listed.document["users"]
    assert [(user["name"], user["role"], user["password"]) for user in users] == [
        ("ani", "employee", True), ("budi", "admin", True),
    ]  # fmt: skip
    assert "argon2" not in listed.out
    shown = bangkom("user", "list", lang="id").out
    assert all(word in shown for word in ("Nama", "Peran", "ani", "pegawai", "harus diganti"))


def test_who_comes_from_the_identity_provider_alone_has_no_password(bangkom, door):
    assert bangkom("user", "add", "ani", "--no-password", "--json").document["password"] is False
    with pytest.raises(NotAuthenticatedError):
        door.log_in("ani", "")


def test_what_is_not_accepted_is_said_in_indonesian_with_exit_status_3(bangkom, typed):
    for words, said in (
        (("user", "add", "a b", "--no-password"), "name: a b tidak diterima"),
        (("user", "add", "ani", "--role", "boss", "--no-password"), "role: boss tidak diterima"),
        (("user", "add", "ani", "--employee", "7", "--no-password"), "pegawai '7' tidak dikenal"),
        (("user", "add", "ani", "--unit", "U-9", "--no-password"), "unit kerja 'U-9' tidak dikenal"),
        (("user", "add", "ani", "--password-stdin"), "harus terdiri dari 12 sampai 1024 karakter; ini 6"),
        (("user", "disable", "siapa"), "pengguna 'siapa' tidak dikenal"),
        (("key", "create", "x", "--scope", "y"), "scope: y tidak diterima"),
        (("key", "create", "x", "--scope", "admin", "--expires", "2020-01-01"), "expires: 2020-01-02 tidak diterima"),
        (("key", "revoke", "k-none"), "kunci 'k-none' tidak dikenal"),
    ):
        typed("pendek\n")
        run = bangkom(*words, lang="id")
        assert (run.code, run.out) == (3, "")
        assert said in run.err
        assert "pendek" not in run.err
    assert bangkom("user", "list", "--json").document == {"users": []}


@pytest.mark.parametrize("words", [("key", "create", "x"), ("user", "add", "ani", "--password", PASSWORD)])
def test_wrong_usage_has_exit_status_2(bangkom, words):
    assert bangkom(*words).code == 2


def test_a_key_is_made_listed_and_revoked(bangkom, door):
    made = bangkom(
        "key", "create", "HR", "--scope", "people:read", "--unit", "U-1", "--expires", "2099-12-31", "--json"
    )
    key = made.document
    assert door.by_key(key["key"]).units == {"U-1"}
    end = datetime.fromisoformat(key["expires_at"]).astimezone()
    assert (end.date().isoformat(), end.hour) == ("2100-01-01", 0)
    door.close()
    listed = bangkom("key", "list", "--json")
    (entry,) = listed.document["keys"]
    assert (entry["key_id"], entry["scopes"], entry["units"]) == (key["key_id"], ["people:read"], ["U-1"])
    assert entry["used_at"]
    assert key["key"] not in listed.out
    shown = bangkom("key", "list", lang="id").out
    assert all(word in shown for word in (key["key_id"], "people:read", "aktif", "Kewenangan"))
    assert bangkom("key", "revoke", key["key_id"]).err == f"Key {key['key_id']} is revoked.\n"
    with pytest.raises(NotAuthenticatedError, match="revoked"):
        door.by_key(key["key"])
    assert "dicabut" in bangkom("key", "list", lang="id").out


def test_a_key_for_people_goes_to_standard_output_alone(bangkom, door):
    run = bangkom("key", "create", "HR", "--scope", "people:read")
    assert door.by_key(run.out.strip()).units is None
    assert run.out.strip() not in run.err
