import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from service import labels
from service.commands.plan import budget_text
from service.reports import people_section
from service.reports.fairness import hidden_units
from service.reports.plan_report import render_report
from service.wording import Wording, _translations
from tests.service.reports.html_page import Page
from tests.service.reports.plan_cases import (
    HOSTILE,
    PEOPLE,
    a_city,
    city_names,
    five_names,
    five_people_two_classes,
)
from training_catalog.offering import UNLIMITED_SEATS

ENGLISH, INDONESIAN = Wording("en"), Wording("id")
MADE_AT = datetime(2027, 1, 5, 8, 30, tzinfo=UTC)
SAID = []


class Listening(Wording):
    """A wording that remembers what it was asked to say."""

    def text(self, message, **fields):
        SAID.append(message)
        return Wording.text(self, message, **fields)


@pytest.fixture(scope="module")
def small():
    return Page(render_report(five_people_two_classes(), five_names(), ENGLISH))


@pytest.fixture(scope="module")
def city():
    plan = a_city()
    html = render_report(plan, city_names(plan), INDONESIAN, plan_id="p-0123")
    return plan, html, Page(html)


def digits(text):
    """Return a whole number written with separators."""
    return int(re.sub(r"[^0-9-]", "", text))


def without(plan, *names):
    """Return a plan with some frames empty."""
    return replace(plan, **{name: getattr(plan, name).iloc[:0] for name in names})


def test_the_first_paragraph_says_what_was_decided(small):
    assert (
        "Of Rp85,000,000 that can be planned for 2027, the plan uses Rp9,250,000 for 3 seats in 1 class. 3 people "
        "attend. It is expected to close 1.9 of 6.0 weighted levels of competency gaps, 31.7%."
    ) in small.text
    assert "It is proven that no plan under these rules is better." in small.text


def test_indonesian_money_shares_and_days_are_written_as_in_indonesia():
    html = render_report(five_people_two_classes(), five_names(), INDONESIAN, made_at=MADE_AT)
    text = Page(html).text
    assert "Rp85.000.000" in text
    assert "31,7%" in text
    assert "5 Januari 2027, 08.30" in text


def test_lines_stand_under_their_parents_with_the_sum_of_the_top_ones(small):
    assert [row[:2] for row in small.body("lines")] == [
        ["1.02", "Pengembangan"], ["1.02.1", "Kursus"], ["1.02.2", "Perjalanan"], ["All", ""],
    ]  # fmt: skip
    whole = ["Rp100,000,000", "Rp5,000,000", "Rp10,000,000", "Rp9,250,000", "Rp8,500,000", "Rp67,250,000"]
    assert [row[2:] for row in small.body("lines")] == [
        whole,
        ["Rp60,000,000", "Rp5,000,000", "Rp10,000,000", "Rp8,500,000", "Rp4,500,000", "Rp32,000,000"],
        ["Rp20,000,000", "Rp0", "Rp0", "Rp750,000", "Rp2,000,000", "Rp17,250,000"],
        whole,
    ]


def test_a_line_below_another_is_indented_and_one_above_itself_is_not_lost():
    plan = five_people_two_classes()
    html = render_report(plan, five_names(), ENGLISH)
    assert '<th scope="row">1.02</th>' in html
    assert '<th scope="row" class="in1">1.02.1</th>' in html
    circle = replace(plan, lines=plan.lines.assign(parent=["1.02.2", "1.02", "1.02"]))
    assert len(Page(render_report(circle, five_names(), ENGLISH)).body("lines")) == 4


def test_every_sum_is_made_again_and_adds_up(small):
    assert [result for _, result in small.body("checks")] == ["adds up"] * 5


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"lines": ("planned", 1)}, 0),
        ({"assignments": ("fee", 1)}, 1),
        ({"assignments": ("cost", 1)}, 2),
        ({"lines": ("planned", 2)}, 3),
        ({"lines": ("free", -200_000_000)}, 4),
    ],
)
def test_a_sum_that_is_off_is_named_and_nobody_should_sign(change, row):
    plan = five_people_two_classes()
    ((frame, (column, amount)),) = change.items()
    off = replace(plan, **{frame: getattr(plan, frame).assign(**{column: lambda f: f[column] + amount})})
    page = Page(render_report(off, five_names(), ENGLISH))
    assert page.body("checks")[row][1].startswith("off by Rp")
    assert "Do not sign: sums do not agree." in page.text


