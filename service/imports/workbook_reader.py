"""The process that opens a workbook: run as a script, with limits of its own, and without our modules to load first.

Its arguments are the path, the most cells of a sheet, and the bytes of memory and seconds of the process. It writes
what it read to standard output: the sheets, or code, message and reason of why it could not.
"""

import io
import os
import pickle
import resource
import sys
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Column = tuple[list[Any], bytes]  # every different cell, and the place of each row's cell among them
Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, row before column, from 0
ReadSheet = tuple[str, list[Column], bool, list[Range]]  # name, columns, whether hidden, cells that are one


def check_spans(sheets: Iterable[Any], most_cells: int) -> None:
    """Check how far sheets reach before their cells are handed out; of ODS, XLSB and XLS nothing looked before.

    Raises
    ------
    MemoryError
        When one spans more than is accepted, as when it would not fit.
    """
    if any(sheet.total_height * sheet.total_width > most_cells for sheet in sheets):
        raise MemoryError


def coded(cells: Iterable[Any]) -> Column:
    """Find the different cells of a column; what is alike but of another kind is different."""
    found: dict[tuple[type, Any], int] = {}
    places = array("i", [found.setdefault((cell.__class__, cell), len(found)) for cell in cells])
    return [cell for _, cell in found], places.tobytes()


def load_workbook(path: str, most_cells: int) -> list[ReadSheet] | tuple[str, str, str]:
    """Read a workbook's sheets, or say why not."""
    from python_calamine import PasswordError, SheetVisibleEnum  # noqa: PLC0415 (this process only)

    try:
        workbook = _opened(path)
        sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}  # each is parsed here, once
        check_spans(sheets.values(), most_cells)
        return [
            (meta.name, _columns(sheets[meta.name]), meta.visible != SheetVisibleEnum.Visible,
             sheets[meta.name].merged_cell_ranges or [])
            for meta in workbook.sheets_metadata
        ]  # fmt: skip
    except PasswordError:
        return "file-password", "the workbook is protected by a password; save a copy without it", ""
    except MemoryError:
        return "file-too-large", "the workbook cannot be opened within the limits of memory", ""
    except BaseException as error:  # noqa: BLE001 (whatever the reader says is told to the person; nothing is hidden)
        return (
            "file-unreadable",
            ("the workbook is damaged or of a kind that is not read; open it and save it as .xlsx ({reason})"),
            str(error),
        )


def _opened(path: str) -> Any:  # noqa: ANN401 (the reader's own type)
    """Open a workbook as its name says; where its content is of another kind, as its content says."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 (this process only)

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError as first:
        try:
            return CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
        except PasswordError:
            raise
        except CalamineError:
            raise first from None


def _columns(sheet: Any) -> list[Column]:  # noqa: ANN401 (the reader's own type)
    return [coded(cells) for cells in zip(*sheet.to_python(skip_empty_area=False), strict=True)]


def main() -> None:
    """Limit this process, read and answer."""
    path, most_cells, memory, seconds = sys.argv[1], *map(int, sys.argv[2:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a dying reader writes its stack there
    pickle.dump(load_workbook(path, most_cells), sys.stdout.buffer, protocol=5)


if __name__ == "__main__":
    main()
