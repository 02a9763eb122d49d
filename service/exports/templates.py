"""Templates: every import table as a sheet with notes and lists, and as a CSV; they import back without a warning."""

from pathlib import Path

import pandas as pd
import xlsxwriter

from service.exports.tables import FIXED_DATE, TEXT_KINDS, headers_of
from service.files import writing_to
from service.wording import Wording
from training_catalog.schema import Column, Table
from training_catalog.tables import TABLES

WORKBOOK_NAME = {"id": "templat-bangkom.xlsx", "en": "bangkom-templates.xlsx"}
VALIDATED_ROWS = 5_000


def _note(column: Column, wording: Wording) -> str:
    """Say what a column holds, whether it is needed, and what is accepted."""
    parts = [wording.text(column.meaning), wording.text("Required.") if column.required else wording.text("Optional.")]
    if column.choices:
        parts.append(wording.text("Accepted: {choices}.", choices=", ".join(_choices(column, wording.lang))))
    if column.references:
        parts.append(wording.text("Must be on file in table {table}.", table=column.references))
    return " ".join(parts)


def _choices(column: Column, lang: str) -> list[str]:
    """Return one spelling of each choice in the reader's language."""
    return [name if lang == "en" or len(accepted) < 2 else accepted[1] for name, accepted in column.choices]  # noqa: PLR2004 (the second spelling is Indonesian)


def _write_sheet(workbook: xlsxwriter.Workbook, declared: Table, wording: Wording) -> None:
    bold = workbook.add_format({"bold": True, "bg_color": "#dfe9f3", "text_wrap": True})
    needed = workbook.add_format({"bold": True, "bg_color": "#f6d8ae", "text_wrap": True})
    text, day = workbook.add_format({"num_format": "@"}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    sheet = workbook.add_worksheet(declared.title_en if wording.lang == "en" else declared.title_id)
    for i, column in enumerate(declared.columns):
        own = text if column.kind in TEXT_KINDS else day if column.kind == "date" else None
        sheet.set_column(i, i, 20, own)
        sheet.write_string(0, i, headers_of(declared, wording.lang)[i], needed if column.required else bold)
        sheet.write_comment(0, i, _note(column, wording))
        if column.choices:
            listed = _choices(column, wording.lang)
            sheet.data_validation(1, i, VALIDATED_ROWS, i, {"validate": "list", "source": listed})
    sheet.freeze_panes(1, 0)


def write_templates(folder: Path, wording: Wording) -> list[Path]:
    """Write the workbook and the CSV files.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    written = [folder / WORKBOOK_NAME[wording.lang]]
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(written[0])) as workbook:
            workbook.set_properties({"created": pd.Timestamp(FIXED_DATE).to_pydatetime()})
            for declared in TABLES:
                _write_sheet(workbook, declared, wording)
        for declared in TABLES:
            path = folder / f"{declared.name}.csv"
            path.write_text(";".join(headers_of(declared, wording.lang)) + "\n", encoding="utf-8-sig")
            written.append(path)
    return written
