"""Claim: importing, with every cell checked and stored in SQLite, takes no more than three times a bare read.

The floors are pandas' read_csv with everything as text, and python-calamine's read of the same sheet, each before an
import in the same run. Prints rows per second of both, their ratio by the clock and by the processor's time (which a
busy machine disturbs less; both are medians of the runs, the first with its range), where the import's time goes, and
the peak memory of the process. For CSV the aim is not reached: SQLite's own insert and commit take two to three bare
reads.

    python benchmarks/import.py [--rows 1000000] [--sheet-rows 200000] [--runs 3]
"""

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy.engine.default
import xlsxwriter
from python_calamine import CalamineWorkbook

from service.imports import importer
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.imports.report import FileReport
from service.reference import open_office
from service.storage import bulk
from service.storage.database import Database
from service.wording import Wording

YEARS = range(2022, 2026)
SPENT: dict[str, float] = {}
STEPS = (  # of an import: where each is taken, and its name
    (importer, "read_blocks", "bytes to cells"),
    (importer, "parse_rows", "cells to values"),
    (importer.Importer, "store", "check and store"),
    (bulk, "_insert", "of storing SQLite's own insert"),
    (sqlalchemy.engine.default.DefaultDialect, "do_commit", "of storing SQLite's own commit"),
)


def timed(spent: dict[str, float], owner: object, function: str, name: str) -> None:
    """Add up the seconds that a function takes."""
    original = getattr(owner, function)

    def run(*args: object, **named: object) -> object:
        begun = time.perf_counter()
        try:
            return original(*args, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - begun

    setattr(owner, function, run)


def numbers(n: int) -> list[str]:
    """Return NIPs that are possible and differ."""
    born = pd.date_range("1970-01-01", periods=9_000, freq="D").strftime("%Y%m%d").to_numpy()
    i = np.arange(n)
    return [f"{born[k % 9_000]}2005011{k // 9_000 + 1:03d}" for k in i]


def ratings(n_rows: int) -> pd.DataFrame:
    """Return yearly ratings of so many people that they fill the rows."""
    people = numbers(-(-n_rows // len(YEARS)))
    frame = pd.DataFrame({
        "NIP": np.repeat(people, len(YEARS)), "Akhir Periode": np.tile([f"31/12/{y}" for y in YEARS], len(people)),
        "Kode Skala": "skp-predikat", "Nilai": np.tile([1, 2, 2, 3], len(people)),
    })  # fmt: skip
    return frame.head(n_rows)


def with_people(folder: Path, frame: pd.DataFrame) -> str:
    """Return the address of a database that holds the people of a frame."""
    url = f"sqlite:///{folder / 'office.db'}"
    people = pd.DataFrame({"NIP": frame["NIP"].drop_duplicates()}).assign(Nama="Pegawai")
    people.to_csv(folder / "people.csv", index=False)
    import_files(open_office(url), [folder / "people.csv"], ImportOptions(table="employees"), Wording("id"))
    return url


def clocked(run: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that something takes, by the clock and by the processor, with those of its child processes."""
    begun, used = time.perf_counter(), _used()
    run()
    return time.perf_counter() - begun, _used() - used


def _used() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def imported(office: Database, path: Path) -> FileReport:
    """Import a file of ratings, and return what became of it."""
    return import_files(office, [path], ImportOptions(table="performance"), Wording("id")).report.files[0]


def report(name: str, url: str, path: Path, bare: Callable[[], object], runs: int) -> None:
    """Print one format's figures."""
    ours, floor, found = [], [], []
    SPENT.clear()
    for run in range(runs):
        copy = path.with_name(f"run{run}.db")
        shutil.copy(url.removeprefix("sqlite:///"), copy)
        floor.append(clocked(bare))
        office = open_office(f"sqlite:///{copy}")
        ours.append(clocked(lambda office=office: found.append(imported(office, path))))
    clock, processor = ([mine[at] / least[at] for mine, least in zip(ours, floor, strict=True)] for at in (0, 1))
    seconds = statistics.median(mine for mine, _ in ours)
    parts = ", ".join(f"{step} {spent / sum(mine for mine, _ in ours):.0%}" for step, spent in SPENT.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{name}: {found[0].read:,} rows read, {found[0].stored:,} stored, {found[0].refused:,} refused; "
          f"{seconds:.1f} s, {found[0].read / seconds:,.0f} rows/s, "
          f"bare read {found[0].read / statistics.median(least for least, _ in floor):,.0f} rows/s, "
          f"time ratio {statistics.median(clock):.1f} ({min(clock):.1f} to {max(clock):.1f}; aim: 3 at most), "
          f"processor time ratio {statistics.median(processor):.1f}; {parts}; peak memory {peak:.2f} GiB",
          flush=True)  # fmt: skip


def main() -> None:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    for owner, function, step in STEPS:
        timed(SPENT, owner, function, step)
    for kind, n_rows in (("XLSX", given.sheet_rows), ("CSV", given.rows)):
        with tempfile.TemporaryDirectory() as name:
            folder, frame = Path(name), ratings(n_rows)
            path = folder / f"ratings.{kind.lower()}"
            if kind == "CSV":
                frame.to_csv(path, index=False)
                report(kind, with_people(folder, frame), path, lambda path=path: pd.read_csv(path, dtype=str),
                       given.runs)  # fmt: skip
                continue
            with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
                sheet = workbook.add_worksheet("Kinerja")
                for row, cells in enumerate([frame.columns.tolist(), *frame.to_numpy().tolist()]):
                    sheet.write_row(row, 0, cells)
            bare = lambda path=path: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()  # noqa: E731 (one of two floors)
            report(kind, with_people(folder, frame), path, bare, given.runs)


if __name__ == "__main__":
    main()
