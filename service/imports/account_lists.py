"""Budget lists by account: the lowest lines are read; headings and totals, which hold the same money, are left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.imports.cells import Cell, CellError, LeftOut, Lines, Remark, Reshaped, Sheet
from service.imports.headers import first_filled, names_of, normal, plain
from service.imports.lines import is_sum
from service.imports.qualifiers import FACTORS, factor_above, factor_of, unqualified
from service.imports.values import is_missing, read_money, read_number, read_text
from training_catalog.tables import table

_HEADER_AMONG = 15  # lines that hold something
_ACCOUNTS = frozenset({"no. rekening", "nomor rekening", "kode rekening", "rekening", "kode akun"})
_CHANGED = re.compile(r"\b(?:sesudah|setelah|menjadi)\b")  # amounts after a change, which stand beside those before
_BEFORE = re.compile(r"\b(?:sebelum|semula|murni)\b")
_NO_AMOUNTS = re.compile(r"\b(?:realisasi|persen|sisa|selisih)|%")  # which such words may be about, too
_BUDGETS = table("budgets")
_CODES = _ACCOUNTS | names_of(_BUDGETS.column("line"))
_NAMES = frozenset({"nama rekening", "uraian rekening"}) | names_of(_BUDGETS.column("name"))
_AMOUNTS = names_of(_BUDGETS.column("amount"))
# With one of these columns the lines say themselves what they are parts of, or one account stands in several of them.
_ELSEWHERE = frozenset[str]().union(*(names_of(_BUDGETS.column(name)) for name in ("parent", "unit", "activity")))
_PASSED = ("year", "funding_source", "reserved", "spent")  # columns that are read where a list has them
_NO_AMOUNT = "{name}: the amount is not known, which is not zero, so the line is left out; before: {before}."
_HEADING = "A heading, parent or total is left out; its parts are read."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the header is, the position of each column of ours, and that of the amounts before a change."""

    header: int
    at: dict[str, int]
    before: int | None

    @property
    def is_changed(self) -> bool:
        return self.before is not None


def _position(names: Sequence[set[str]], wanted: frozenset[str]) -> int | None:
    return next((i for i, known in enumerate(names) if known & wanted), None)


def _saying(names: Sequence[set[str]], words: re.Pattern[str]) -> int | None:
    """Return the first column whose header says when its amounts are of, as in Anggaran Setelah Perubahan."""
    return next((i for i, known in enumerate(names) if any(
        words.search(name) and not _NO_AMOUNTS.search(name) for name in known)), None)  # fmt: skip


def _layout_at(rows: Lines, row: int) -> _Layout | None:
    names = [{normal(cell), normal(unqualified(plain(cell)))} - {""} for cell in rows[row]]
    after = _saying(names, _CHANGED)
    code = _position(names, _ACCOUNTS)
    code = _position(names, _CODES) if code is None else code
    name, amount = _position(names, _NAMES), _position(names, _AMOUNTS) if after is None else after
    if code is None or name is None or amount is None or len({code, name, amount}) < 3:  # noqa: PLR2004 (columns)
        return None
    before = _saying(names, _BEFORE)
    at = {"line": code, "name": name, "amount": amount}
    if after is not None and names[code] & _ACCOUNTS:
        return _Layout(header=row, at=at, before=-1 if before is None else before)
    if _position(names, _ELSEWHERE) is not None:
        return None
    others = {ours: _position(names, names_of(_BUDGETS.column(ours))) for ours in _PASSED}
    at |= {ours: place for ours, place in others.items() if place is not None and place not in at.values()}
    return _Layout(header=row, at=at, before=None)


def _find_layout(rows: Lines) -> _Layout | None:
    """Return the layout of a list of which some lines add up others: told by its headers, or by its codes and sums."""
    for row in first_filled(rows)[:_HEADER_AMONG]:
        layout = _layout_at(rows, row)
        if layout is not None:
            return layout if layout.is_changed or _adds_up(rows, layout) else None
    return None


def _adds_up(rows: Lines, layout: _Layout) -> bool:
    """Return whether codes are under each other; where they need not be accounts, also each sum that of its parts."""
    body = [row for row in rows[layout.header + 1 :] if len(row) > max(layout.at.values())]
    codes = [_code(row[layout.at["line"]]) for row in body]
    parents = _parents(codes) & set(codes)
    if not parents or normal(rows[layout.header][layout.at["line"]]) in _ACCOUNTS:
        return bool(parents)
    told: dict[str, float] = dict.fromkeys(parents, 0.0)
    sums = dict(told)
    for code, row in zip(codes, body, strict=True):
        amount = _amount(row[layout.at["amount"]])
        if code in parents:
            told[code] += amount
        elif code:
            for above in _parents([code]) & parents:
                sums[above] += amount
    return all(told[code] in (0, sums[code]) for code in parents) and any(told.values())