def test_a_line_overspent_before_the_plan_is_marked_and_does_not_count_as_a_wrong_sum():
    plan = five_people_two_classes()
    lines = plan.lines.copy()
    lines.loc[2, ["spent", "planned", "reserve", "free"]] = [30_000_000, 0, 0, 0]
    page = Page(render_report(replace(plan, lines=lines), five_names(), ENGLISH))
    assert "Overspent before the plan: 1 line" in page.text
    assert page.body("checks")[0][1] == "adds up"


def test_gaps_are_summed_by_competency_and_by_unit(small):
    assert small.body("gaps-by-competency") == [
        ["Integritas", "5.0", "1.9", "3.1", "38.0%"],
        ["Kerja sama", "1.0", "0.0", "1.0", "0.0%"],
        ["All", "6.0", "1.9", "4.1", "31.7%"],
    ]
    assert small.body("gaps-by-unit") == [
        ["Dinas Kesehatan", *["not shown"] * 4],  # of three people, and of two
        ["Dinas Pendidikan", *["not shown"] * 4],
        ["All", "6.0", "1.9", "4.1", "31.7%"],
    ]


def test_gaps_of_units_of_a_few_people_are_not_shown_and_cannot_be_worked_out():
    plan = five_people_two_classes()
    for times, shown in ((1, 0), (2, 0), (3, 2)):  # of 3 and 2 people, of 6 and 4, of 9 and 6
        people = pd.concat([plan.people] * times, ignore_index=True)
        page = Page(render_report(replace(plan, people=people), five_names(), ENGLISH))
        rows = page.body("gaps-by-unit")
        assert (len(rows), [row[1] != "not shown" for row in rows]) == (3, [shown > 0, shown > 1, True])
        assert ("Groups of fewer than 5 people" in page.text.partition("Gaps by unit")[0][-2_000:]) == (shown < 2)
    assert rows[0] == ["Dinas Kesehatan", "4.0", "1.3", "2.7", "32.5%"]


def test_hours_count_those_who_reached_the_floor_before_the_plan(small):
    assert small.body("hours-floor") == [["PNS", "20", "4", "3", "75.0%", "8"]]


def test_people_served_are_counted_among_those_with_a_need(small):
    assert small.body("served-by-unit") == [
        ["Dinas Kesehatan", *["not shown"] * 3],  # of three people, and of two
        ["Dinas Pendidikan", *["not shown"] * 3],
        ["All", "5", "3", "60.0%"],
    ]


def test_units_whose_gaps_are_not_shown_are_shown_in_no_other_table_or_picture():
    plan = five_people_two_classes()
    people = pd.concat([plan.people] * 4, ignore_index=True)  # of 12 and 8 people
    few = people[people["unit"] == "U2"].head(2).assign(unit="U3")
    others = people[people["unit"] == "U1"].head(6).assign(unit="U4")
    unmet = plan.unmet.assign(unit=["U3", "U2"])
    names = replace(five_names(), units={**five_names().units, "U3": "Kecil", "U4": "Sedang"})
    gaps = pd.concat([plan.gaps, plan.gaps.assign(unit="U3"), plan.gaps.assign(unit="U4")], ignore_index=True)
    told = replace(plan, people=pd.concat([people, few, others]), unmet=unmet, gaps=gaps)
    page = Page(render_report(told, names, ENGLISH))
    by_unit = {table: {row[0] for row in page.body(table) if row[1] == "not shown"}
               for table in ("gaps-by-unit", "served-by-unit")}  # fmt: skip
    # the next smallest too, else the sum less the others would tell
    assert list(by_unit.values()) == [{"Kecil", "Sedang"}] * 2
    assert {row[0] for row in page.body("unmet-largest")} == {"Small units together", "Dinas Pendidikan"}
    drawn = page.text.partition("Bars of units")[2].partition("People with a need who get at least one")[0]
    assert ("Dinas Pendidikan" in drawn, "Kecil" in drawn, "Sedang" in drawn) == (True, False, False)


def test_five_people_in_small_groups_show_no_rate_at_all(small):
    for table in ("rates-employment-type", "rates-sex", "rates-age-band"):
        assert {cell for row in small.body(table) for cell in row[1:]} == {"not shown"}


def test_classes_say_whether_they_open_and_why_not(small):
    assert [row[:3] for row in small.body("classes-by-outcome")] == [
        ["Opened", "1", "3"], ["Too few participants for the minimum", "1", "0"], ["All", "2", "3"],
    ]  # fmt: skip
    assert small.body("classes")[1] == [
        "K2", "Pelatihan Data", "10 May 2027", "14 May 2027", "online", "0", "40", "10", "2", "Rp6,000,000",
        "Too few participants for the minimum",
    ]  # fmt: skip


