"""Values as planners write them: read where they mean one thing only, refused or said where they do not."""

from datetime import date

import pytest

from service.imports.cells import CellError
from service.imports.dates import read_date
from service.imports.ids import read_id, read_person
from service.imports.levels import read_level
from service.imports.values import read_hours, read_money, read_number, read_whole

MELUR, SATRIA = "199003152014021987", "198507072010012976"
ASSESSED = "NIP;Kode Kompetensi;Level;Tanggal Penilaian"

READ = [
    (read_person, "\u201c199003152014021987\u201d", MELUR), (read_id, "'0100'", "0100"),
    (read_person, f"NIP{MELUR}", MELUR),
    (read_level, "tiga", 3), (read_level, "Mahir (3)", 3), (read_level, "3 Mahir", 3), (read_level, "level-3", 3),
    (read_level, "lima", 5), (read_level, "3 (skala 1-5)", 3), (read_level, "nol", 0),
    (read_hours, "JP 10", 10), (read_hours, "24 JP (3 hari)", 24), (read_hours, "3 hari / 24 JP", 24),
    (read_whole, "30 kursi", 30), (read_whole, "1 500", 1500),
    (read_date, "5 Jan '26", date(2026, 1, 5)), (read_date, "5 Januari 2026 pukul 08.00 WIB", date(2026, 1, 5)),
    (read_date, "Senin/5 Januari 2026", date(2026, 1, 5)), (read_date, 20260105.0, date(2026, 1, 5)),
]  # fmt: skip


@pytest.mark.parametrize(("read", "cell", "value"), READ, ids=[str(cell) for _, cell, _ in READ])
def test_what_means_one_thing_is_read(read, cell, value):
    assert read(cell) == value


REFUSED = [
    (read_level, "3 (4)", "level"), (read_level, "3 (level 4)", "level"), (read_number, "8 5", "number"),
    (read_money, "12 50", "rupiah"), (read_money, "1.250,000", "rupiah"), (read_whole, "20-30", "a whole number"),
    (read_date, "Rabu, 5 Januari 2026", "weekday"), (read_date, "05012026", "accepted"),
    (read_hours, "1 semester", "no JP"), (read_money, "1,5 jt", "in full"), (read_money, "Rp2 Milyar", "in full"),
    (read_date, "Des-24", "a month is no day"), (read_date, "Agt 2024", "a month"), (read_date, "08/2024", "a month"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "cell", "words"), REFUSED, ids=[cell for _, cell, _ in REFUSED])
def test_what_may_mean_two_things_is_refused(read, cell, words):
    with pytest.raises(CellError, match=words):
        read(cell)


@pytest.mark.parametrize(
    ("content", "code"),
    [(f"NIP;Nama Pelatihan;Tanggal Selesai\n{MELUR};Arsip;26-01-05\n", "year-assumed"),
     (f"NIP;Nama Pelatihan;JP\n{MELUR};Arsip;1.500\n", "number-style-assumed")],
)  # fmt: skip
def test_what_nothing_in_the_file_tells_is_said(office, content, code):
    (file,) = office.bring(content).report.files
    assert code in {problem.code for problem in file.problems}
    assert file.stored == 1


def test_a_rating_that_is_no_name_is_answered_with_the_names(office):
    (file,) = office.bring(f"NIP;Tahun;Nilai\n{MELUR};2025;Perlu Perbaikan\n").report.files
    (problem,) = [p for p in file.problems if p.severity == "error"]
    assert "butuh perbaikan" in problem.message


def test_a_number_in_words_is_a_number_where_its_line_is_whole(office):
    (file,) = office.bring("NIP;Nama;Unit Kerja\nABDUL;Abdul;U1\nE17;Melur;U1\n").report.files
    assert (file.stored, file.refused) == (2, 0)


def test_a_line_broken_in_two_makes_nobody_of_its_second_half(office, found):
    imported = office.bring(f"NIP;Nama;Unit Kerja\n{MELUR};Melur\nPagi;U1\n{SATRIA};Satria;U2\n")
    assert ("id-structure", 3) in found(imported)


def test_all_of_what_a_row_names_wrongly_is_said_at_once(office):
    (file,) = office.bring(f"NIP;Nama;Unit Kerja;Jabatan\n{SATRIA};Satria;u1;j1\n").report.files
    assert [p.column for p in file.problems if p.severity == "error"] == ["Unit Kerja", "Jabatan"]
