"""The demo city as the files a real office would hold: CSV and XLSX, Indonesian headers, a few blemishes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from recommender.simulation.city import City
from service.exports.tables import FIXED_DATE, write_sheet
from training_catalog.schema import Column, Table
from training_catalog.tables import table

LEADERSHIP_FOR_HEADS = "D162"  # the leadership training that new subsection heads must take
SHARE_REPEATED = 0.02  # employee rows that stand twice, as in real files
ROWS_A_CHUNK = 200_000

# file -> tables; a workbook holds one sheet a table
WORKBOOKS = {
    "01-katalog-pelatihan.xlsx": ("frameworks", "competencies", "trainings", "training_targets", "prerequisites", "price_book"),
    "02-organisasi-dan-jabatan.xlsx": ("units", "positions", "requirements"),
    "09-kelas-tahun-ini.xlsx": ("offerings",),
}  # fmt: skip
CSV_FILES = {
    "03-pegawai.csv": "employees", "04-penilaian-kompetensi.csv": "assessments", "05-kinerja.csv": "performance",
    "06-riwayat-pelatihan.csv": "history", "07-anggaran.csv": "budgets", "08-kinerja-layanan.csv": "unit_outcomes",
    "10-minat.csv": "interests", "11-ketidakhadiran.csv": "absences",
}  # fmt: skip
SEMICOLON = frozenset({"employees", "budgets", "performance", "unit_outcomes"})


def _spelled(values: pd.Series, spell: Callable[[Any], str]) -> pd.Series:
    """Spell each distinct value once; missing stays missing.

    Examples
    --------
    >>> _spelled(pd.Series([1.5, None, 1.5]), lambda value: f"{value:g}").tolist()
    ['1.5', nan, '1.5']
    """
    codes, distinct = pd.factorize(values)
    spellings = pd.Series([*(spell(value) for value in distinct), None], dtype="str")
    return spellings.take(np.where(codes < 0, len(distinct), codes)).set_axis(values.index)


def _decimal(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _rupiah(value: int) -> str:
    return f"Rp{int(value):,}".replace(",", ".")


def _as_written_column(values: pd.Series, column: Column, *, uses_comma: bool) -> pd.Series:
    """Return a column as text: dates and numbers in one of the two manners, choices in Indonesian."""
    if column.kind == "date":
        pattern = "%d/%m/%Y" if uses_comma else "%Y-%m-%d"
        return _spelled(values, lambda day: day.strftime(pattern))
    if column.kind == "money" and uses_comma:
        return _spelled(values, _rupiah)
    if column.kind in ("decimal", "level", "hours"):
        return _spelled(values, _decimal if uses_comma else lambda value: f"{value:g}")
    if column.choices:
        accepted = {name: spellings[1] if len(spellings) > 1 else name for name, spellings in column.choices}
        return values.map(accepted)
    return values


def _is_written(values: pd.Series, column: Column) -> bool:
    """Tell whether an office would keep the column: required, or filled in at least once."""
    return column.required or not values.isna().all()


def as_written(frame: pd.DataFrame, declared: Table) -> pd.DataFrame:
    """Return a table as an Indonesian office writes it: headers, spellings, dates, decimal commas, rupiah."""
    uses_comma = declared.name in SEMICOLON
    return pd.DataFrame({
        column.header_id: _as_written_column(frame[column.name], column, uses_comma=uses_comma)
        for column in declared.columns if column.name in frame
    })  # fmt: skip


def _blemishes(kept: pd.DataFrame, declared: Table, rng: np.random.Generator) -> pd.DataFrame:
    """Return what an office has below a table: some employees once more, and the total of the budget."""
    if declared.name == "employees":
        again = kept.sample(frac=SHARE_REPEATED, random_state=int(rng.integers(0, 2**31)))
        return as_written(again.assign(name=again["name"] + "  "), declared)
    written = as_written(kept.iloc[:0], declared)
    if declared.name == "budgets":
        return pd.DataFrame([{written.columns[0]: "JUMLAH"}], columns=written.columns)
    return written


def _write_workbook(path: Path, names: tuple[str, ...], city: City, lang: str) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": pd.Timestamp(FIXED_DATE).to_pydatetime()})
        for name in names:
            write_sheet(workbook, table(name), city.tables[name], lang)


def _write_csv(
    path: Path, frame: pd.DataFrame, name: str, *, rng: np.random.Generator, rows_a_chunk: int = ROWS_A_CHUNK
) -> None:
    """Write a table in chunks, so that a million people's records never stand in memory as text all at once."""
    declared = table(name)
    kept = frame[[column.name for column in declared.columns if _is_written(frame[column.name], column)]]
    delimiter = ";" if name in SEMICOLON else ","
    with path.open("w", encoding="utf-8", newline="") as file:
        for first in range(0, max(len(kept), 1), rows_a_chunk):
            chunk = as_written(kept.iloc[first : first + rows_a_chunk], declared)
            chunk.to_csv(file, sep=delimiter, index=False, header=first == 0, lineterminator="\n")
        blemishes = _blemishes(kept, declared, rng)
        blemishes.to_csv(file, sep=delimiter, index=False, header=False, lineterminator="\n")


def write_city_files(
    city: City, folder: Path, rng: np.random.Generator, on_progress: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Write the city's files; the same city and seed give the same bytes.

    Parameters
    ----------
    city : What to write.
    folder : Made when it is not there.
    rng : For the blemishes.
    on_progress : Called with each file's name.

    Returns
    -------
    Paths in name order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for filename, names in WORKBOOKS.items():
        on_progress(filename)
        _write_workbook(folder / filename, names, city, "id")
        written.append(folder / filename)
    for filename, name in CSV_FILES.items():
        on_progress(filename)
        _write_csv(folder / filename, city.tables[name], name, rng=rng)
        written.append(folder / filename)
    return sorted(written)


def write_policy(folder: Path, on: date, heads: tuple[str, ...]) -> Path:
    """Write the demo's policy: leadership training for some new officials, a reserve, at most a fifth away."""
    listed = ", ".join(f'"{head}"' for head in heads)
    path = folder / "kebijakan.toml"
    path.write_text(
        f"""# Kebijakan rencana {on.year}; setiap baris boleh diubah. Penjelasan: docs/policy.md
[plan]
max_trainings = 3
away_share = 0.2
reserve_share = 0.02
hours_weight = 0.002

[plan.hours_floor]
PNS = 20.0

[plan.hours_cap]
PPPK = 24.0
""" + (f"""
[[mandates]]
training = "{LEADERSHIP_FOR_HEADS}"
employees = [{listed}]
""" if heads else ""),
        encoding="utf-8",
    )  # fmt: skip
    return path
