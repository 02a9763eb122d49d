import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.imports.columns import coded
from service.imports.regular import read_regular

TEXTS = st.text(st.sampled_from('ab1 ,;"\r\n\ufeff\0\u00e9\x0b\u2028'), max_size=30)


def line_by_line(text, delimiter):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@given(TEXTS, st.sampled_from(",;"))
@example("a,b\r\n1,\r\n", ",")
@example("a\n\nb\n", ",")
@example("a,b\r1,2\n", ",")
@example("a,b\n,\n", ",")
@example('a,b\n"1",2\n', ",")
@example("\ufeffa,b\n1,2", ",")
def test_what_is_read_by_column_is_what_a_reader_of_lines_reads(text, delimiter):
    found = read_regular(text, delimiter)
    assert found is None or list(found) == line_by_line(text, delimiter)


@given(st.lists(st.text("09\uff11\u00b2a- ", min_size=1, max_size=3)))
def test_cells_of_figures_are_told_from_others(cells):
    (column,) = read_regular("\n".join(["NIP", *cells]), ",").columns
    assert column.are_figures.tolist() == coded(column.different).are_figures.tolist()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_of_many_blocks_is_read_whole(end):
    lines = [[f"{i:018d}", f"{i % 7}", "", "null" if i % 5 else "\u00e9"] for i in range(60_000)]
    text = end.join(",".join(line) for line in lines) + end
    found = read_regular(text, ",")
    assert len(text) > 1 << 20
    assert list(found) == lines
    assert (found[59_999], found[-1], found[3:5]) == (lines[-1], lines[-1], lines[3:5])


@pytest.mark.parametrize("text", ["a,b\n1\n", "a,b\n1,2,3\n", "a\nb,c\n", 'a,b\n"1",2\n', "a,b\n\n1,2\n", "a,b\r1,2\r"])
def test_what_is_irregular_is_left_to_the_reader_of_lines(text):
    assert read_regular(text, ",") is None