def test_unmet_needs_have_a_reason_the_money_and_the_next_chance(small):
    assert small.body("unmet-by-reason") == [
        ["The budget line does not suffice", "1", "0.2", "Rp2,250,000"],
        ["Too few people for the class", "1", "0.7", "-"],
        ["All", "2", "0.9", "-"],
    ]
    assert small.body("unmet-largest")[0] == [
        "Small units together", "Pelatihan Data", "Too few people for the class", "1", "0.7", "-",
        "K2B, 6 September 2027",
    ]  # fmt: skip


@pytest.mark.parametrize(("people", "n"), [(f"{PEOPLE[0]};{PEOPLE[1]}", "2"), (PEOPLE[0], "1"), ("", "0")])
def test_a_clash_counts_the_people_it_leaves_out(people, n):
    plan = five_people_two_classes()
    page = Page(render_report(replace(plan, clashes=plan.clashes.assign(people=people)), five_names(), ENGLISH))
    assert page.body("clash-list") == [["Pelatihan Data", "The class is full", "K2", "12", "10", n]]


def test_a_demand_of_somebody_who_may_not_go_says_why_in_words():
    plan = five_people_two_classes()
    clashes = plan.clashes.assign(code="not-eligible", limit="retiring-soon")
    page = Page(render_report(replace(plan, clashes=clashes), five_names(), ENGLISH))
    assert page.body("clash-list")[0][2] == "Retires within the horizon of the policy"


def test_the_next_rupiah_goes_to_the_lines_with_a_price(small):
    assert small.body("prices-by-line") == [["1.02.2", "Perjalanan", "Dinas Kesehatan", "0.350", "Rp17,250,000"]]


def test_provenance_is_complete():
    page = Page(render_report(five_people_two_classes(), five_names(), ENGLISH, plan_id="p-9"))
    facts = dict(page.body("provenance"))
    assert facts["Plan"] == "p-9"
    assert facts["As of"] == "4 January 2027"
    assert (facts["Catalogue version"], facts["Workforce version"], facts["Policy version"]) == (
        "c-0123456789ab", "w-0123456789ab", "y-0123456789ab",
    )  # fmt: skip
    assert (facts["Solver"], facts["Seed"], facts["Status"], facts["Optimality gap"]) == (
        "HiGHS 1.16", "7", "proven optimal", "0.00%",
    )  # fmt: skip
    assert facts["Ties"].startswith("Among equally good plans")


@pytest.mark.parametrize(
    ("status", "bound", "gap", "words"),
    [
        ("optimal", 1.9, 0.0, "no plan under these rules is better"),
        ("within-gap", 2.0, 0.05, "falls short of the best one under these rules by at most 5.00%"),
        ("heuristic", 2.0, 0.05, "the proven bound leaves 5.00% open"),
        ("heuristic", np.inf, np.nan, "no bound was found"),
        ("infeasible", np.inf, np.nan, "Not all demands are met."),
    ],
)
def test_the_status_is_said_in_plain_words(status, bound, gap, words):
    plan = five_people_two_classes()
    totals = replace(plan.totals, status=status, bound=bound, gap=gap)
    assert words in Page(render_report(replace(plan, totals=totals), five_names(), ENGLISH)).text


def test_a_failed_recount_is_the_first_thing_said():
    html = render_report(five_people_two_classes(violations=("budget: A at A: 2, allowed 1",)), five_names(), ENGLISH)
    text = Page(html).text
    assert text.index("Do not sign") < text.index("Of Rp85,000,000")
    assert "More money than there is: A at A: 2, allowed 1" in text
    assert "An independent recount found that the plan keeps every rule." not in text


def test_warnings_are_said_in_words_those_of_one_code_together_and_unknown_ones_as_they_are():
    plan = five_people_two_classes(warnings=(("no-price", "Papua"), ("brand-new", "X"), ("no-price", "Maluku")))
    text = Page(render_report(plan, five_names(), ENGLISH)).text
    assert "No travel price is on file for Papua, Maluku, so the cost of classes there is too low." in text
    assert "brand-new: X" in text


