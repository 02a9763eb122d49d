"""The demo city as the files a real office would hold: CSV and XLSX, Indonesian headers, a few blemishes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from recommender.simulation.city import City
from service.exports.tables import FIXED_DATE, write_sheet
from training_catalog.schema import Table
from training_catalog.tables import table

LEADERSHIP_FOR_HEADS = "D162"  # the leadership training that new subsection heads must take
SHARE_REPEATED = 0.02  # employee rows that stand twice, as in real files

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


def _decimal(values: pd.Series) -> pd.Series:
    """Write numbers with a decimal comma, as many as they need."""
    text = values.map(lambda value: f"{value:g}" if pd.notna(value) else None)
    return text.str.replace(".", ",", regex=False)


def _rupiah(values: pd.Series) -> pd.Series:
    """Write amounts as Rp1.500.000."""
    return values.map(lambda value: f"Rp{int(value):,}".replace(",", ".") if pd.notna(value) else None)


def as_written(frame: pd.DataFrame, declared: Table) -> pd.DataFrame:
    """Return a table as an Indonesian office writes it: headers, spellings, dates, decimal commas, rupiah."""
    uses_comma = declared.name in SEMICOLON
    columns: dict[str, pd.Series] = {}
    for column in declared.columns:
        values = frame[column.name]
        if values.isna().all() and not column.required:
            continue
        if column.kind == "date":
            values = values.dt.strftime("%d/%m/%Y" if uses_comma else "%Y-%m-%d")
        elif column.kind == "money" and uses_comma:
            values = _rupiah(values)
        elif column.kind in ("decimal", "level", "hours"):
            values = _decimal(values) if uses_comma else values.map(lambda v: f"{v:g}" if pd.notna(v) else None)
        elif column.choices:
            spelled = {name: accepted[1] if len(accepted) > 1 else name for name, accepted in column.choices}
            values = values.map(spelled)
        columns[column.header_id] = values
    return pd.DataFrame(columns)


def _with_blemishes(frame: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    """Repeat some employee rows, and end the budget with the total that offices write."""
    if name == "employees":
        repeated = frame.sample(frac=SHARE_REPEATED, random_state=int(rng.integers(0, 2**31)))
        repeated = repeated.assign(Nama=repeated["Nama"] + "  ")
        return pd.concat([frame, repeated], ignore_index=True)
    if name == "budgets":
        total = pd.DataFrame([{frame.columns[0]: "JUMLAH"}])
        return pd.concat([frame, total], ignore_index=True)
    return frame


def _write_workbook(path: Path, names: tuple[str, ...], city: City, lang: str) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": pd.Timestamp(FIXED_DATE).to_pydatetime()})
        for name in names:
            write_sheet(workbook, table(name), city.tables[name], lang)


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
        frame = _with_blemishes(as_written(city.tables[name], table(name)), name, rng)
        delimiter = ";" if name in SEMICOLON else ","
        frame.to_csv(folder / filename, sep=delimiter, index=False, encoding="utf-8", lineterminator="\n")
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