def _code(cell: Cell) -> str:
    return re.sub(r"\.+$", "", read_text(cell))


def _amount(cell: Cell) -> float:
    for read in (read_money, read_number):
        try:
            return 0 if is_missing(cell) else read(cell)
        except CellError:
            continue
    return 0


def _parents(codes: Sequence[str]) -> set[str]:
    """Return every beginning of an account code that ends before a dot."""
    split = [code.split(".") for code in codes if code]
    return {".".join(parts[:n]) for parts in split for n in range(1, len(parts))}


def is_account_list(rows: Lines) -> bool:
    """Return whether rows are budget lines by account of which some add up others."""
    return _find_layout(rows) is not None


def _reason(row: Sequence[Cell], layout: _Layout, parents: set[str]) -> tuple[str, str, dict[str, str]] | None:
    """Return why a line is left out; None for one that is read, or whose kind our own rules tell."""
    code, name = _code(row[layout.at["line"]]), plain(row[layout.at["name"]])
    earlier = plain(row[layout.before]) if layout.before is not None and layout.before >= 0 else ""
    is_account = code[:1].isdigit() if layout.is_changed else bool(code) and not is_sum(code)
    is_leaf = is_account and code not in parents
    if is_account and is_missing(row[layout.at["amount"]]) and (is_leaf or earlier):
        return "amount-unknown", _NO_AMOUNT, {"name": name or code, "before": earlier or "-"}
    is_read = is_leaf or (not code and is_sum(name)) or (not layout.is_changed and not is_account)
    return None if is_read else ("row-total", _HEADING, {})


def reshape_account_list(sheet: Sheet) -> list[Reshaped]:
    """Bring a list to budget lines: leaves only, the year from its column or from the lines above the header."""
    layout = _find_layout(sheet.rows)
    if layout is None:
        return []
    header, at = layout.header, layout.at
    titles, body = sheet.rows[:header], sheet.rows[header + 1 :]
    year = next((plain(row[1]) for row in titles if len(row) > 1 and normal(row[0]) == "tahun"), "")
    supplied = [year] if year and "year" not in at else []
    ours = ["line", "name", "account", "amount", *(name for name in _PASSED if name in at)]
    written = [_amount_header(sheet.rows, header, at["amount"]) if name == "amount" else name for name in ours]
    rows: list[list[Cell]] = [*([] for _ in range(header)), [*written, *(["year"] * len(supplied))]]
    left_out: list[LeftOut | Remark] = [(i + 1, "row-metadata", "A line above the header is left out.")
                                        for i, row in enumerate(titles) if any(map(plain, row))]  # fmt: skip
    parents = _parents([_code(row[at["line"]]) for row in body if len(row) > at["line"]])
    width = len(sheet.rows[header])
    for line, short in enumerate(body, start=header + 2):
        row = [*short, *[""] * (width - len(short))]
        reason = _reason(row, layout, parents)
        cells = [_code(row[at["line"]]) if name in ("line", "account") else row[at[name]] for name in ours]
        rows.append([*cells, *supplied] if reason is None and any(map(plain, row)) else [])
        if reason is not None and any(map(plain, row)):
            left_out.append((line, *reason))
    origin = {name: (at[name], plain(sheet.rows[header][at[name]])) for name in ours if name in at}
    return [Reshaped(sheet=replace(sheet, rows=rows), table="budgets", left_out=tuple(left_out), origin=origin,
                     notes=_not_read(sheet.rows[header], layout))]  # fmt: skip


def _not_read(header: Sequence[Cell], layout: _Layout) -> tuple[tuple[str, str, str], ...]:
    """Say which columns are not read."""
    known = {*layout.at.values(), layout.before}
    others = [plain(cell) for i, cell in enumerate(header) if i not in known and plain(cell)]
    return (("header-unknown", "Not read: {columns}.", ", ".join(others)),) if others else ()


def _amount_header(rows: Lines, header: int, position: int) -> str:
    """Return our header of amounts, with the unit in which the file gives them."""
    own = factor_of(plain(rows[header][position]))
    factor = own if own > 1 else factor_above(rows[:header])
    return "amount" + next((f" ({word})" for word, times in FACTORS.items() if times == factor), "")
