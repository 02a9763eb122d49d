from datetime import date

import pytest

from service.imports.cells import CellError
from service.imports.dates import date_order, is_order_open, read_date


@pytest.mark.parametrize(
    "text",
    ["Senin, 17 Agustus 2026", "17 Agustus 2026 08:30 WIB", "August 17, 2026", "17-Aug-26", "2026-08-17T00:00:00+07:00",
     "2026/08/17", "17 Agst 2026", "17.8.26"],
)  # fmt: skip
def test_dates_are_read_in_more_spellings(text):
    assert read_date(text) == date(2026, 8, 17)


@pytest.mark.parametrize(
    "cell",
    ["31 Februari 2025", "2025-13-01", "00/00/0000", "0000-00-00", "17/08/0206", "17/08/206", "2026-20-03", "46101",
     "2026", 2026, 0, True, "17 Agustus", "1 Foo 2026", "17-20 Agustus 2026"],
)  # fmt: skip
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(CellError):
        read_date(cell)


def test_a_bare_year_is_the_end_of_a_period_only():
    assert read_date("2024", is_period=True) == read_date(2024.0, is_period=True) == date(2024, 12, 31)


def test_where_a_file_has_both_orders_only_clear_dates_are_read():
    assert date_order({"25/03/2026", "03/25/2026"}) == "mixed"
    assert read_date("25/03/2026", "mixed") == read_date("03/25/2026", "mixed") == date(2026, 3, 25)
    assert read_date("04/04/2026", "mixed") == date(2026, 4, 4)
    with pytest.raises(CellError, match="day or month first"):
        read_date("03/04/2026", "mixed")


def test_an_order_that_nothing_tells_is_open():
    assert is_order_open({"03/04/2026"})
    assert not is_order_open({"2026-04-03", "04/04/2026", "25/03/2026"})


@pytest.mark.parametrize("cell", ["1900-01-01", "01/01/1900", date(1900, 1, 5)])
def test_a_day_that_stands_for_a_blank_elsewhere_is_refused(cell):
    with pytest.raises(CellError):
        read_date(cell)
