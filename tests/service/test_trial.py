"""A live comparison: who gets whose list, and how it stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recommender.policy import Policy
from service.pipeline import learn, load_office
from service.storage.database import open_database
from service.storage.decisions import LIST, Decision, LoggedDecision, insert_entries
from service.storage.engine import transaction
from service.storage.feedback import Feedback, add_feedback
from service.trial import DAYS_TO_ANSWER, begin_trial, end_trial, is_drawn, trial_document
from service.wording import Wording
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI, ON, problem, service_on
from training_catalog.errors import ConflictError, InputError

ENGLISH = Wording("en")


@pytest.fixture
def tried(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}") as running:
        database = running.parts.database
        model, _ = learn(database, load_office(database, ON), Policy(), 0)
        yield running, model


def test_the_lot_is_even_and_says_the_same_each_time():
    drawn = [is_drawn("m-1", f"19800101200501{n:04}") for n in range(4_000)]
    assert drawn == [is_drawn("m-1", f"19800101200501{n:04}") for n in range(4_000)]
    assert 1_900 < sum(drawn) < 2_100
    other = [is_drawn("m-2", f"19800101200501{n:04}") for n in range(4_000)]
    assert 1_800 < sum(one == two for one, two in zip(drawn, other, strict=True)) < 2_200


def test_half_the_people_get_the_lists_of_the_new_model_until_it_ends(tried):
    here, model = tried
    people = (ANI, BUDI, CITRA, DEDI)

    def served():
        return {nip: here.get(f"/employees/{nip}/recommendations").json()["model"] for nip in people}

    assert set(served().values()) == {"rule"}
    assert problem(here("POST", f"/models/{model}/trial"))["status"] == 422
    begun = here("POST", f"/models/{model}/trial", json={"reason": "a trial"}).json()
    assert (begun["model"], begun["code"]) == (model, "undecided")
    assert served() == {nip: model if is_drawn(model, nip) else "rule" for nip in people}
    assert here.get("/models").json()["items"][0]["state"] == "trial"
    assert problem(here("POST", f"/models/{model}/trial", json={"reason": "again"}))["status"] == 409
    assert here("POST", f"/models/{model}/trial", json={"end": True}).json()["model"] is None
    assert problem(here("POST", f"/models/{model}/trial", json={"end": True}))["status"] == 409
    assert set(served().values()) == {"rule"}
    kinds = [one["kind"] for one in here.get("/audit/access").json()["items"]]
    assert {"model-trial", "model-withdrawn"} <= set(kinds)


def log(database, rows, since):
    """Log the first lists of people, and what they said: (model, whether taken, days until said, day of the list)."""
    with transaction(database.engine, is_writer=True) as connection:
        content = Decision(kind=LIST, subject="", as_of=ON, change=0, catalog="c", model="", policy="{}", request={},
                           result="")  # fmt: skip
        insert_entries(connection, [
            LoggedDecision(decision=f"d-{n}", made_at=since + timedelta(days=day, seconds=n), author="test",
                           content=replace(content, subject=f"E{n}", model=model))
            for n, (model, _, _, day) in enumerate(rows)
        ])  # fmt: skip
        for n, (_, kind, after, day) in enumerate(rows):
            if kind:
                at = since + timedelta(days=day + after, seconds=n)
                add_feedback(connection, Feedback(
                    feedback=f"f-{n}", made_at=at, author="x", said_on=at.date(), decision=f"d-{n}", employee=f"E{n}",
                    training="P1", offering=None, kind=kind))  # fmt: skip


def standing(here, model, rows, days=60):
    database = here.parts.database
    begin_trial(database, model, "test", "a trial", ENGLISH)
    since = database.clock()
    log(database, rows, since)
    later = open_database(here.url)
    later.clock = lambda: since + timedelta(days=days)
    return trial_document(later, ENGLISH)


def test_a_better_model_is_told_as_soon_as_it_is_sure(tried):
    here, model = tried
    rows = [(model, "enrolled", 1, 0) if n % 2 else ("rule", "", 0, 0) for n in range(300)]
    found = standing(here, model, rows)
    assert found["code"] == "new-better"
    assert found["figures"]["stopped_at"] < 300
    assert found["figures"]["taken_old"] == 0
    assert found["text"].startswith("The new model is better: ")


def test_only_what_was_taken_up_in_time_by_people_who_had_their_time_counts(tried):
    here, model = tried
    rows = [
        (model, "interested", 1, 0), (model, "not-relevant", 1, 0), (model, "completed", DAYS_TO_ANSWER + 1, 0),
        ("rule", "enrolled", 2, 0), (model, "enrolled", 0, 50), ("rule", "", 0, 50),
    ]  # fmt: skip
    found = standing(here, model, rows)
    figures = found["figures"]
    assert (figures["n_new"], figures["n_old"], figures["taken_new"], figures["taken_old"]) == (3, 1, 1, 1)
    assert found["code"] == "undecided"


def test_lists_from_before_it_began_do_not_count(tried):
    here, model = tried
    log(here.parts.database, [("rule", "enrolled", 1, -20)] * 3, here.parts.database.clock())
    assert standing(here, model, [])["figures"]["n_old"] == 0


def test_what_cannot_be_compared_is_refused(tried, terminal_of):
    here, model = tried
    database, bangkom = here.parts.database, terminal_of(here.url)
    with pytest.raises(ConflictError, match="no comparison"):
        end_trial(database, "test")
    with pytest.raises(InputError, match="not found better"):
        begin_trial(database, model, "test", " ", ENGLISH)
    assert bangkom("models", "trial").out.strip() == "No comparison is running."
    assert bangkom("models", "trial", model, "--reason", "x", "--json").document["code"] == "undecided"
    with pytest.raises(ConflictError, match="no comparison"):
        end_trial(database, "test", "m-of-another-comparison")
    assert bangkom("models", "trial", "--end").code == 0
    bangkom("models", "approve", model, "--reason", "x")
    assert bangkom("models", "trial", model, "--reason", "x").code == 3
