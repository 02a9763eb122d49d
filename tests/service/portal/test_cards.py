"""Cards are kept by what they show: never an old figure, and never another session's fields."""

import re
from datetime import date

import msgspec
import pytest
from markupsafe import escape

from service.portal.cards import Shown, draw_cards, draw_filters
from service.portal.forms import Form
from service.schemas.lists import Reason, RecommendedItem

ITEM = RecommendedItem(
    rank=1, training="P1", name="Etika", offering="P1-1", benefit=0.5, low=0.1, high=0.9, completion=0.9, cost=0,
    hours=20, mode="online", start=date(2027, 3, 1), end=date(2027, 3, 3),
    reasons=[Reason(code="closes-deficit", competency="M.01", levels=1.0, text="Integritas")],
)  # fmt: skip


def card(*, lang="id", csrf="c1", list_id="d-1", said=None, colleagues=None, is_claimed=False, **changes):
    shown = Shown(item=msgspec.structs.replace(ITEM, **changes), colleagues=colleagues, is_claimed=is_claimed)
    return str(draw_cards([shown], lang=lang, csrf=csrf, list_id=list_id, said=said or Form())[0])


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"benefit": 0.75}, "0,75"), ({"rank": 2}, "2. <a"), ({"start": date(2027, 3, 2)}, "2 Maret 2027"),
        ({"name": "Etika Dasar"}, ": Etika Dasar</span>"), ({"lang": "en"}, "I am interested"),
        ({"reasons": [Reason(code="x", competency=None, levels=None, text="Sebab baru")]}, "Sebab baru"),
        ({"colleagues": "5 rekan"}, "<p>5 rekan</p>"), ({"is_claimed": True}, "menunggu konfirmasi"),
    ],
)  # fmt: skip
def test_a_card_that_shows_something_else_is_another_card(changes, seen):
    assert seen not in card()
    assert seen in card(**changes)
    assert seen not in card()


def test_each_page_fills_in_its_own_session_and_list():
    first, second = card(), card(csrf="c2", list_id="d-2")
    assert first.count('name="csrf" value="c1"') == first.count('name="list" value="d-1"') == 3
    assert second == first.replace('"c1"', '"c2"').replace('"d-1"', '"d-2"')


def test_texts_are_escaped_wherever_they_stand():
    text = card(training='P"><b>', name="<script>", colleagues="<i>", csrf='"><u>', list_id="<s>")
    assert not [tag for tag in ("<b>", "<script>", "<i>", "<u>", "<s>") if tag in text]


def test_a_refused_form_is_shown_in_its_own_card_alone_and_never_kept():
    said = Form(values={"training": ["P1"], "words": ["di Bandung"]}, faults={"words": "Salah."})
    refused = card(said=said)
    assert '<p class="fault" id="words-P1-fault">Salah.</p>' in refused
    assert 'value="di Bandung" aria-invalid="true" aria-describedby="words-P1-fault"' in refused
    assert "Salah." not in card(said=said, training="P2") + card()


def test_what_was_filled_in_stands_in_the_filters_of_its_own_page_alone():
    gaps = (("M.01", "Kerja & Sama"), ("M.02", "Integritas"))
    plain = draw_filters(Form(), gaps, "id", is_filtered=False)
    given = Form(values={"hours": ["20"], "competency": ["M.02"]}, faults={"until": "Salah."})
    filled = draw_filters(given, gaps, "id", is_filtered=True)
    assert plain.startswith("<details>")
    assert "Kerja &amp; Sama" in plain
    for seen in ('value="20"', 'value="M.02" selected', "Salah.", "<details open>"):
        assert (seen in filled, seen in plain) == (True, False)
    assert draw_filters(Form(), gaps, "id", is_filtered=False) == plain
    assert "M.01" not in draw_filters(Form(), gaps[1:], "id", is_filtered=False)
    assert "Filter" in draw_filters(Form(), gaps, "en", is_filtered=False) != plain


def test_what_is_typed_stands_in_its_own_field_and_what_is_chosen_is_marked():
    gaps = (("M.01", "Kerja sama"), ("M.02", "Integritas"))
    for day, mode in (("2027-01-04", "online"), ("2027-02-05", "blended"), ('"><b>', "online")):
        typed = {"from": day, "until": "2027-03-06", "hours": "20", "mode": mode, "competency": "M.02"}
        form = Form(values={name: [text] for name, text in typed.items()})
        page = draw_filters(form, gaps, "id", is_filtered=True)
        seen = dict(re.findall(r'<input id="[^"]*" name="([^"]*)" type="[^"]*" value="([^"]*)"', page))
        assert seen == {"from": str(escape(day)), "until": "2027-03-06", "hours": "20"}
        assert re.findall(r'<option value="([^"]+)" selected', page) == [mode, "M.02"]
