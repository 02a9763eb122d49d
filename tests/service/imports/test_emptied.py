"""Blank cells of a column that is there empty what is on file: never without a word, and seen before in a dry run."""

import pytest

MELUR, SATRIA, BINTANG = "199003152014021987", "198507072010012976", "197712312003121965"
FULL = f"NIP,Nama,Golongan,TMT Jabatan\n{MELUR},Melur,III/d,2020-01-01\n{SATRIA},Satria,III/c,2021-02-03\n"
HALF = f"NIP,Nama,Golongan,TMT Jabatan\n{BINTANG},Bintang,,\n{MELUR},Melur,,-\n{SATRIA},Satria,,2021-02-03\n"


def emptied(imported):
    return [(p.column, p.line, p.message) for f in imported.report.files for p in f.problems
            if p.code == "value-emptied"]  # fmt: skip


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_blank_cells_empty_is_counted_by_column_with_a_line(desk, dry_run):
    assert emptied(desk.bring(FULL)) == []
    told = "Blank cells of {} empty {}, here {}; a file without the column leaves them as they are."
    assert emptied(desk.bring(HALF, dry_run=dry_run)) == [
        ("Golongan", 3, told.format("Golongan", "2 stored values", "III/d")),
        ("TMT Jabatan", 3, told.format("TMT Jabatan", "1 stored value", "2020-01-01")),
    ]
    assert desk.read("employees")["grade"].notna().sum() == (2 if dry_run else 0)


def test_a_file_without_the_column_or_with_the_same_values_empties_nothing(desk):
    desk.bring(FULL)
    assert emptied(desk.bring(f"NIP,Nama\n{MELUR},Melur Pagi\n")) == []
    assert emptied(desk.bring(FULL)) == []
    assert desk.read("employees")["grade"].tolist() == ["III/c", "III/d"]


def test_of_refused_rows_nothing_is_emptied(desk):
    desk.bring(FULL)
    imported = desk.bring(f"NIP,Nama,Golongan,TMT Jabatan\n{MELUR},Melur,,2020-13-45\n{SATRIA},Satria,,2021-02-03\n")
    assert [(column, line) for column, line, _ in emptied(imported)] == [("Golongan", 3)]
    assert desk.read("employees")["grade"].isna().tolist() == [True, False]
