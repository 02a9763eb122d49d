"""A model's evidence in its card, on the terminal, over HTTP and in the portal: one rule says who may let it serve."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import sqlalchemy as sa

from models.artifact import pack
from models.benefit import PairModel
from models.fairness import GroupFigure
from models.reliability import Bin
from models.slices import BETTER, HARMED, NO_DIFFERENCE, SliceFigure
from recommender.evidence import Evidence
from service.evidence_answer import evidence_card, evidence_tables, objection_texts, objections_to
from service.portal.drawings import Point, draw_calibration, reach_of
from service.storage.engine import transaction
from service.storage.schema import MODELS
from service.wording import Wording
from tests.service.api.conftest import problem
from tests.service.portal.conftest import Browsing, faults_of, served, sign_in

ENGLISH = Wording("en")


def slice_of(code, n_people, gain=0.01):
    return SliceFigure(code=code, n_people=n_people, n_rows=n_people, n_measured=n_people, model_concordance=0.6,
                       rule_concordance=0.6 - gain, gain=gain, gain_lower=gain - 0.01, gain_upper=gain + 0.01,
                       brier_gain=0.0, brier_lower=-0.01, brier_upper=0.01)  # fmt: skip


def group_of(n_people):
    return GroupFigure(n_people=n_people, n_rows=n_people, chosen=0.2, chosen_by_rule=0.3)


def bin_of(foretold, seen, n_people=80):
    return Bin(n_rows=100, n_people=n_people, foretold=foretold, seen=seen, lower=seen - 0.05, upper=seen + 0.05)


def evidence(**codes):
    kinds = codes.get("kinds", ((BETTER, 90),))
    return Evidence(
        names={"unit_kind": ("Dinas", "Badan", "Kelurahan")[: len(kinds)], "sex": ("", "M", "F"),
               "mode": ("face-to-face", "online", "blended")},
        slices={"unit_kind": tuple(slice_of(code, n) for code, n in kinds),
                "mode": (slice_of(NO_DIFFERENCE, 60), slice_of(codes.get("online", BETTER), 50, 0.03),
                         slice_of(NO_DIFFERENCE, 3))},
        completion=(bin_of(0.4, 0.41), bin_of(0.8, 0.9), bin_of(0.9, 0.9, n_people=4)), benefit=(bin_of(0.1, 0.2),),
        fairness={"sex": (group_of(0), group_of(50), group_of(60))},
    )  # fmt: skip


KINDS = ((BETTER, 90), (NO_DIFFERENCE, 30), (NO_DIFFERENCE, 3))


def test_figures_of_a_few_are_left_out_and_cannot_be_worked_out_from_the_sum():
    card = evidence_card(replace(evidence(kinds=KINDS)))
    assert [one["n_people"] for one in card["slices"]["unit_kind"]] == [90, None, None]
    assert [one["gain"] for one in card["slices"]["unit_kind"]][1:] == [None, None]
    assert [one["n_people"] for one in card["slices"]["mode"]] == [60, 50, None]  # people stand in several modes
    assert [one["id"] for one in card["fairness"]["sex"]] == ["M", "F"]
    assert card["fairness"]["sex"][0]["found"] is None
    assert len(card["completion"]) == 2
    json.dumps(card, allow_nan=False)


def test_a_verdict_says_of_what_it_is_claimed_and_an_older_card_says_it_plainly():
    rows = (
        replace(slice_of(BETTER, 90), claimed="completion"),
        replace(slice_of(HARMED, 80), claimed="ordering completion"),
    )
    card = evidence_card(
        replace(evidence(), names={"mode": ("face-to-face", "online")}, slices={"mode": rows}, fairness={})
    )
    told = [one["verdict"] for one in evidence_tables({"evidence": card}, ENGLISH)["slices"][0]["rows"]]
    assert told == [
        "foretells better than the rule who completes",
        "orders, and foretells who completes, worse than the rule",
    ]
    for one in card["slices"]["mode"]:
        del one["claimed"]
    told = [one["verdict"] for one in evidence_tables({"evidence": card}, ENGLISH)["slices"][0]["rows"]]
    assert told == ["better than the rule", "worse than the rule"]


def test_ages_stand_from_young_to_old():
    ages = ("30-39", "<30", ">=50")
    card = evidence_card(replace(evidence(), names={"age_band": ages}, slices={},
                                 fairness={"age_band": tuple(group_of(90) for _ in ages)}))  # fmt: skip
    (table,) = evidence_tables({"evidence": card}, ENGLISH)["fairness"]
    assert [one["name"] for one in table["rows"]] == ["Under 30", "30-39", "50 and over"]


def test_harm_stands_against_a_model_that_is_better_overall_and_is_named():
    card = evidence_card(evidence(kinds=((HARMED, 90),), online=HARMED))
    manifest = {"details": {"code": "approved"}, "evidence": card}
    assert objections_to(manifest) == ("harms",)
    assert objection_texts(manifest, ENGLISH) == ["it is clearly worse than the rule for: Dinas, online"]
    assert objections_to({"details": {"code": "approved"}, "evidence": evidence_card(evidence())}) == ()
    assert objections_to({**manifest, "watch": {"code": "drifted"}}) == ("harms", "drifted")
    assert objections_to({}) == ("not-better",)


def test_tables_name_groups_in_the_reader_s_language():
    tables = evidence_tables({"evidence": evidence_card(evidence())}, Wording("id"))
    mode = next(part for part in tables["slices"] if part["way"] == "mode")
    assert [one["name"] for one in mode["rows"]] == ["tatap muka", "daring", "campuran"]
    assert mode["rows"][1]["verdict"] == "lebih baik dari aturan dasar"


def keep(database, name, *, code="approved", state="rejected", **codes):
    """Keep a model of known evidence beside those of the office, and return its id."""
    model = PairModel()
    model.rows_digest_ = name
    payload, packed = pack(model, created_on=database.clock().date(), verdict="Better than the rule", n_rows=500,
                           details={"code": code, "cuts": "2025-01-01 2025-06-01"})  # fmt: skip
    card = evidence_card(evidence(**codes))
    figures = {"comparison": {
        "n_train": 300, "n_test": 200, "n_measured": 90, "model_concordance": 0.6, "rule_concordance": 0.55,
        "model_error": 0.4, "rule_error": 0.5, "model_brier": 0.1, "rule_brier": 0.12, "model_calibration": 0.01,
        "coverage": 0.8, "nominal_coverage": 0.8, "splits": [
            {"n_test": 100, "n_measured": 45, "model_concordance": 0.6, "rule_concordance": 0.55}] * 2,
    }}  # fmt: skip
    database.save_model(packed.model_id, manifest={**packed.to_dict(), "evidence": card, "figures": figures},
                        payload=payload, state=state, created_on=database.clock().date())  # fmt: skip
    return packed.model_id


def damage(database, model):
    """Lose the last byte of a stored model."""
    with transaction(database.engine, is_writer=True) as connection:
        found = connection.execute(sa.select(MODELS.c.payload).where(MODELS.c.model_id == model)).scalar_one()
        connection.execute(sa.update(MODELS).where(MODELS.c.model_id == model).values(payload=found[:-1]))


def test_only_a_reason_lets_serve_what_does_harm_and_it_stays_on_record(portal, terminal_of):
    database, bangkom = portal.parts.database, terminal_of(portal.url)
    harm = keep(database, "harm", online=HARMED)
    refused = bangkom("models", "approve", harm)
    assert refused.code == 3
    assert "worse than the rule for: online" in refused.err
    assert problem(portal("POST", f"/models/{harm}/approve", json={}))["status"] == 422
    token = sign_in(portal, "admin")
    said = portal.client.post(f"/models/{harm}", data={"csrf": token, "action": "approve", "words": " "})
    assert said.status_code == 422
    assert "jelas lebih buruk dari aturan dasar untuk: daring" in said.text
    done = portal.client.post(
        f"/models/{harm}", data={"csrf": token, "action": "approve", "words": "Kelas daring diajar ulang."}
    )
    assert "Kelas daring diajar ulang." in done.text
    assert database.load_model(None).model_id == harm
    assert database.load_model(None).manifest["approval"]["against"] == ["harms"]
    good = keep(database, "good")
    assert bangkom("models", "approve", good).code == 0
    assert bangkom("models", "rollback").code == 0
    assert database.load_model(None).model_id == harm


def test_terminal_and_api_carry_the_same_evidence_as_the_page(portal, terminal_of):
    model = keep(portal.parts.database, "one", kinds=KINDS)
    over_http = portal.get(f"/models/{model}", headers={"Accept-Language": "en"}).json()
    shown = terminal_of(portal.url)("models", "show", model).document
    assert over_http["card"]["evidence"] == shown["evidence"]
    assert over_http["code"] == shown["code"] == "approved"
    in_words = terminal_of(portal.url)("models", "show", model, "--text").out
    sign_in(portal, "admin")
    page = portal.client.get(f"/models/{model}").text
    for words in ("better than the rule", "Kind of unit", "Levels closed"):
        assert words in in_words
    for words in ("lebih baik dari aturan dasar", "Jenis unit", "Mutu menurut kelompok", "Keadilan", "1 Januari 2025"):
        assert words in page
    assert '<title id="calibration-completion-title">' in page
    assert "Pada 1 dari 2 kelompok" in page


def test_a_rollback_goes_to_the_model_that_was_replaced_last_not_to_the_newest(portal, terminal_of):
    database, bangkom = portal.parts.database, terminal_of(portal.url)
    first, second, third = (keep(database, name, state="approved") for name in ("one", "two", "three"))
    for model in (second, first):
        assert bangkom("models", "approve", model).code == 0
    for before in (second, third):
        assert before in bangkom("models", "rollback").err
        assert database.load_model(None).model_id == before
    assert bangkom("models", "rollback").err == "No earlier model: the rule serves.\n"


def test_a_model_that_cannot_be_opened_serves_nowhere_and_everybody_is_told(portal, terminal_of):
    database, bangkom = portal.parts.database, terminal_of(portal.url)
    first, broken = (keep(database, name, state="approved") for name in ("one", "two"))
    damage(database, broken)
    (row, _) = bangkom("models", "list", "--json").document["models"]
    assert (row["model"], row["serves"], row["state"]) == (broken, False, "approved")
    assert row["verdict"].startswith(f"The rule serves in its place: model {broken} refused: digest of the file is ")
    assert "The rule serves in its place" in bangkom("models", "show", broken, "--text").out
    assert portal.get("/models").json()["serving"] == "rule"
    sign_in(portal, "admin")
    page = portal.client.get("/models").text
    assert "Model yang disetujui tidak dapat dibuka" in page
    assert f"Aturan dasar dipakai sebagai gantinya: model {broken} ditolak: intisari berkas adalah" in page
    assert bangkom("models", "rollback").code == 0
    assert portal.get("/models").json()["serving"] == first
    for refused in (bangkom("models", "approve", broken), bangkom("models", "trial", broken)):
        assert (refused.code, "cannot serve: " in refused.err) == (3, True)
    assert problem(portal("POST", f"/models/{broken}/approve", json={}))["status"] == 409
    assert problem(portal("POST", f"/models/{broken}/trial", json={}))["status"] == 409
    token = sign_in(portal, "admin")
    said = portal.client.post(f"/models/{broken}", data={"csrf": token, "action": "approve", "words": "Coba."})
    assert (said.status_code, "tidak dapat dipakai" in said.text) == (422, True)
    keep(database, "three", state="approved")
    damage(database, first)
    assert bangkom("models", "rollback").err == "No earlier model: the rule serves.\n"


def test_a_fit_writes_its_evidence_into_the_card(portal, terminal_of):
    terminal_of(portal.url)("fit")
    (stored,) = portal.parts.database.list_models()
    assert stored.manifest["evidence"]["harmed"] == []
    assert stored.manifest["details"]["cuts"]
    sign_in(portal, "admin")
    assert portal.client.get(f"/models/{stored.model_id}").status_code == 200


def test_a_card_from_before_evidence_was_kept_is_shown_all_the_same(portal):
    database = portal.parts.database
    database.save_model("m-old", manifest={"verdict": "x", "details": {"code": "approved"}}, payload=b"x",
                        state="approved", created_on=database.clock().date())  # fmt: skip
    sign_in(portal, "admin")
    assert portal.client.get("/models/m-old").status_code == 200
    assert portal.get("/models/m-old").json()["objections"] == []


def test_what_is_put_into_a_card_replaces_only_its_own_entries(portal):
    database = portal.parts.database
    model = keep(database, "one")
    before = database.load_model(model).manifest
    with transaction(database.engine, is_writer=True) as connection:
        database.amend_model(connection, model, watch={"code": "stale"})
    assert database.load_model(model).manifest == {**before, "watch": {"code": "stale"}}


@pytest.mark.browser
def test_the_page_of_a_model_has_no_faults_on_any_screen(portal, chromium):
    model = keep(portal.parts.database, "one", kinds=KINDS, online=HARMED)
    with served(portal.url) as address:
        browsing = Browsing(chromium, address, portal.url)
        for (lang, scripts), width in zip(product(("id", "en"), (True, False)), (360, 768, 1440, 360), strict=True):
            size = {"width": width, "height": 800}
            with browsing.page("admin", lang=lang, scripts=scripts, viewport=size) as page:
                page.goto(f"{address}/models/{model}")
                assert page.locator("svg.chart").count() == 2
                if scripts:
                    assert faults_of(page) == []
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                page.fill("#words", "A reason.")
                page.locator("button[value=approve]").click()
                assert "A reason." in page.content()
            model = keep(portal.parts.database, "one", kinds=KINDS, online=HARMED)


def test_the_picture_lies_on_the_line_where_all_came_true():
    points = [Point(foretold=x, seen=x, lower=x, upper=x) for x in (0.0, 0.5, 1.0)]
    drawn = draw_calibration("c", title="T <b>", description="D", axes=("x", "y"), points=points, ends=("0", "1"))
    assert "T &lt;b&gt;" in drawn
    spots = [(float(part.split('"')[1]), float(part.split('cy="')[1].split('"')[0]))
             for part in drawn.split("cx=")[1:]]  # fmt: skip
    assert np.ptp([x + y for x, y in spots]) == pytest.approx(0.0)
    assert reach_of(points) == (0.0, 1.0)
    assert reach_of([Point(foretold=0.5, seen=0.5, lower=0.5, upper=0.5)]) == (0.0, 1.0)
    assert draw_calibration("c", title="", description="", axes=("", ""), points=[], ends=("", "")) == ""
