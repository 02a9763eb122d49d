import gzip

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.imports.cells import FileRefusedError, Nested
from service.imports.delimited import MOST_COLUMNS, MOST_SPLIT, find_delimiter, read_text
from service.imports.sheets import read_sheets


def sheet_of(tmp_path, content, name="x.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_sheets(path)[0]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_though_values_hold_the_others(delimiter):
    lines = [delimiter.join(("nama", "jabatan", "nilai"))]
    values = ("Melur Pagi, S.Kom.", "Arsiparis; Mahir", "3,5")
    lines += [delimiter.join(f'"{value}"' if delimiter in value else value for value in values)]
    assert find_delimiter(lines) == delimiter


def test_a_sep_line_is_no_header(tmp_path):
    sheet = sheet_of(tmp_path, b"sep=|\nnip|nama\n1|A\n")
    assert (sheet.delimiter, sheet.rows) == ("|", [[], ["nip", "nama"], ["1", "A"]])  # lines as the person counts


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(end):
    assert list(read_text(f"nip;nama{end}1;A{end}".encode()).rows) == [["nip", "nama"], ["1", "A"]]


def test_a_quotation_mark_that_never_closes_is_refused_rather_than_eating_the_rest(tmp_path):
    with pytest.raises(FileRefusedError, match="never closed"):
        sheet_of(tmp_path, b'nip,nama\n1,"A\n2,B\n3,C\n')


def test_a_quotation_mark_inside_a_name_is_forgiven():
    assert read_text(b'nip,nama\n1,"Adi" Putra\n').rows[1] == ["1", "Adi Putra"]


WRAPPED = {
    "every line": '"nip,nama,unit"\n"1,""Melur, S.H."",U1"\n"2,Satria,U2"\n',
    "some lines": 'nip,nama,unit\n"1,""Melur, S.H."",U1"\n2,Satria,U2\n',
}


@pytest.mark.parametrize("name", WRAPPED)
def test_lines_that_quotation_marks_hold_as_a_whole_are_split_and_said(name):
    sheet = read_text(WRAPPED[name].encode())
    assert list(sheet.rows) == [["nip", "nama", "unit"], ["1", "Melur, S.H.", "U1"], ["2", "Satria", "U2"]]
    assert [code for code, _ in sheet.notes] == ["lines-unwrapped"]


def test_a_title_in_quotation_marks_is_not_split():
    assert read_text(b'"Daftar, per Maret"\nnip,nama,unit\n1,A,U1\n').rows[0] == ["Daftar, per Maret"]


def test_a_cell_of_several_lines_alone_in_its_row_stays_one():
    assert read_text(b'a;b\n"x;y\nz;w"\n').rows[1] == ["x;y\nz;w"]


def test_the_delimiter_is_found_beside_a_very_long_cell():
    assert read_text(b"nip;nama;unit\n1;" + b"A" * 200_000 + b";U1\n").delimiter == ";"


@pytest.mark.parametrize("first", [b"nip", b'"n""ip"'])
def test_a_line_of_more_cells_than_any_spreadsheet_has_is_refused(first):
    with pytest.raises(FileRefusedError, match=str(MOST_COLUMNS)) as refused:
        read_text(first + b";" * MOST_COLUMNS + b"\n")
    assert refused.value.code == "file-too-large"


def test_a_text_of_more_cells_than_fit_in_memory_is_refused():
    with pytest.raises(FileRefusedError, match=str(MOST_SPLIT)) as refused:
        read_text(b'"a";b\n' + b";\n" * (MOST_SPLIT // 2))
    assert refused.value.code == "file-too-large"


def test_a_small_packed_file_that_unpacks_to_much_is_refused(tmp_path):
    with pytest.raises(FileRefusedError) as refused:
        sheet_of(tmp_path, gzip.compress(b"nip,nama\n" + bytes(50 << 20), 1), "x.csv.gz")
    assert refused.value.code == "file-too-large"


def test_windows_letters_are_read_and_said(tmp_path):
    sheet = sheet_of(tmp_path, "nama\nCafé Pelatihan\n".encode("cp1252"))
    assert sheet.rows[1] == ["Café Pelatihan"]
    assert sheet.notes == [("encoding-assumed", "cp1252")]


def test_packed_files_and_services_envelopes_are_opened(tmp_path):
    assert sheet_of(tmp_path, gzip.compress(b"nip,nama\n1,A\n"), "x.csv.gz").rows[1] == ["1", "A"]
    assert list(sheet_of(tmp_path, b'{"data": [{"id": "1", "nama": null}]}', "x.json").rows) == [
        ["id", "nama"],
        ["1", ""],
    ]


def test_parquet_is_read_with_exact_numbers(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"line": ["1.02"], "amount": pd.array([900_000_000_000_000], dtype="Int64")}).to_parquet(path)
    assert list(read_sheets(path)[0].rows) == [["line", "amount"], ["1.02", 900_000_000_000_000]]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file-unreadable"), (b"  \n", "file-unreadable"), (b"\x1f\x8bbroken", "file-unreadable"),
     (b"<div>\n<table><tr><td>1</td></tr></table></div>", "file-kind"), (b"%PDF-1.7", "file-kind"),
     (b"PAR1broken", "file-unreadable"), (b"[1, 2]", "file-kind"), (b"{", "file-unreadable")],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_code(tmp_path, content, code):
    with pytest.raises(FileRefusedError) as refused:
        sheet_of(tmp_path, content, "x.xls")
    assert refused.value.code == code


@settings(max_examples=150)
@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_are_cells_or_a_refusal(content):
    try:
        sheet = read_text(content)
    except FileRefusedError:
        return
    assert all(isinstance(cell, str) for row in sheet.rows for cell in row)


def test_json_of_one_object_a_line_is_a_list(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"nip": "1", "nama": "A"}\n\n{"nip": "2"}\n', encoding="utf-8")
    assert list(read_sheets(path)[0].rows) == [["nip", "nama"], ["1", "A"], ["2", ""]]


def test_parquet_with_an_index_or_bytes_loses_nothing(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame({"nip": ["1"], "nama": [b"Melur"], "kota": [b"\xff"]}).set_index("nip")
    frame.to_parquet(path)
    header, row = read_sheets(path)[0].rows
    cells = dict(zip(header, row, strict=True))
    assert (cells["nip"], cells["nama"], type(cells["kota"])) == ("1", "Melur", Nested)


@pytest.mark.parametrize(("content", "line", "column"), [
    (b'[{"nip": "1"},\n{"nip": ', 2, 9), (b'{"nip": "1"}\n\n{"nip": "2"}\nNIP\n', 4, 1),
])  # fmt: skip
def test_json_that_breaks_off_is_refused_with_its_line(tmp_path, content, line, column):
    with pytest.raises(FileRefusedError) as refused:
        sheet_of(tmp_path, content, "x.json")
    assert (refused.value.fields["line"], refused.value.fields["column"]) == (line, column)


def test_a_small_parquet_file_of_many_cells_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "x.parquet"
    many = pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int8()), ["x"])] * 1000)
    with pq.ParquetWriter(path, pa.schema([(str(at), many.type) for at in range(61)])) as writer:
        writer.write_table(pa.table({str(at): many for at in range(61)}))
    with pytest.raises(FileRefusedError, match="1000000 x 61"):
        read_sheets(path)


