from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.exports.tables import neutralise
from service.imports.cells import CellError
from service.imports.dates import date_order, read_date
from service.imports.ids import read_id, read_person
from service.imports.values import (
    is_missing,
    number_style,
    read_hours,
    read_level,
    read_money,
    read_number,
    read_text,
    read_whole,
    reader_of,
    unguarded,
)
from service.wording import Wording
from training_catalog.tables import table

MONEY = {
    "Rp 1.500.000,00": 1_500_000, "1,500,000.00": 1_500_000, "1.500.000": 1_500_000, "1500000": 1_500_000,
    "Rp1.500.000,-": 1_500_000, "1.500": 1_500, "0": 0,
}  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), MONEY.items())
def test_money_is_read_in_its_spellings(text, amount):
    assert read_money(text) == amount


@pytest.mark.parametrize("text", ["1.5", "1,5 juta", "1.500.000.00", "(1.500.000)", "-5", "1.50.000", "Rp", "12a"])
def test_money_that_is_not_clear_is_refused(text):
    with pytest.raises(CellError):
        read_money(text)


@settings(max_examples=100)
@given(st.integers(0, 10**14), st.sampled_from(["id", "en"]))
def test_money_as_we_write_it_is_read_back(amount, lang):
    assert read_money(Wording(lang).money(amount)) == amount


@pytest.mark.parametrize(
    "text", ["17 Agustus 2026", "17-Agu-26", "17 Agt 2026", "17/08/2026", "2026-08-17", "17.08.2026", "20260817"]
)
def test_dates_are_read_in_their_spellings(text):
    assert read_date(text) == date(2026, 8, 17)


@settings(max_examples=100)
@given(st.dates(date(1940, 1, 1), date(2100, 1, 1)))
def test_a_date_as_we_write_it_is_read_back(day):
    as_a_workbook_has_it = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a workbook's dates have no zone)
    assert read_date(as_a_workbook_has_it) == day
    assert read_date(Wording("id").date(day)) == read_date(day.isoformat()) == day


@pytest.mark.parametrize("cell", ["31.12.9999", date(9999, 12, 31), datetime(9999, 12, 31), "9999-12-31"])  # noqa: DTZ001 (as above)
def test_the_end_of_time_is_no_end(cell):
    assert read_date(cell) is None


def test_a_serial_number_is_the_day_that_the_sheet_shows():
    assert read_date(46101.0) == date(2026, 3, 20)


def test_two_digit_years_of_birth_are_of_the_last_century():
    read = reader_of(table("employees").column("birth_date"), "dmy")
    assert read("07/07/65") == date(1965, 7, 7)
    assert reader_of(table("offerings").column("start_date"), "dmy")("07/07/27") == date(2027, 7, 7)


def test_day_or_month_first_is_told_by_values_above_twelve():
    assert date_order({"25/03/2026", "01/02/2026"}) == "dmy"
    assert date_order({"03/25/2026", "01/02/2026"}) == "mdy"
    assert date_order({"2026-03-25"}) is None


def test_the_style_of_numbers_is_told_by_the_file():
    assert number_style(["1.500.000", "3,5"]) == "1.234,5"
    assert number_style(["1,500.25"]) == "1,234.5"
    assert number_style(["1.500.000", "1,500,000"]) == "mixed"


@pytest.mark.parametrize("text", ["24 JP @ 45 menit", "24 JP (@45 menit)", "24 JP / 1080 menit", "1.080 menit (24 JP)"])
def test_minutes_that_are_the_same_as_the_jp_beside_them_are_read(text):
    assert read_hours(text) == 24


@pytest.mark.parametrize("text", ["7 hari", "-3", "3 days", "banyak", "24 JP 30 menit", "24 JP @ 60 menit", "90 menit"])
def test_days_are_no_jp(text):
    with pytest.raises(CellError):
        read_hours(text)


@pytest.mark.parametrize("cell", [1.99003152014021e17, "1.99003E+17", "1,98507E+17", 10**17, True])
def test_ids_that_lost_digits_are_refused(cell):
    with pytest.raises(CellError):
        read_id(cell)


def test_codes_keep_their_zeros_and_numbers_lose_their_point():
    assert (read_id("0100"), read_id(30557.0), read_id(7)) == ("0100", "30557", "7")


@pytest.mark.parametrize("text", ["8/10", "tinggi", "", "3 4"])
def test_levels_that_are_not_clear_are_refused(text):
    with pytest.raises(CellError):
        read_level(text)


def test_what_follows_a_level_after_a_dash_is_a_remark():
    assert read_level("3 - Menengah") == 3


def test_a_person_may_have_the_name_of_nothing():
    assert not is_missing("Na", "text")
    assert is_missing("Na", "level")


@settings(max_examples=150)
@given(st.text(st.sampled_from(["=", "+", "-", "@", "'", "a", "1", " "]), min_size=1, max_size=6))
def test_what_an_export_guards_is_read_back(text):
    assert read_text(unguarded(neutralise(text))) == read_text(text)


@pytest.mark.parametrize(
    ("text", "style"), [("1.500", "1,234.5"), ("1,500", "1.234,5"), ("1500.000", None), ("1500,000", None)]
)
def test_money_of_which_the_file_makes_thousands_or_decimals_unclear_is_refused(text, style):
    with pytest.raises(CellError):
        read_money(text, style)


@pytest.mark.parametrize("text", ["Rp1.500.000,=", "1.500.000 IDR", "IDR 1,500,000", "1 500 000", "Rp. 1.500.000,00"])
def test_money_is_read_in_more_spellings(text):
    assert read_money(text) == 1_500_000


def test_one_group_of_three_digits_is_read_as_the_file_writes_numbers():
    assert [read_number("1.500", style) for style in ("1.234,5", "1,234.5", None)] == [1500, 1.5, 1.5]
    assert [read_number("1,500", style) for style in ("1.234,5", "1,234.5")] == [1.5, 1500]
    assert read_number("0.125", "1.234,5") == 0.125
    assert (read_whole("1.500"), read_whole("20 org")) == (1500, 20)
    with pytest.raises(CellError, match="number-style"):
        read_number("1.500", "mixed")


@pytest.mark.parametrize("text", ["L3", "Lvl. 3", "Tingkat III", "3 \u2013 Menengah", "3: cukup"])
def test_levels_are_read_in_more_spellings(text):
    assert read_level(text) == 3


@pytest.mark.parametrize("read", [read_id, read_level, read_number, read_money])
def test_a_date_that_a_spreadsheet_made_of_something_else_is_refused(read):
    with pytest.raises(CellError, match="spreadsheet"):
        read(date(2026, 2, 1))


def test_a_range_is_no_level():
    with pytest.raises(CellError):
        read_level("3-4")


@pytest.mark.parametrize("text", ["199003152014021987.0", "199003152014021987,00", "-1.9E17"])
def test_ids_written_like_numbers_have_lost_digits(text):
    with pytest.raises(CellError) as refused:
        read_id(text)
    assert refused.value.code == "id-digits-lost"


def test_a_number_of_eighteen_digits_is_one_whatever_parts_it():
    assert {
        read_person(text) for text in ("199.003.152.014.021.987", "19900315/201402/1/987", "199,003,152,014,021,987")
    } == {"199003152014021987"}