def test_a_class_without_a_limit_of_seats_shows_none_and_counts_in_no_sum():
    plan = five_people_two_classes()
    offerings = plan.offerings.assign(seats=[UNLIMITED_SEATS, 40])
    page = Page(render_report(replace(plan, offerings=offerings), five_names(), ENGLISH))
    assert page.body("classes")[0][6] == "no limit"
    assert [row[3] for row in page.body("classes-by-outcome")] == ["0", "40", "40"]


def test_the_rule_is_named_when_no_model_serves():
    plan = five_people_two_classes()
    source = replace(plan.provenance, model="rule", model_state="rule", verdict="no approved model")
    text = Page(render_report(replace(plan, provenance=source), five_names(), ENGLISH)).text
    assert "predicted by the plain rule" in text
    assert "from published averages" in text
    assert "Verdict: no approved model" in text


@pytest.mark.parametrize(("status", "better"), [("optimal", False), ("within-gap", True), ("heuristic", True)])
def test_a_plan_that_is_proved_best_is_not_said_to_have_a_better_one(status, better):
    plan = five_people_two_classes()
    source, totals = replace(plan.provenance, stopped_by_clock=True), replace(plan.totals, status=status)
    text = Page(render_report(replace(plan, provenance=source, totals=totals), five_names(), ENGLISH)).text
    assert ("another run may find a better plan" in text) is better
    assert ("another run may take another" in text) is not better


def test_what_made_a_plan_is_told_in_the_readers_language():
    plan = five_people_two_classes()
    source = replace(plan.provenance, model="rule", model_state="rule", solver="exact: HiGHS 1.16.0, whole program")
    facts = dict(Page(render_report(replace(plan, provenance=source), five_names(), INDONESIAN)).body("provenance"))
    assert facts["Model"] == "aturan dasar"
    assert facts["Pemecah"] == "exact: HiGHS 1.16.0, seluruh program"
    assert facts["Status"] == "terbukti optimal"


def test_an_empty_plan_is_a_page_too():
    frames = ("assignments", "lines", "offerings", "unmet", "gaps", "people", "clashes")
    plan = without(five_people_two_classes(), *frames)
    text = Page(render_report(replace(plan, totals=replace(plan.totals, cost=0)), five_names(), ENGLISH)).text
    assert "Every person with a need gets something." in text
    assert "Every demand is met." in text
    assert "Do not sign" not in text


@pytest.mark.parametrize("field", ["units", "competencies", "trainings"])
def test_a_hostile_name_is_text_and_nothing_else(field):
    names = five_names(**{field: dict.fromkeys(getattr(five_names(), field), HOSTILE)})
    html = render_report(five_people_two_classes(), names, ENGLISH)
    page = Page(html)
    assert "<script" not in html
    assert "script" not in page.tags
    assert HOSTILE in page.text


def test_a_hostile_office_line_and_warning_are_text_as_well():
    plan = five_people_two_classes(warnings=(("x", HOSTILE),), violations=(HOSTILE,))
    lines = plan.lines.assign(name=HOSTILE)
    html = render_report(replace(plan, lines=lines), five_names(office=HOSTILE), ENGLISH, plan_id=HOSTILE)
    assert "<script" not in html


def test_the_page_is_well_formed_and_accessible(city):
    _, _, page = city
    assert page.lang == "id"
    assert len(page.ids) == len(set(page.ids))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    assert page.tags.count("table") == page.tags.count("caption") == len(page.tables)
    assert set(page.scopes) == {"row", "col"}
    assert all(role == "img" and set(label.split()) <= set(page.ids) for role, label in page.roles)
    assert page.tags.count("svg") == 3


def test_the_page_asks_the_network_for_nothing(city):
    _, html, page = city
    assert all(address.startswith("#") and address[1:] in page.ids for address in page.addresses)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html)


def test_no_person_is_named_in_the_report(city):
    plan, html, _ = city
    assert "Nama Rahasia" not in html
    assert not set(plan.people.employee) & set(re.findall(r"\w+", html))


def test_a_city_stays_small_enough_to_open(city):
    assert len(city[1].encode()) < 1_000_000


def test_every_line_of_a_city_equals_the_frame(city):
    plan, _, page = city
    shown = {row[0]: [digits(cell) for cell in row[2:]] for row in page.body("lines")[:-1]}
    columns = ["amount", "reserved", "spent", "planned", "reserve", "free"]
    assert shown == {line: figures for line, *figures in plan.lines[["line", *columns]].to_numpy().tolist()}
    assert digits(page.body("lines")[-1][5]) == plan.totals.cost


