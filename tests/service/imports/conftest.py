import io
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest

from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.storage.database import open_database
from service.wording import Wording
from tests.offices import copied_file, reference_rows


class Desk:
    """An office's database, and files brought to it; every report must add up."""

    def __init__(self, folder, make=reference_rows):
        self.folder = folder
        self.database = open_database(copied_file(folder / "office.db", make))

    def read(self, table):
        return self.database.read(table)

    def bring(self, *contents, names=(), **options):
        paths = []
        for i, content in enumerate(contents):
            path = self.folder / (names[i] if names else f"{chr(97 + i)}.csv")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return self.take(*paths, **options)

    def take(self, *paths, **options):
        imported = import_files(self.database, paths, ImportOptions(**options), Wording("en"))
        for file in imported.report.files:
            assert file.read == file.stored + file.unchanged + file.refused + file.left_out
        return imported


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


STOCK = {
    "units": "Kode Unit Kerja,Nama Unit Kerja,Kode Induk\nU1,Sekretariat,\nU2,Dinas Kesehatan,U1\n0100,Badan,U1\n",
    "positions": "Kode Jabatan,Nama Jabatan\nJ1,Analis Kepegawaian\nJ2,Kepala Seksi\n",
    "competencies": "Kode Kompetensi,Nama Kompetensi\nM.01,Integritas\nM.02,Kerja Sama\nM.03,Komunikasi\n",
    "trainings": "Kode Pelatihan,Nama Pelatihan,JP\nP01,Komunikasi,24\nP02,Manajemen Risiko,32\nP03,Arsip Dinamis,16\n",
    "employees": "NIP,Nama,Unit,Jabatan\n199003152014021987,Melur Pagi,U1,J1\n",
}


def stocked(url):
    """Lay out an office with a few rows of every table that others refer to."""
    database = open_database(url)
    reference_rows(url)
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.csv" for name in STOCK]
        for path, content in zip(paths, STOCK.values(), strict=True):
            path.write_text(content)
        import_files(database, paths, ImportOptions(all_or_nothing=True), Wording("en"))
    database.engine.dispose()


@pytest.fixture
def office(tmp_path):
    """Return the desk of an office that has units, positions, competencies, trainings and one employee."""
    return Desk(tmp_path, stocked)


@pytest.fixture
def found():
    """Return (code, line) of what a report says with a severity."""

    def of(imported, severity="error"):
        return [(p.code, p.line) for f in imported.report.files for p in f.problems if p.severity == severity]

    return of


@pytest.fixture
def workbook_of():
    """Return how to make the bytes of a workbook of some rows, after an edit."""

    def make(rows, edit=lambda _book, _sheet: None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        edit(book, book.active)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    return make


@pytest.fixture
def workbook(office, workbook_of):
    """Return how to bring a workbook of some rows, after an edit."""

    def bring(rows, edit=lambda _book, _sheet: None, **options):
        (file,) = office.bring(workbook_of(rows, edit), names=["a.xlsx"], **options).report.files
        return file

    return bring
