import zipfile

import pytest
import xlsxwriter

from service.imports.cells import CellFault, FileRefusedError
from service.imports.sheets import read_sheets
from service.imports.workbooks import SMALL_BYTES

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


def test_one_highly_compressible_part_of_an_ordinary_workbook_is_no_bomb(tmp_path):
    path = workbook_of(tmp_path / "ok.xlsx", f'<row r="1">{CELL.format("A1")}</row>', more={"x.bin": b"0" * 9_000_000})
    assert read_sheets(path)[0].rows == [["x"]]


def test_cells_with_errors_and_formulas_never_calculated_are_told_from_blanks(tmp_path):
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>A2+1</f></c><c r="C1"><f>1+1</f><v>2</v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"/><c r="F1"><v>7</v></c>'
    )
    (sheet,) = read_sheets(workbook_of(tmp_path / "faults.xlsx", f'<row r="1">{cells}</row>'))
    assert sheet.rows == [[CellFault("#N/A"), CellFault(""), 2, "", "", 7]]


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
    assert read_sheets(workbook_of(tmp_path / "styled.xlsx", rows))[0].rows == [["x"]]


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
