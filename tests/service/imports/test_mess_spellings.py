"""Spellings that look like another value: numbers of people, codes, words in brackets, days by another clock."""

import json
from datetime import date

import pytest

from service.imports.cells import CellError
from service.imports.spelled import number_in_words
from service.imports.values import reader_of
from training_catalog.tables import table

MELUR, SATRIA, EMBUN = "199003152014021987", "198507072010012976", "199212252019032931"


def read_as(place, cell):
    name, _, column = place.partition(".")
    return reader_of(table(name).column(column), "dmy")(cell)


@pytest.mark.parametrize(
    "number",
    ["19850707 201001 2 97", f"{SATRIA}\n{EMBUN}", f"{SATRIA} / Satria", f"{SATRIA} (PNS)", f'=T(""{SATRIA}"")',
     "6171 0101 0190 0001"],
)  # fmt: skip
def test_what_is_meant_as_a_nip_and_is_none_makes_no_person(office, number):
    (file,) = office.bring(f'NIP;Nama;Unit Kerja\n"{number}";Satria;U1\n').report.files
    assert (file.stored, file.refused) == (0, 1)
    assert office.read("employees")["employee"].tolist() == [MELUR]


def test_a_national_number_in_parts_is_not_shown(office):
    (file,) = office.bring("NIP;Nama;Unit Kerja\n6171 0101 0190 0001;Satria;U1\n").report.files
    assert [(p.code, p.value) for p in file.problems if p.severity == "error"] == [("id-national", None)]


@pytest.mark.parametrize("number", ["550e8400-e29b-41d4-4716-446655440000", "P-00030557", "a3f5c91b" * 8, "1985/07-07"])
def test_numbers_of_other_offices_are_kept_as_they_are(office, number):
    office.bring(f"NIP;Nama;Unit Kerja\n{number};Satria;U1\n")
    assert number in set(office.read("employees")["employee"])


@pytest.mark.parametrize(
    "number",
    ["19900315_201402_1_987", "19900315|201402|1|987", f"[{MELUR}]", f"#{MELUR}", f"*{MELUR}",
     "19900315\u2013201402\u20131\u2013987", "19900315\u2009201402\u20091\u2009987"],
)  # fmt: skip
def test_the_digits_of_a_nip_are_one_number_whatever_parts_them(number):
    assert read_as("employees.employee", number) == MELUR


def test_a_code_of_eighteen_digits_keeps_its_dots(office):
    code = "5.03.02.2.02.0006.5.1.02.04"
    (file,) = office.bring(f"Kode Anggaran;Tahun;Uraian;Pagu\n{code};2027;Kursus;1.000.000\n").report.files
    assert (file.stored, office.read("budgets")["line"].tolist()) == (1, [code])


def test_a_code_on_file_without_its_dots_is_asked_about(office, found):
    lines = "Kode Anggaran;Tahun;Uraian;Pagu\n{};2027;Kursus;1.000.000\n"
    office.bring(lines.format("503022020006510204"))
    assert found(office.bring(lines.format("5.03.02.2.02.0006.5.1.02.04")), "warning") == [("code-alike", 2)]
    assert found(office.bring(lines.format("5.03.02.2.02.0006.5.10.2.04")), "warning") == [("code-alike", 2)]
    assert found(office.bring("Kode Unit;Nama Unit\n1.1.12;A\n1.11.2;B\n"), "warning") == []


def test_a_scientific_number_with_a_space_has_lost_digits_too():
    with pytest.raises(CellError) as refused:
        read_as("employees.employee", "1.99 E+17")
    assert refused.value.code == "id-digits-lost"


def test_codes_that_a_program_wrote_as_decimals_are_read_without_the_point_and_said(office, found):
    imported = office.bring("nip,nama,kode unit\n30557.0,Satria,7.0\n30558.0,Embun,\n")
    people = office.read("employees").set_index("employee")["unit"]
    assert (people["30557"], {"30557", "30558"} <= set(people.index)) == ("7", True)
    assert [code for code, _ in found(imported, "note")].count("zeros-lost") == 2


def test_codes_with_decimals_of_their_own_stay(office):
    office.bring("Kode Unit;Nama Unit;Kode Induk\n1.0;Sekretariat;\n1.1;Bagian;1.0\n")
    assert {"1.0", "1.1"} <= set(office.read("units")["unit"])


