"""What pages say: sentences of templates, moments, and names instead of codes."""

import re
from datetime import UTC, datetime

import jinja2
import pytest

from service.portal.evidence import _figures
from service.portal.page import Reader
from service.portal.words import FixedWords
from service.wording import Wording
from tests.service.portal.desk import Desk, cells_of

PAGE = {
    "{{ t('A & B') }}": "[A &amp; B]", "{{ t('A', n=1) }}": "called", "{{ t(name) }}": "called",
    "{{ t('A') ~ t('B') }}": "[A][B]", "{{ t('A') | lower }}": "[a]", "{{ u('A') }}": "other",
    "{{ t('A') if name else t('B') }}": "[A]", "t('A')": "t('A')", "{{ t('A')": None,
}  # fmt: skip


@pytest.mark.parametrize("source", PAGE)
def test_a_sentence_is_translated_when_its_template_is_compiled(source):
    made = jinja2.Environment(autoescape=True, extensions=[FixedWords])
    made.extend(words=lambda sentence: f"[{sentence}]")
    if PAGE[source] is None:
        with pytest.raises(jinja2.TemplateSyntaxError):
            made.from_string(source)
        return
    told = made.from_string(source).render(t=lambda *_, **__: "called", u=lambda _: "other", name="A")
    assert told == PAGE[source]


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


@pytest.mark.parametrize(("lang", "said"), [("id", "4 Januari 2027 16.05 WIB"), ("en", "4 January 2027 16:05 WIB")])
def test_a_moment_is_written_as_in_the_readers_language(lang, said):
    reader = Reader(wording=Wording(lang), caller=None, csrf="", zone="WIB", path="/", address="/", menu=(), said="")
    assert reader.moment(datetime(2027, 1, 4, 9, 5, tzinfo=UTC)) == said


def test_a_model_that_was_judged_on_nothing_shows_no_figures_of_it():
    judged = {"model_concordance": 0.5, "rule_concordance": 0.5, "model_error": 0.0, "rule_error": 0.0}
    assert _figures({**judged, "n_test": 0}, Wording("en")) == []
    assert len(_figures({**judged, "n_test": 9}, Wording("en"))) == 2


def test_what_a_planner_reads_has_names_and_not_codes_alone(desk):
    kinds = re.search(r'<select id="profile".*?</select>', desk.text("/imports"), re.DOTALL)[0]
    assert "Jadwal balai diklat" in kinds
    assert ">by-name<" not in kinds
    assert desk.portal("PATCH", "/budgets/L1~22027", json={"name": "Kursus"}).status_code == 200
    page = desk.text(f"{desk.plan()}/approve")
    assert cells_of(page, "reserve-caption")[1][0] == "Kursus L1"
    assert "menunggu jawaban" not in desk.text("/inbox")
