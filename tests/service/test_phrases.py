"""What the rooms below answer by code, or keep in English, said in the reader's language."""

from dataclasses import replace

import pytest

from models.effect import RAISED
from models.evaluation import Comparison
from models.verdict import judge, judge_parts
from recommender.allocation.verify import Violation
from recommender.explanation import Reason
from service.effect_answer import service_words
from service.phrases import clash_text, reason_text, recount_texts, unmet_text, verdict_text
from service.wording import Wording
from tests.builders import office

ENGLISH, INDONESIAN = Wording("en"), Wording("id")
CLASH = {"code": "budget", "subject": "P01", "limit": "1.02", "needed": 77_580_000, "available": 316_540,
         "people": "197306052008062001;198005302007081001"}  # fmt: skip
BETTER = Comparison(
    n_train=300, n_test=100, n_measured=50, n_known=100, n_known_measured=50, model_concordance=0.7,
    rule_concordance=0.6, gain=0.1, gain_lower=0.05, gain_upper=0.15, model_error=0.2, rule_error=0.3,
    model_brier=0.1, rule_brier=0.12, brier_error=0.01,
    model_calibration=0.01, coverage=0.8, nominal_coverage=0.8,
)  # fmt: skip


def test_a_clash_of_money_names_the_line_the_rupiah_and_the_people():
    assert clash_text(CLASH, ENGLISH) == (
        "Not met: P01 (The budget line does not suffice: 1.02): needs Rp77,580,000, there is Rp316,540. "
        "Left out: 197306052008062001, 198005302007081001"
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": "no-offering", "limit": "", "people": ""}, "(Tidak ada kelas pelatihan yang sesuai)"),
        ({"code": "not-eligible", "limit": "retiring-soon"}, "Pensiun dalam"),
        ({"code": "seats", "limit": "K2", "needed": 12}, "Kelas penuh: K2): perlu 12,"),
        ({"people": ""}, "Tidak terlayani: -"),
    ],
)
def test_a_clash_is_said_in_words_without_codes_or_empty_places(changed, words):
    said = clash_text({**CLASH, **changed}, INDONESIAN)
    assert words in said
    assert not any(sign in said for sign in ("no-offering", "not-eligible", " )", "()", ": )"))


@pytest.mark.parametrize("used_scores", [True, False])
@pytest.mark.parametrize("change", [{}, {"n_test": 3}, {"n_known": 3}, {"gain_lower": -0.1}])
def test_every_verdict_is_said_in_indonesian_with_all_its_figures(change, used_scores):
    words = judge(replace(BETTER, **change), used_scores=used_scores).words
    said = verdict_text(words, INDONESIAN)
    assert verdict_text(words, ENGLISH) == words
    assert said.split()[0] in {"Lebih", "Data", "Tidak"}
    figures = sorted(part.strip("().,;") for part in words.split() if any(c.isdigit() for c in part))
    assert (
        sorted(part.strip("().,;").replace(",", ".") for part in said.split() if any(c.isdigit() for c in part))
        == figures
    )


@pytest.mark.parametrize("parts", [(True, 0.41), (True, 0.0), (False, 0.41)])
def test_the_verdict_on_learned_parts_is_said_in_indonesian(parts):
    words = judge_parts(BETTER, learned_completion=parts[0], exponent=parts[1]).words
    said = verdict_text(words, INDONESIAN)
    assert verdict_text(words, ENGLISH) == words
    assert said.startswith("Aturan dengan ")
    assert said.endswith("70,0% pasangan terurut benar, aturan 60,0%.")
    assert ("pangkat 0,41" in said) == (parts[1] > 0)