def test_a_rich_text_document_is_no_json(tmp_path):
    with pytest.raises(FileRefusedError, match="neither text nor a workbook"):
        sheet_of(tmp_path, rb"{\rtf1\ansi NIP}", "a.xls")


@pytest.mark.parametrize("kind", ["str", "Int64", "datetime64[s]", "bool"])
def test_parquet_without_a_row_keeps_its_headers(tmp_path, kind):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"line": pd.array([], dtype="str"), "other": pd.array([], dtype=kind)}).to_parquet(path)
    assert list(read_sheets(path)[0].rows) == [["line", "other"]]


def test_parquet_of_other_kinds_of_columns_is_read_by_cell(tmp_path):
    path = tmp_path / "x.parquet"
    columns = {"text": pa.array(["a", None, "a"]).dictionary_encode(), "list": [[1], None, [2]],
               "number": [1.5, float("nan"), None], "flag": [True, False, None]}  # fmt: skip
    pq.write_table(pa.table(columns), path)
    assert list(read_sheets(path)[0].rows)[1:] == [["a", "[1]", 1.5, True], ["", "", "", False], ["a", "[2]", "", ""]]


@pytest.mark.parametrize("n_above", [1, 3, 6])
@pytest.mark.parametrize("n_below", [0, 3])
def test_a_short_table_between_many_lines_of_words_is_split(n_above, n_below):
    words = [f"Badan Kepegawaian bagian {number}" for number in range(n_above)]
    lines = [*words, "NIP;Nama;Unit Kerja", "1;Melur Pagi, S.Kom.;U1", *["catatan"] * n_below]
    assert find_delimiter(lines) == ";"