def test_every_class_of_a_city_equals_the_frame(city):
    plan, _, page = city
    shown = sorted([row[0], *(digits(cell) for cell in row[5:10])] for row in page.body("classes"))
    columns = ["offering", "taken", "seats", "seats_min", "wanted", "fixed_cost"]
    assert shown == sorted(plan.offerings[columns].to_numpy().tolist())


def test_gaps_units_and_reasons_of_a_city_equal_the_frames(city):
    plan, _, page = city
    gaps = plan.gaps.groupby("competency").before.sum()
    names = city_names(plan)
    assert {row[0]: row[1] for row in page.body("gaps-by-competency")[:-1]} == {
        names.competency(code): INDONESIAN.number(before, 1) for code, before in gaps.items()
    }
    needy = plan.people[plan.people.need > 0]
    served = needy.groupby("unit").agg(n=("need", "size"), k=("n_trainings", lambda n: int((n > 0).sum())))
    hidden = hidden_units(plan)
    shown = page.body("served-by-unit")[:-1]
    assert len(shown) == len(served)
    for (unit, *figures), row in zip(served.itertuples(name=None), shown, strict=True):
        assert (
            row[1:] == ["tidak ditampilkan"] * 3 if unit in hidden else [digits(cell) for cell in row[1:3]] == figures
        )
    reasons = plan.unmet.groupby("code").agg(n=("code", "size"), least=("needs", "min"), most=("needs", "max"))
    shown = [(digits(row[1]), *map(digits, row[3].split(" sampai "))) for row in page.body("unmet-by-reason")[:-1]]
    assert sorted(shown) == sorted(tuple(map(int, row)) for row in reasons.itertuples(index=False))


def test_rates_by_group_of_a_city_equal_the_frame(city):
    plan, _, page = city
    needy = plan.people[plan.people.need > 0]
    for column in ("employment_type", "sex", "age_band"):
        shown = {(digits(row[1]), digits(row[2])) for row in page.body(f"rates-{column.replace('_', '-')}")}
        groups = needy.groupby(column).n_trainings.agg(["size", lambda n: int((n > 0).sum())])
        assert shown == set(groups.itertuples(index=False, name=None))


def test_equal_plans_give_equal_pages():
    one, two = (render_report(five_people_two_classes(), five_names(), INDONESIAN) for _ in range(2))
    assert one == two


def test_everything_the_report_says_has_an_indonesian_translation():
    plan = five_people_two_classes(warnings=(("no-price", ""),), violations=("x",))
    wrong = replace(plan, totals=replace(plan.totals, cost=1, status="infeasible"))
    empty = without(plan, "unmet", "clashes", "people", "lines")
    rule = replace(plan, provenance=replace(plan.provenance, model_state="rule", verdict="no approved model"))
    SAID.clear()
    for case in (plan, wrong, empty, rule, a_city(n_people=4_000, n_classes=30, n_lines=40)):
        render_report(case, five_names(), Listening("en"))
    words = [labels.UNMET, labels.CLASSES, labels.WARNINGS]
    words += [named for _, named in people_section.GROUPS.values()]
    said = set(SAID) | {text for table in words for text in table.values()}
    known = _translations("id")._catalog
    assert sorted(text for text in said if not known.get(text)) == []


def test_translations_keep_the_named_fields():
    fields = re.compile(r"\{\w+\}")
    for message, translated in _translations("id")._catalog.items():
        if message and isinstance(message, str):
            assert set(fields.findall(message)) == set(fields.findall(translated)), message


def test_frames_as_read_back_from_a_stored_plan_give_the_same_page(tmp_path):
    plan = five_people_two_classes()
    stored = {}
    for name in ("assignments", "lines", "offerings", "unmet", "gaps", "people", "clashes"):
        getattr(plan, name).to_parquet(tmp_path / name)
        stored[name] = pd.read_parquet(tmp_path / name)
    again = replace(plan, **stored)
    assert render_report(again, five_names(), ENGLISH) == render_report(plan, five_names(), ENGLISH)


def test_the_terminal_adds_the_budget_up_as_the_report_does(small):
    said = budget_text(five_people_two_classes().lines, ENGLISH)
    figures = [digits(figure) for figure in re.findall(r"Rp[0-9,]+", said)]
    assert figures[0] == sum(figures[1:])
    total = small.body("lines")[-1]
    assert [digits(total[2]), digits(total[5])] == [figures[0], figures[2]]
