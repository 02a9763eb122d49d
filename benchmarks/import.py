"""Claim: importing, with every cell checked and stored in SQLite, takes no more than three times a bare read.

The floors are pandas' read_csv with everything as text, and python-calamine's read of the same sheet, in the same run.
Prints rows per second of both, their ratio, where the import's time goes, and the peak memory of the process. For CSV
the aim is out of reach while SQLite's own insert takes longer than three bare reads, which is printed too.

    python benchmarks/import.py [--rows 1000000] [--sheet-rows 200000]
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

from service.imports import importer
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.reference import open_office
from service.storage import database
from service.wording import Wording

YEARS = range(2022, 2026)
SPENT: dict[str, float] = {}
STEPS = (  # of an import: where each is taken, and its name
    (importer, "read_blocks", "bytes to cells"),
    (importer, "parse_rows", "cells to values"),
    (importer.Importer, "store", "check and store"),
    (database, "load", "of storing SQLite's own insert"),
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


def report(name: str, url: str, path: Path, bare: Callable[[], object]) -> None:
    """Print one format's figures."""
    begun = time.perf_counter()
    bare()
    floor = time.perf_counter() - begun
    office = open_office(url)
    SPENT.clear()
    begun = time.perf_counter()
    (file,) = import_files(office, [path], ImportOptions(table="performance"), Wording("id")).report.files
    ours = time.perf_counter() - begun
    parts = ", ".join(f"{step} {seconds / ours:.0%}" for step, seconds in SPENT.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{name}: {file.read:,} rows read, {file.stored:,} stored, {file.refused:,} refused; "
          f"{file.read / ours:,.0f} rows/s, bare read {file.read / floor:,.0f} rows/s, time ratio {ours / floor:.1f} "
          f"(aim: 3 at most); {parts}; peak memory {peak:.2f} GiB", flush=True)  # fmt: skip


def main() -> None:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=200_000)
    given = parser.parse_args()
    for owner, function, step in STEPS:
        timed(SPENT, owner, function, step)
    for kind, n_rows in (("XLSX", given.sheet_rows), ("CSV", given.rows)):
        with tempfile.TemporaryDirectory() as name:
            folder, frame = Path(name), ratings(n_rows)
            path = folder / f"ratings.{kind.lower()}"
            if kind == "CSV":
                frame.to_csv(path, index=False)
                report(kind, with_people(folder, frame), path, lambda path=path: pd.read_csv(path, dtype=str))
                continue
            with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
                sheet = workbook.add_worksheet("Kinerja")
                for row, cells in enumerate([frame.columns.tolist(), *frame.to_numpy().tolist()]):
                    sheet.write_row(row, 0, cells)
            bare = lambda path=path: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()  # noqa: E731 (one of two floors)
            report(kind, with_people(folder, frame), path, bare)


if __name__ == "__main__":
    main()
