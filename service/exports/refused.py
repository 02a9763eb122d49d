"""The refused rows of an import as one file: a CSV to mend and send again, or a ZIP of several."""

import csv
import io
import zipfile

from service.exports.tables import neutralise
from service.imports.importer import Imported
from service.imports.parts import RefusedRows


def refused_csv(part: RefusedRows) -> bytes:
    r"""Return the refused rows of one sheet under their own header.

    Examples
    --------
    >>> refused_csv(RefusedRows(file="p.csv", sheet=None, table="units", lines=[["unit"], ["=1"]]))[3:]
    b"unit\r\n'=1\r\n"
    """
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([neutralise(str(cell)) for cell in line] for line in part.lines)
    return text.getvalue().encode("utf-8-sig")


def refused_file(imported: Imported) -> tuple[str, bytes] | None:
    """Return name and content of the refused rows, or None where there are none."""
    named = [(f"{n}-{part.table}.csv", refused_csv(part)) for n, part in enumerate(imported.refused, start=1)]
    if len(named) < 2:  # noqa: PLR2004 (one file needs no archive)
        return (f"refused-{named[0][0]}", named[0][1]) if named else None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named:
            archive.writestr(name, content)
    return "refused.zip", buffer.getvalue()
