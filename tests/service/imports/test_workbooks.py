import zipfile
from types import SimpleNamespace

import pytest
import xlsxwriter
from openpyxl.styles import Font

from service.imports.cells import CellFault, FileRefusedError
from service.imports.sheets import read_sheets
from service.imports.workbook_reader import check_spans
from service.imports.workbooks import MOST_CELLS, SMALL_BYTES, check_archive

CELL = '<c r="{}" t="inlineStr"><is><t>x</t></is></c>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{0}/{1}" Target="{2}"/></Relationships>'
)
KINDS = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def workbook_of(path, rows, *, more=None):
    """Write a workbook from the XML of its rows."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", KINDS)
        archive.writestr("_rels/.rels", RELATIONS.format(RELATION, "officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(RELATION, "worksheet", "worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", f"{head}{rows}</sheetData></worksheet>")
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path


def refusal(path):
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path)
    return refused.value.code


def test_two_kilobytes_that_span_a_whole_sheet_are_refused_before_they_are_opened(tmp_path):
    rows = f'<row r="1">{CELL.format("A1")}</row><row r="1048576">{CELL.format("XFD1048576")}</row>'
    path = workbook_of(tmp_path / "bomb.xlsx", rows)
    assert path.stat().st_size < 2048
    assert refusal(path) == "file-too-large"


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path):
    path = workbook_of(tmp_path / "big.xlsx", "", more={"xl/sharedStrings.xml": b"0" * (SMALL_BYTES + 1)})
    assert refusal(path) == "file-too-large"


def test_a_workbook_of_too_many_parts_says_how_many(tmp_path):
    path = tmp_path / "parts.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
        for number in range(10_001):
            archive.writestr(f"xl/{number}", "")
    with pytest.raises(FileRefusedError, match="10002 parts"):
        check_archive(path.read_bytes())


def test_one_highly_compressible_part_of_an_ordinary_workbook_is_no_bomb(tmp_path):
    path = workbook_of(tmp_path / "ok.xlsx", f'<row r="1">{CELL.format("A1")}</row>', more={"x.bin": b"0" * 9_000_000})
    assert list(read_sheets(path)[0].rows) == [["x"]]


def test_cells_with_errors_and_formulas_never_calculated_are_told_from_blanks(tmp_path):
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>A2+1</f></c><c r="C1"><f>1+1</f><v>2</v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"/><c r="F1"><v>7</v></c>'
    )
    (sheet,) = read_sheets(workbook_of(tmp_path / "faults.xlsx", f'<row r="1">{cells}</row>'))
    assert list(sheet.rows) == [[CellFault("#N/A"), CellFault(""), 2, "", "", 7]]


def test_a_damaged_workbook_is_a_sentence(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("A").write_row(0, 0, ["NIP", "Nama"])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path) == "file-unreadable"


def test_rows_after_a_long_gap_are_read(tmp_path):
    path = tmp_path / "gap.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("A")
        sheet.write_row(0, 0, ["nip", "nama"])
        sheet.write_row(604, 0, ["x", "y"])
    (read,) = read_sheets(path)
    assert len(read.rows) == 605
    assert read.rows[604] == ["x", "y"]


def test_styled_cells_without_content_are_no_extent(tmp_path):
    empty = '<row r="1048576"><c r="A1048576" s="1" t="n" /><c r="T1048576" s="1"/><c r="XFD1048576"></c></row>'
    rows = f'<row r="1">{CELL.format("A1")}</row>{empty}'
    assert list(read_sheets(workbook_of(tmp_path / "styled.xlsx", rows))[0].rows) == [["x"]]


def test_hidden_rows_and_columns_are_read_and_said(tmp_path):
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("A")
        for row in range(4):
            sheet.write_row(row, 0, [f"a{row}", f"b{row}"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
    (read,) = read_sheets(path)
    assert read.rows[2] == ["a2", "b2"]
    assert read.notes == [("rows-hidden", "3"), ("columns-hidden", "A")]


def test_elements_with_a_prefix_and_attributes_in_any_order_are_seen(tmp_path):
    body = (
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1">'
        "<x:c s='0' r='A1' t='e'><x:v>#REF!</x:v></x:c><x:c r=\"B1\"><x:f>1+1</x:f></x:c></x:row>"
    )
    archive = check_archive(workbook_of(tmp_path / "prefix.xlsx", body).read_bytes())
    (extent,) = archive.values()
    assert (extent.tallest, extent.widest, extent.n_cells) == (1, 2, 2)
    assert extent.faults == {(0, 0): CellFault("#REF!"), (0, 1): CellFault("")}


def test_a_cell_is_seen_whole_wherever_the_stream_is_cut(tmp_path):
    filler = "".join(f'<row r="{i}">{CELL.format(f"A{i}")}</row>' for i in range(1, 40_000))
    rows = filler + '<row r="40000"><c r="A40000" t="e"><v>#N/A</v></c></row>'
    content = workbook_of(tmp_path / "long.xlsx", rows).read_bytes()
    (extent,) = check_archive(content).values()
    assert (extent.n_cells, list(extent.faults)) == (40_000, [(39_999, 0)])


def test_faults_are_marked_in_sheets_whose_names_hold_marks_of_xml(tmp_path):
    path = tmp_path / "name.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Diklat 'A' & Ujian")
        sheet.write_formula(0, 0, "=NA()", None, "#N/A")
        sheet.write(1, 1, "x")
    assert read_sheets(path)[0].rows[0][0] == CellFault("#N/A")


@pytest.mark.slow
def test_a_reader_that_dies_of_a_small_file_leaves_words_and_no_trace(tmp_path, capfd):
    space = "urn:oasis:names:tc:opendocument:xmlns"
    body = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">'
        '<table:table-row table:number-rows-repeated="6000"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert path.stat().st_size < 2048
    assert refusal(path) in {"file-too-large", "file-unreadable"}
    assert capfd.readouterr().err == ""


def test_a_damaged_list_of_sheets_is_a_sentence(tmp_path):
    path = workbook_of(tmp_path / "x.xlsx", f'<row r="1">{CELL.format("A1")}</row>')
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/workbook.xml")
    whole[entry.header_offset + 30 + len(entry.filename) + 20] ^= 0xFF
    path.write_bytes(whole)
    assert refusal(path) == "file-unreadable"


def open_document(path, cells):
    """Write an .ods with one line of a header and some cells given as XML."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    header = "".join(text.format(name) for name in ("nip", "nama"))
    body = (f"<?xml version='1.0'?><office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S"><table:table-row>{header}</table:table-row>{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_an_open_document_says_that_its_errors_are_not_seen_and_a_missing_value_is_still_refused(desk, tmp_path):
    error = '<table:table-cell office:value-type="string" office:string-value=""/>'
    good = '<table:table-cell office:value-type="string"><text:p>Melur</text:p></table:table-cell>'
    path = open_document(tmp_path / "a.ods", f"<table:table-row>{error}{good}</table:table-row>")
    (file,) = desk.take(path).report.files
    assert {"errors-unseen", "required-missing"} <= {problem.code for problem in file.problems}
    assert (file.read, file.refused) == (1, 1)


def spanning(rows, columns):
    return SimpleNamespace(total_height=rows, total_width=columns)


def test_a_sheet_of_any_kind_that_spans_too_much_is_refused_before_its_cells_are_handed_out():
    check_spans([spanning(60_000, 1_000)], MOST_CELLS)
    with pytest.raises(MemoryError):
        check_spans([spanning(1, 1), spanning(60_001, 1_000)], MOST_CELLS)


@pytest.mark.parametrize("name", ["a.xls", "a.xlsb", "a.ods", "a.dat"])
def test_a_workbook_is_of_the_kind_that_its_content_says(tmp_path, name):
    path = tmp_path / name
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Data").write_row(0, 0, ["NIP", "Nama"])
    assert list(read_sheets(path)[0].rows) == [["NIP", "Nama"]]


def test_a_protected_workbook_is_told_whatever_it_is_called(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(path)
    assert refused.value.code == "file-password"


def test_lines_with_struck_out_cells_are_read_and_named(workbook_of, office):
    def strike(_book, sheet):
        for place in ("B3", "C4", "D9"):  # the last holds nothing
            sheet[place].font = Font(strike=True)

    rows = [["NIP", "Nama", "Golongan", "Ket"], ["199003152014021987", "Melur", "III/d", ""],
            ["198507072010012976", "Satria", "III/c", ""], ["199212252019032931", "Embun", "III/a", ""]]  # fmt: skip
    (file,) = office.bring(workbook_of(rows, strike), names=["a.xlsx"]).report.files
    assert file.stored + file.unchanged == 3
    assert [(p.severity, p.message.split(" have ")[0]) for p in file.problems if p.code == "cells-struck"] == [
        ("warning", "Lines 3, 4")
    ]


def test_other_fonts_strike_nothing_out(workbook_of, office):
    def style(_book, sheet):
        sheet["B2"].font = Font(bold=True, strike=False)

    (file,) = office.bring(workbook_of([["NIP", "Nama"], ["199003152014021987", "Melur"]], style),
                           names=["a.xlsx"]).report.files  # fmt: skip
    assert "cells-struck" not in {p.code for p in file.problems}
