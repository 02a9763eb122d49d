"""One person's data are handed out whole, and gone when they are erased."""

import pytest
import sqlalchemy as sa

from service.people import person_document
from service.plan_document import FRAMES, unpack_plan
from service.storage.database import open_database
from service.storage.decisions import employee_of, list_decisions
from service.storage.people import personal_tables
from service.storage.schema import METADATA
from tests.offices import copied_file, demo_city
from training_catalog.errors import UnknownIdError


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def city(request, terminal_of, tmp_path):
    """Return a terminal, its database, and two people with a seat in a plan whose policy pins them."""
    if request.param == "postgresql":
        bangkom = terminal_of(url := request.getfixturevalue("postgresql_url"))
        bangkom("demo", tmp_path / "city", "--people", "60", "--time-limit", "4", "--json")
    else:
        bangkom = terminal_of(url := copied_file(tmp_path / "office.db", demo_city))
    plan = bangkom("plans", "list", "--json").document["plans"][0]["plan"]
    seats = bangkom("plans", "show", plan, "--full", "--json").document["chosen"]
    people = list(dict.fromkeys(seat["employee"] for seat in seats))[:2]
    policy = tmp_path / "pin.toml"
    policy.write_text("".join(
        f'[[pinned]]\nemployee = "{seat["employee"]}"\noffering = "{seat["offering"]}"\n' for seat in seats[:1]
    ), encoding="utf-8")  # fmt: skip
    bangkom("plan", "--year", "2027", "--policy", policy, "--time-limit", "4")
    for nip in people:
        bangkom("recommend", nip)
    (tmp_path / "name.csv").write_text(f"employee,name\n{people[0]},Nama Baru\n", encoding="utf-8")
    bangkom("import", tmp_path / "name.csv", "--table", "employees")
    return bangkom, open_database(url), people


def everything(database):
    """Return every value of every table and plan as one text."""
    with database.engine.connect() as connection:
        rows = [str(connection.execute(sa.select(stored)).fetchall()) for stored in METADATA.sorted_tables]
    plans = [database.load_plan(entry.plan_id) for entry in database.list_plans()]
    made = [unpack_plan(plan.document) for plan in plans]
    rows += [getattr(plan, name).to_csv() for plan in made for name in FRAMES]
    return "\n".join([*rows, *[str(plan.provenance) for plan in made]])


def test_a_person_is_handed_out_whole_and_then_erased(city, tmp_path):
    bangkom, database, (nip, other) = city
    assert bangkom("person", "export", nip, "--out", tmp_path / "me.json").code == 0
    document = person_document(database, nip)
    (row,) = document["tables"]["employees"]
    assert row["name"] == "Nama Baru"
    assert [change["source"] for change in document["changes"]["employees"]][-1] == "name.csv"
    assert len(document["decisions"]) == 1
    assert all(part["people"] for part in document["plans"])
    assert other not in (tmp_path / "me.json").read_text(encoding="utf-8")
    n_decisions, n_people = len(list_decisions(database)), len(database.read("employees"))

    assert nip in everything(database)
    erased = bangkom("person", "erase", nip, "--yes")
    assert (erased.code, nip in erased.err + erased.out) == (0, False)
    assert nip not in everything(database)
    assert all(nip not in set(database.read(name)["employee"]) for name in personal_tables())
    assert len(database.read("employees")) == n_people - 1
    decisions = list_decisions(database)
    assert len(decisions) == n_decisions
    assert employee_of(database, document["decisions"][0]["subject"]) is None
    with pytest.raises(UnknownIdError):
        person_document(database, nip)
    assert person_document(database, other)["tables"]["employees"]
    if database.engine.dialect.name == "sqlite":
        assert all(nip.encode() not in path.read_bytes() for path in tmp_path.glob("office.db*"))
    assert bangkom("person", "erase", nip, "--yes").code == 3