def test_what_a_course_counts_with_is_said_in_indonesian_after_the_parts():
    words = judge_parts(BETTER, learned_completion=True, exponent=0.41, by_course=True).words
    assert verdict_text(words, ENGLISH) == words
    sized = judge_parts(BETTER, learned_completion=True, exponent=0.41, by_course=True, size=0.7).words
    assert verdict_text(sized, ENGLISH) == sized
    assert verdict_text(sized, INDONESIAN).endswith(
        "kesenjangan. Yang diharapkan adalah 70% dari yang diketahui tentang pelatihan, menurut kenaikan yang terukur."
    )
    assert verdict_text(words, INDONESIAN).endswith(
        "aturan 60,0%. Satu pelatihan dihitung menurut yang diajarkannya, bukan menurut bagian dari kesenjangan."
    )


def test_why_a_model_was_refused_is_said_in_indonesian():
    for words, said in (
        ("made with numpy 2.1.0, running 2.4.6", "dibuat dengan numpy 2.1.0, yang berjalan 2.4.6"),
        ("schema version is 3, this release reads 4", "versi skema adalah 3, rilis ini membaca 4"),
        ("made with numpy 2.1", "made with numpy 2.1"),
    ):
        assert verdict_text(f"model m-1 refused: {words}", INDONESIAN) == f"model m-1 ditolak: {said}"
    unread = "model m-1 refused: cannot be read (os.system is no part of a model)"
    assert verdict_text(unread, INDONESIAN).startswith("model m-1 ditolak: tidak dapat dibaca (os.system")


def test_a_verdict_that_nobody_knows_is_said_as_it_is():
    assert verdict_text("model m-1: made by hand", INDONESIAN) == "model m-1: made by hand"
    assert verdict_text("no approved model", INDONESIAN) == "belum ada model yang disetujui"


def test_a_recount_names_the_broken_rules_and_counts_the_rest():
    broken = Violation(code="away-share", subject="U 1", limit="2027-03-01", found=3, allowed=1)
    assert recount_texts((), ENGLISH) == ["The recount agrees."]
    said = recount_texts([str(broken)] * 32, INDONESIAN)
    assert said[1].endswith(": U 1 pada 2027-03-01: 3, diperbolehkan 1")
    assert "away-share" not in said[1]
    assert said[-1] == "  ... dan 2 lainnya."
    assert recount_texts([str(broken)], ENGLISH)[1] == (
        "  Too many of the unit away on one day: U 1 at 2027-03-01: 3, allowed 1"
    )


@pytest.mark.parametrize(("indicator", "said"), [("satisfaction", "kepuasan masyarakat"), ("IKM-2", "IKM-2")])
def test_an_indicator_is_said_in_words_and_an_offices_own_as_it_is(indicator, said):
    text = reason_text(Reason(code="service-effect", levels=3.61, indicator=indicator), office().catalog, INDONESIAN)
    begin = f"Pada masa lalu, di unit kerja dengan satu pelatihan lebih banyak per orang, {said} kemudian"
    assert text == f"{begin} naik 3,61 poin."
    fell = reason_text(Reason(code="service-effect", levels=-0.5, indicator=indicator), office().catalog, INDONESIAN)
    assert fell == f"{begin} turun 0,50 poin."


def test_of_many_lines_that_lack_money_the_first_are_named_and_the_others_counted():
    row = {"code": "budget", "limit": "A, B, C, D", "needs": 5, "cutoff": None, "instead": "", "next_offering": ""}
    said = "What is left of the budget lines A, B and 2 more does not suffice: each needs up to Rp5 more."
    assert unmet_text(row, Wording("en")) == said


@pytest.mark.parametrize(("lower", "upper", "told"), [
    (0.0478, 0.0524, "95 % interval 0.0478 to 0.0524"), (3.987, 4.371, "95 % interval 3.99 to 4.37"),
    (-12.5, 30.0, "95 % interval -12.50 to 30.00"), (0.05, 0.05, "95 % interval 0.05 to 0.05")])  # fmt: skip
def test_the_ends_of_an_interval_are_told_apart(lower, upper, told):
    link = {"indicator": "complaints", "code": RAISED, "estimate": (lower + upper) / 2, "lower": lower, "upper": upper,
            "units": 40}  # fmt: skip
    assert told in service_words([link], ENGLISH)[0]
