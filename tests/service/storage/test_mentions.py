"""Who is erased goes from texts; numbers and words that only look like theirs stay."""

import json

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from service.people import _without
from service.plan_document import FRAMES
from service.storage.database import open_database
from service.storage.mentions import without_number
from service.storage.people import erase_rows
from service.storage.schema import POLICIES
from tests.service.reports.plan_cases import five_people_two_classes

POLICY = {"hours": 12, "people": ["12", "112"], "why": "Surat 12 Januari"}


@pytest.mark.parametrize(("number", "place", "left"), [
    ("12", "Jalan 12, gedung 112", "Jalan 12, gedung 112"), ("12", "12", "e-1"),
    ("100123", "Ruang 100123, bukan 1001234", "Ruang e-1, bukan 1001234"),
])  # fmt: skip
def test_a_number_goes_from_texts_of_the_catalogue_where_it_is_the_persons(database_url, number, place, left):
    database = open_database(database_url)
    people = pd.DataFrame([{"employee": one, "name": f"Nama {one}", "unit": "U"} for one in (number, "112", "1001234")])
    with database.writing() as writing:
        database.upsert(writing, "employees", people)
        database.upsert(writing, "units", pd.DataFrame([{"unit": "U", "name": place}]))
        writing.connection.execute(sa.insert(POLICIES).values(policy="p", document=json.dumps(POLICY)))
        erase_rows(writing, number, "e-1")
        document = writing.connection.execute(sa.select(POLICIES.c.document)).scalar_one()
    assert database.read("units")["name"].tolist() == [left]
    assert database.read("employees")["employee"].tolist() == ["1001234", "112"]
    assert json.loads(document) == ({**POLICY, "people": ["e-1", "112"]} if number == "12" else POLICY)


def test_in_a_plan_only_the_persons_own_cells_change():
    first, second = five_people_two_classes().people["employee"].astype(str).iloc[:2]
    plan = _without(_without(five_people_two_classes(), first, "12"), second, "112")
    erased = _without(plan, "12", "e-1")
    cells = 0
    for name in FRAMES:
        before, after = (getattr(one, name).astype(object) for one in (plan, erased))
        differs = before.ne(after) & ~(before.isna() & after.isna())
        assert set(before.to_numpy()[differs]) <= {"12"}
        assert not (after == "12").to_numpy().any()
        cells += int(differs.to_numpy().sum())
    assert cells > 0
    assert (erased.people["employee"] == "112").any()


@given(st.text("0123456789A-", min_size=1, max_size=8), st.text("0123456789A- ;", max_size=20))
def test_what_is_put_in_place_is_found_no_second_time_and_a_whole_text_always_goes(number, text):
    change = without_number(number, "e")
    assert change(number) == "e"
    assert change(change(text)) == change(text)
