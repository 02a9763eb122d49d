"""Effects on the terminal, over HTTP and in the portal: the same figures, in words where there are none."""

import numpy as np
import pandas as pd
import pytest

from recommender.past_effects import WAYS
from service.commands import effects as command
from service.portal import evidence
from tests.builders import tables
from tests.recommender.test_service_effect import units_served
from tests.service.api.conftest import real_server, service_on, small_office
from tests.service.portal.conftest import Browsing, add_accounts, faults_of, sign_in


def crowd(n=120, seed=1):
    """Return an office of whom some took a training that adds a level to most."""
    rng = np.random.default_rng(seed)
    names = [f"E{i:03d}" for i in range(n)]
    trained, level = rng.random(n) < 0.5, rng.integers(1, 4, n)
    after = level + (trained & (rng.random(n) < 0.8)) + rng.integers(0, 2, n)
    found = pd.DataFrame({"employee": names, "competency": "M.01", "method": "test"})
    own = tables(
        employees=pd.DataFrame({"employee": names, "name": names, "unit": "U1", "position": "J"}),
        assessments=pd.concat([found.assign(level=level, assessed_on="2024-01-01"),
                               found.assign(level=after, assessed_on="2025-09-01")]),
        history=pd.DataFrame({"employee": names, "training": "P1", "training_name": "P1", "status": "completed",
                              "start_date": "2025-02-01", "end_date": "2025-02-20"})[trained],
    )  # fmt: skip
    small = small_office()
    own["employees"] = pd.concat([small["employees"], own["employees"]], ignore_index=True)
    return {**small, **{name: own[name] for name in ("employees", "assessments", "history")}}


@pytest.fixture
def office(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", crowd(), is_secure=False) as running:
        add_accounts(running.parts.database)
        yield running


def test_the_ways_offered_are_the_engines():
    assert set(command.WAYS) == set(evidence.WAYS) == set(WAYS)


def test_the_terminal_measures_and_the_api_and_the_portal_tell_what_the_fit_kept(office, terminal_of):
    bangkom = terminal_of(office.url)
    before = office.get("/effects").json()
    assert before["on"] is None
    assert "setiap kali model dilatih" in before["words"][0]
    sign_in(office, "admin")
    assert before["words"][0] in office.client.get("/models").text
    measured = bangkom("effects", "--by", "training", "--json").document
    assert 0.4 < measured["items"][0]["estimate"] < 1.2
    assert measured["items"][0]["id"] == "P1"
    assert measured["items"][0]["verdict"] == "raised"
    bangkom("fit")
    kept = office.get("/effects?by=training", headers={"Accept-Language": "en"}).json()
    assert kept["items"] == measured["items"]
    assert kept["levels"] == measured["levels"]
    assert kept["ratings"]["code"] == "not enough data"
    page = office.client.get("/models?by=training").text
    assert "Dampak pelatihan yang lalu" in page
    assert "naik" in page
    assert "Etika" in page


def test_what_went_with_trainings_in_the_service_of_units_is_told_everywhere(tmp_path, terminal_of):
    served = units_served(points=4.0)
    given = {name: tables(**{name: served[name]})[name] for name in ("units", "history", "unit_outcomes")}
    given["employees"] = tables(employees=served["employees"].assign(name="N", position="J"))["employees"]
    small, url = small_office(), f"sqlite:///{tmp_path / 'o.db'}"
    joined = {name: pd.concat([small[name], frame], ignore_index=True) if name in small else frame
              for name, frame in given.items()}  # fmt: skip
    with service_on(url, {**small, **joined}, is_secure=False) as running:
        add_accounts(running.parts.database)
        bangkom = terminal_of(url)
        said = bangkom("effects").out
        assert "Service of units, public satisfaction: raised: 4." in said
        assert "12 units" in said
        measured = bangkom("effects", "--json").document["service"]
        bangkom("fit")
        (kept,) = running.get("/effects", headers={"Accept-Language": "en"}).json()["service"]
        assert [kept] == measured
        assert (kept["code"], kept["indicator"], kept["units"]) == ("raised", "satisfaction", 12)
        assert kept["lower"] < 4.0 < kept["upper"]
        sign_in(running, "admin")
        assert "Layanan unit kerja, kepuasan masyarakat: naik: 4," in running.client.get("/models").text


def test_without_outcomes_of_units_the_words_say_so(office, terminal_of):
    assert "Service of units: no outcomes of theirs are on file" in terminal_of(office.url)("effects").out


def test_the_terminal_says_it_in_indonesian_unless_asked(office, terminal_of):
    bangkom = terminal_of(office.url)
    said = bangkom("effects", lang="id").out
    assert "naik" in said
    assert "daring" in said
    assert "raised" not in said
    assert "raised" in bangkom("effects").out


def test_a_small_office_hears_that_there_is_not_enough_data_and_no_figure_of_few(portal, terminal_of):
    bangkom = terminal_of(portal.url)
    document = bangkom("effects", "--json").document
    assert document["levels"]["code"] == "not enough data"
    assert document["levels"]["people"] is None
    assert document["items"] == []
    assert "not enough data" in bangkom("effects").out


def test_a_group_of_fewer_than_five_people_is_named_without_a_figure(tmp_path, terminal_of):
    url = f"sqlite:///{tmp_path / 'o.db'}"
    frames = crowd()
    history = frames["history"].copy()
    history.loc[history.index[:3], ["training", "training_name"]] = "P3"
    with service_on(url, {**frames, "history": history}):
        items = terminal_of(url)("effects", "--by", "training", "--json").document["items"]
    few = next(one for one in items if one["id"] == "P3")
    assert few["verdict"] == "not enough data"
    assert few["people"] is few["estimate"] is few["own_estimate"] is None


def test_only_who_may_read_models_may_read_effects_and_only_known_ways(portal):
    assert portal.get("/effects", key=portal.key("people:read")).status_code == 403
    assert portal.get("/effects?by=person").status_code == 422


@pytest.mark.long
@pytest.mark.browser
def test_the_page_with_effects_has_no_faults_in_either_language_with_scripts_or_without(office, chromium, terminal_of):
    terminal_of(office.url)("fit")
    with real_server(office.url) as (address, _):
        for lang, scripts in (("id", True), ("en", True), ("id", False)):
            with Browsing(chromium, address, office.url).page("admin", lang=lang, scripts=scripts) as page:
                page.goto(f"{address}/models?by=training")
                assert page.locator("#effects-caption").count() == 1
                assert not scripts or faults_of(page) == []
