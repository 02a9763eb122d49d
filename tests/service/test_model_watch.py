"""A model that is checked: drifted, stale or as fitted; told on the terminal, in jobs, lists and pages."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
import pandas as pd
import pytest

from models.drift import describe_population
from models.features import FEATURE_NAMES
from recommender.policy import Policy
from recommender.watch import Reference, describe_lists, watch_model
from service.model_answer import approve_model, stored_model
from service.model_watch import FEATURE_TITLES, check_model, stale_because, watch_document
from service.pipeline import learn, load_office
from service.predictor import load_predictor
from service.reference import open_office
from service.settings import ModelSettings, model_settings
from service.wording import Wording
from tests.builders import tables
from tests.offices import copied_file
from tests.service.api.conftest import fill, service_on, small_office
from training_catalog.errors import ConflictError, InvalidValueError

ENGLISH, ON = Wording("en"), date(2027, 1, 4)


def crowd(n=160):
    """Return an office large enough to be watched."""
    rng = np.random.default_rng(0)
    names = [f"E{i:03d}" for i in range(n)]
    found = pd.DataFrame({"employee": names, "competency": "M.01", "method": "test", "level": rng.integers(1, 3, n),
                          "assessed_on": "2026-01-01"})  # fmt: skip
    own = tables(employees=pd.DataFrame({"employee": names, "name": names, "unit": "U1", "position": "J"}),
                 assessments=found)  # fmt: skip
    small = small_office()
    own["employees"] = pd.concat([small["employees"], own["employees"]], ignore_index=True)
    return {**small, **{name: own[name] for name in ("employees", "assessments")}}


@pytest.fixture
def watched(tmp_path):
    with service_on(copied_file(tmp_path / "office.db", crowd_with_a_model)) as running:
        (model,) = (one.model_id for one in running.parts.database.list_models())
        yield running, model


def test_a_model_serves_since_the_offices_own_day(watched, monkeypatch):
    running, model = watched
    database = running.parts.database
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    try:
        database.clock = lambda: datetime(2027, 1, 4, 20, tzinfo=UTC)  # three in the morning in Pontianak
        stored = approve_model(database, model, "test", "a trial", ENGLISH)
        assert stored_model(database, stored.model_id).manifest["approval"]["on"] == "2027-01-05"
    finally:
        monkeypatch.undo()
        time.tzset()


def crowd_with_a_model(url):
    """Lay out the office with a model that serves."""
    database = open_office(url)
    fill(database, crowd())
    model, _ = learn(database, load_office(database, ON), Policy(), 0)
    approve_model(database, model, "test", "a trial", ENGLISH)
    database.engine.dispose()


def checked(running, on=ON, **settings):
    database = running.parts.database
    return check_model(database, load_office(database, on), ModelSettings(**settings))


def test_a_model_that_was_just_fitted_is_as_fitted(watched):
    here, _ = watched
    found = checked(here)
    assert found.code == "as-fitted"
    assert {one["code"] for one in found.card["shifts"]} == {"same", "not-enough-data"}
    assert found.card["people"] >= 160
    assert here.parts.database.load_model(None).manifest["watch"] == found.card


def test_a_model_grows_stale_with_age_and_says_so_in_every_list(watched):
    here, _ = watched
    database = here.parts.database
    assert checked(here, ON + timedelta(days=30)).code == "as-fitted"
    late = checked(here, ON + timedelta(days=31), most_days=30)
    assert late.code == "stale"
    assert watch_document(late.card, ENGLISH)["stale"] == ["It was fitted 31 days ago; at most 30 are allowed."]
    assert load_predictor(database).verdict.startswith("Stale: ")
    rows = here.get("/models", headers={"Accept-Language": "id"}).json()["items"]
    assert rows[0]["verdict"].startswith("Usang: model terlalu lama, atau standarnya sudah berubah")
    assert "Too few" not in rows[0]["verdict"]


def test_the_setting_says_what_makes_it_stale(watched):
    here, _ = watched
    office = load_office(here.parts.database, ON)
    manifest = here.parts.database.load_model(None).manifest
    other = {**manifest, "standards": "s-other", "details": {**manifest["details"], "catalog": "c-other"}}
    codes = {by: [one["code"] for one in stale_because(other, office, ModelSettings(stale_by=by))]
             for by in ((), ("framework",), ("framework", "catalog"))}  # fmt: skip
    assert codes == {(): [], ("framework",): ["framework"], ("framework", "catalog"): ["framework", "catalog"]}
    assert stale_because(manifest, office, ModelSettings(stale_by=("age", "framework", "catalog"))) == []


def test_settings_that_are_none_are_refused(monkeypatch):
    monkeypatch.setenv("BANGKOM_MODEL_STALE_BY", "age, weather")
    with pytest.raises(InvalidValueError, match="age, framework, catalog"):
        model_settings()
    monkeypatch.setenv("BANGKOM_MODEL_STALE_BY", "")
    assert model_settings().stale_by == ()


def test_trainings_of_another_kind_are_drift(watched):
    here, _ = watched
    office = load_office(here.parts.database, ON)
    reference = msgspec.convert(here.parts.database.load_model(None).manifest["reference"], Reference)
    longer = replace(
        office.catalog, trainings=replace(office.catalog.trainings, hours=office.catalog.trainings.hours * 3)
    )
    model = load_predictor(here.parts.database).predictor
    later, same = (watch_model(model, reference, office.workforce, catalog, since=ON, on=ON, policy=Policy())
                   for catalog in (longer, office.catalog))  # fmt: skip
    assert [one.name for one in later.features if one.code == "drifted"] == ["hours"]
    assert {one.code for one in same.features} == {"same"}


def test_classes_of_the_year_that_pass_by_are_no_drift(watched):
    here, _ = watched
    office = load_office(here.parts.database, ON)
    longer = office.catalog.trainings.hours + np.where(office.catalog.trainings.ids == "P1", 0, 40)
    catalog = replace(office.catalog, trainings=replace(office.catalog.trainings, hours=longer))
    reference = Reference(population=describe_population(*describe_lists(office.workforce, catalog, ON, Policy())),
                          departures={})  # fmt: skip
    model, last = load_predictor(here.parts.database).predictor, catalog.offerings.start.max().item()
    for day in (catalog.offerings.start.min().item() + timedelta(days=1), last + timedelta(days=1)):
        found = watch_model(model, reference, office.workforce, catalog, since=ON, on=day, policy=Policy())
        assert {one.name for one in found.features if one.code != "same"} <= {"assessment_age", "years_of_service"}


def test_what_was_looked_at_is_named_in_the_reader_s_language(watched):
    here, _ = watched
    shown = watch_document(checked(here).card, Wording("id"))["shifts"]
    titles = {one["title"] for one in shown}
    assert set(FEATURE_TITLES) == set(FEATURE_NAMES)
    assert {"Usia hasil asesmen, tahun", "Jam pelajaran pelatihan"} <= titles
    assert not titles & {*FEATURE_NAMES, *FEATURE_TITLES.values()}


def test_what_lists_are_made_from_is_that_of_some_people_evenly(watched):
    here, _ = watched
    office = load_office(here.parts.database, ON)
    features, person = describe_lists(office.workforce, office.catalog, ON, Policy())
    assert len(features) == len(person)
    assert len(np.unique(person)) <= office.workforce.n_people


def test_drift_needs_a_reason_to_be_approved_again_and_a_check_is_entered_in_the_log(watched, terminal_of, monkeypatch):
    here, model = watched
    monkeypatch.setenv("BANGKOM_MODEL_DAYS", "30")
    bangkom, database = terminal_of(here.url), here.parts.database
    run = bangkom("models", "check", "--json", on="2027-02-10")
    assert run.code == 1
    assert run.document["watch"]["code"] == "stale"
    assert [one["code"] for one in here.get(f"/models/{model}").json()["objections"]] == [
        "not-better", "stale",
    ]  # fmt: skip
    kinds = [one["kind"] for one in here.get("/audit/access").json()["items"]]
    assert "model-stale" in kinds
    assert "It was fitted" in bangkom("models", "check", on="2027-02-10").out
    assert database.load_model(None).model_id == model


def test_a_check_is_a_job_that_fits_anew_only_where_the_model_no_longer_holds(watched, tmp_path, monkeypatch):
    here, model = watched

    def done(ask, on):
        queue = here.parts.queue
        job = queue.submit("check", {"lang": "en", "on": on, **ask}, author="ani")
        here.work(tmp_path / on)
        return queue.get(job).result

    kept = done({"fit": True}, "2027-01-04")
    assert (kept["model"], kept["watch"]["code"]) == (model, "as-fitted")
    monkeypatch.setenv("BANGKOM_MODEL_DAYS", "1")
    assert done({}, "2027-02-04")["words"].startswith("Stale: ")
    fitted = done({"fit": True}, "2027-02-05")
    assert fitted["verdict"] == "not-enough-data"
    assert here.parts.database.list_models()[0].model_id == fitted["model"]


def test_without_a_model_that_serves_there_is_nothing_to_check(tmp_path, terminal_of):
    with service_on(f"sqlite:///{tmp_path / 'small.db'}") as running:
        with pytest.raises(ConflictError, match="nothing to check"):
            checked(running)
        assert terminal_of(running.url)("models", "check").code == 3
        assert running("POST", "/models/check", json={"fit": True}).status_code == 202
