import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.imports.cells import Sheet
from service.imports.columns import Columns, coded
from service.imports.headers import find_header
from service.imports.level_matrix import levels_beside
from service.imports.lines import rows_below
from service.imports.options import ImportOptions
from training_catalog.tables import TABLES, table

CELLS = st.one_of(st.sampled_from(["", " ", "-", "Jumlah", "contoh", "3", "a"]), st.booleans(), st.integers(0, 2),
                  st.sampled_from([1.0, date(2027, 1, 4)]))  # fmt: skip


def kinds(cells):
    return [(type(cell), cell) for cell in cells]


@given(st.lists(CELLS), st.data())
def test_a_column_gives_back_every_cell_and_its_kind(cells, data):
    column = coded(cells)
    lines = np.array(data.draw(st.lists(st.integers(0, len(cells) - 1))) if cells else [], dtype=np.int64)
    assert kinds(column.cells()) == kinds(cells)
    assert kinds(column.of(lines).cells()) == kinds(cells[line] for line in lines)
    assert set(kinds(column.of(lines).different)) == set(kinds(column.of(lines).cells()))
    assert column.counts().sum() == len(cells)


@given(st.lists(st.one_of(CELLS, st.text("019\uff11\u00b2a", max_size=2))), st.booleans())
def test_only_cells_that_are_no_figures_are_looked_at(cells, are_figures_so):
    column, looked_at = coded(cells), []
    kept = column.changed(lambda cell: looked_at.append(cell) or cell)

    def is_figures(cell):
        return isinstance(cell, str) and bool(re.fullmatch("[0-9]+", cell))

    assert kinds(looked_at) == kinds(cell for cell in column.different if not is_figures(cell))
    assert kinds(kept.cells()) == kinds(cells)
    told = column.which(lambda cell: cell == "a", are_figures_so=are_figures_so)
    assert told.tolist() == [are_figures_so if is_figures(cell) else cell == "a" for cell in cells]


def test_a_column_of_other_lines_is_another_one():
    lines = Columns([coded(["NIP", "1", "2", "1"])])
    first, rest = np.array([0]), np.array([1, 2, 3])
    assert [lines.of(0, chosen).cells() for chosen in (first, rest, first)] == [["NIP"], ["1", "2", "1"], ["NIP"]]


@given(st.lists(st.lists(CELLS, max_size=4), max_size=8), st.sampled_from([t.name for t in TABLES]))
def test_lines_kept_by_column_are_judged_like_lines(lines, name):
    declared = table(name)
    header = [column.header_id for column in declared.columns[:4]]
    rows = [header, *lines]
    padded = [row + [""] * (4 - len(row)) for row in rows]
    found = find_header(rows, (declared,), is_named=True)[0]
    columns = Columns([coded(cells) for cells in zip(*padded, strict=True)])
    by_line, by_column = rows_below(rows, found), rows_below(columns, found)
    assert by_line[0].tolist() == by_column[0].tolist()
    assert by_line[1] == by_column[1]
    assert {*by_line[0].tolist(), *(line for line, *_ in by_line[1])} == {
        line for line, row in enumerate(rows) if line and any(str(cell).strip() for cell in row)
    }


@pytest.mark.parametrize(("cells", "why"), [
    (["M.01", "", "3", ""], None), (["", "M.01", "-", "Jumlah"], "row-blank"), (["", "Total", "3", ""], "row-total"),
    (["1", "a", "3", "Total"], None), (["1", "a", "Total", ""], None),
    ([" ", "x", "3", "Total"], None), ([" ", "Total", "3", "x"], "row-total"),
])  # fmt: skip
def test_a_total_is_named_in_the_first_two_cells_that_hold_something(cells, why):
    rows = [["NIP", "Kode Kompetensi", "Level", "Tanggal Penilaian"], cells]
    header = find_header(rows, (table("assessments"),), is_named=True)[0]
    assert [code for _, code, _ in rows_below(rows, header)[1]] == ([why] if why else [])


def test_a_file_says_the_same_with_and_without_quotation_marks(desk, found):
    lines = ["NIP;Nama;Jabatan", "contoh;Nama;x", ";;", "199003152014021987;Melur  Pagi;P1", "198507072010012976;;P1",
             "'197712312003121965;Satria;P1", "199003152014021987;Melur Pagi;P1", "199013152014021987;B;P"]  # fmt: skip
    plain = desk.bring("\n".join(lines), table="employees", dry_run=True)
    quoted = ["\n".join(";".join(f'"{cell}"' for cell in line.split(";")) for line in lines)]
    other = desk.bring(*quoted, table="employees", dry_run=True)
    assert plain.report == other.report
    assert plain.refused == other.refused
    assert ("row-sample", 2) in found(plain, "note")
    assert ("required-missing", 5) in found(plain)


class Counted(Columns):
    """Lines that count how often one of them is made."""

    n_made = 0

    def __getitem__(self, line):
        self.n_made += 1
        return super().__getitem__(line)


def test_a_header_is_not_made_once_a_column():
    lines = Counted([coded([f"k{i}", "1"]) for i in range(300)] + [coded(["NIP", "1"])])
    names = pd.DataFrame({"competency": ["M.01"], "name": ["Integritas"]})
    levels_beside(Sheet(name=None, rows=lines), ImportOptions(), lambda _: names)
    assert lines.n_made < 50