SAME = [
    ("offerings.seat_cost", "Rp 1.500.000,00 (satu juta lima ratus ribu rupiah)", 1_500_000),
    ("offerings.seats_max", "30 (tiga puluh) orang", 30), ("trainings.hours", "24 (dua puluh empat) JP", 24),
    ("history.post_score", "85 (Baik)", 85), ("offerings.seats_max", "1.250 (seribu dua ratus lima puluh)", 1250),
]  # fmt: skip


@pytest.mark.parametrize(("place", "cell", "value"), SAME)
def test_words_that_say_the_same_number_are_read_over(place, cell, value):
    assert read_as(place, cell) == value


OTHER = [
    ("offerings.seat_cost", "2 (juta)"), ("offerings.seat_cost", "1.500 (dalam ribuan)"),
    ("offerings.seat_cost", "100 (USD)"), ("offerings.seat_cost", "500.000 (per hari)"),
    ("offerings.seat_cost", "1.500.000 (satu juta enam ratus ribu)"), ("offerings.seats_max", "30 (tiga puluh satu)"),
    ("trainings.hours", "24 (tiga puluh dua)"), ("trainings.hours", "3 (SKS)"), ("history.post_score", "2 (ribu)"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "cell"), OTHER)
def test_words_that_may_say_another_number_are_refused(place, cell):
    with pytest.raises(CellError, match="words in brackets"):
        read_as(place, cell)


@pytest.mark.parametrize(
    ("words", "number"),
    [("sebelas", 11), ("seratus dua puluh lima", 125), ("seribu lima ratus", 1500),
     ("sejuta dua ratus ribu", 1_200_000), ("satu milyar dua ratus tiga puluh empat juta", 1_234_000_000),
     ("juta", None), ("dua kali", None)],
)  # fmt: skip
def test_numbers_are_read_in_words(words, number):
    assert number_in_words(words) == number


DAYS = {
    "1 Agust 2026": date(2026, 8, 1), "2 Agus. 2026": date(2026, 8, 2), "1 Februari2026": date(2026, 2, 1),
    "01MAR24": date(2024, 3, 1), "2024-Mar-01": date(2024, 3, 1), "1 / 3 / 2024": date(2024, 3, 1),
    "2024-12-31 00:00:00+07": date(2024, 12, 31), "2024-12-31T09:00:00Z": date(2024, 12, 31),
    "s/d sekarang": None, "selamanya": None, "seumur hidup": None,
}  # fmt: skip


@pytest.mark.parametrize("text", DAYS)
def test_days_are_read_as_clerks_and_systems_write_them(text):
    assert read_as("offerings.end_date", text) == DAYS[text]


def test_the_last_day_of_a_spreadsheet_is_an_open_end():
    assert read_as("requirements.valid_until", 2_958_465.0) is None


@pytest.mark.parametrize("cell", ["2024-12-31T17:00:00.000Z", "2024-12-31T20:00:00-05:00", date(1905, 7, 17)])
def test_a_day_that_is_another_one_here_or_was_a_year_is_refused(cell):
    with pytest.raises(CellError):
        read_as("offerings.end_date", cell)


@pytest.mark.parametrize("text", ["1 Januari s.d. 31 Desember 2024", "01-01-2024 s/d 31-12-2024", "Periode 2024",
                                  "Bulan Desember 2024", "12/2024", "2024-12", "Sem 2 2024"])  # fmt: skip
def test_a_period_of_first_and_last_day_ends_on_the_last(text):
    assert read_as("performance.period_end", text) == date(2024, 12, 31)


def test_a_completion_at_night_is_of_the_day_that_it_was_here(office, found):
    statement = {
        "actor": {"account": {"homePage": "https://lms.example", "name": MELUR}}, "object": {"id": "https://x/P01"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"}, "timestamp": "2026-03-02T18:30:00Z",
    }  # fmt: skip
    imported = office.bring(json.dumps([statement]), names=["a.json"])
    assert [str(day.date()) for day in office.read("history")["end_date"]] == ["2026-03-03"]
    assert ("date-assumed", None) in found(imported, "note")
