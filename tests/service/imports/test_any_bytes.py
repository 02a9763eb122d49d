"""Whatever a file holds, and whatever it is called: a report that adds up, and never a traceback."""

import io
import json
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import tries

HEADERS = ["nip", "nama", "jabatan", "unit kerja", "kode", "jp", "biaya", "tanggal", "selesai", "mulai", "level",
           "kompetensi", "nama pelatihan", "pagu", "tahun", "predikat", "kode_induk", "tmt"]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["199003152014021987", "1.9E+17", "M.01", "P01", "31/02/2026", "3", "Rp1.500", "#REF!", "=1+1",
                     "\ud800", "\x00", "Jumlah", "contoh", "-", "2026", "III", "\u200b", '"', "'", ";", "\n"]),
    st.text(max_size=8), st.integers(-(10**20), 10**20), st.floats(), st.booleans(), st.none(), st.dates(),
)  # fmt: skip
TABLES = st.lists(st.lists(VALUES, max_size=6), max_size=5)
HEADER = st.lists(st.sampled_from(HEADERS), min_size=1, max_size=6)
RELAXED = settings(max_examples=tries(10, 25), suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(RELAXED, max_examples=5)  # a process is started for each workbook


def as_csv(header, rows):
    lines = [header, *[["" if value is None else str(value) for value in row] for row in rows]]
    return "\n".join(";".join(line) for line in lines).encode("utf-8", "surrogatepass")


def as_json(header, rows):
    return json.dumps([dict(zip(header, row, strict=False)) for row in rows], default=str).encode()


def as_workbook(header, rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_row(0, 0, header)
        for i, row in enumerate(rows, start=1):
            for j, value in enumerate(row):
                kept = value.encode("utf-8", "ignore").decode() if isinstance(value, str) else value
                sheet.write(i, j, kept)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
@RELAXED
@given(content=st.binary(max_size=300))
def test_any_bytes_under_any_name_are_a_report(desk, name, content):
    assert desk.bring(content, names=[name]).report.files


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"\x1f\x8b", b"[{", b"<table>", b"\xff\xfe", b"sep=;\n"]
)
@FEW
@given(content=st.binary(max_size=200))
def test_bytes_that_begin_like_a_known_kind_are_a_report(desk, start, content):
    assert desk.bring(start + content, names=["a.xls"]).report.files


@pytest.mark.parametrize("write", [as_csv, as_json])
@RELAXED
@given(header=HEADER, rows=TABLES)
def test_any_cells_under_any_headers_are_a_report(desk, write, header, rows):
    assert desk.bring(write(header, rows), names=["a.dat"]).report.files


@FEW
@given(header=HEADER, rows=TABLES)
def test_any_cells_of_a_workbook_are_a_report(desk, header, rows):
    assert desk.bring(as_workbook(header, rows), names=["a.xlsx"]).report.files


@FEW
@given(place=st.floats(0, 1), change=st.binary(min_size=1, max_size=20))
def test_a_damaged_workbook_is_a_report(desk, place, change):
    whole = as_workbook(["nip", "nama"], [["199003152014021987", "A"]])
    at = int(place * len(whole))
    assert desk.bring(whole[:at] + change + whole[at + len(change) :], names=["a.xlsx"]).report.files


def test_a_packed_file_that_is_no_workbook_is_a_sentence(desk, found):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "nip,nama\n")
    assert found(desk.bring(out.getvalue(), names=["a.xlsx"])) == [("file-kind", None)]
