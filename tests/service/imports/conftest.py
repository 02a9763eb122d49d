import pytest

from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.storage.database import open_database
from service.wording import Wording
from tests.offices import copied_file, reference_rows


class Desk:
    """An office's database, and files brought to it; every report must add up."""

    def __init__(self, folder):
        self.folder = folder
        self.database = open_database(copied_file(folder / "office.db", reference_rows))

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


@pytest.fixture
def found():
    """Return (code, line) of what a report says with a severity."""

    def of(imported, severity="error"):
        return [(p.code, p.line) for f in imported.report.files for p in f.problems if p.severity == severity]

    return of
