"""Budget lines of one year, and which lines may pay for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from recommender.workforce import Units
from training_catalog.columns import BoolArray, IndexArray, TextArray, check_lengths, freeze
from training_catalog.errors import InputError
from training_catalog.frames import Tables, index_of, sorted_by_key, text_of, whole_of
from training_catalog.quantities import RupiahArray

FEE, TRAVEL = "fee", "travel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Budget lines.

    Parameters
    ----------
    year : Budget year.
    ids : shape (n_lines,), ascending.
    names, account, activity, funding_source : Texts; empty when not given.
    unit : Index into the workforce's units; -1 for a line of the whole office.
    amount, reserved, spent : Whole rupiah.
    parent : Index of the line whose ceiling holds this one; -1 for none.
    purpose : ``fee``, ``travel``, or empty for a line that pays both.
    forms : Form codes the line's account pays for, joined by ``;``; empty for every form.
    """

    year: int
    ids: TextArray
    names: TextArray
    account: TextArray
    activity: TextArray
    funding_source: TextArray
    unit: IndexArray
    amount: RupiahArray
    reserved: RupiahArray
    spent: RupiahArray
    parent: IndexArray
    purpose: TextArray
    forms: TextArray

    def __post_init__(self) -> None:
        check_lengths("budget", len(self.ids), names=self.names, account=self.account, unit=self.unit,
                      amount=self.amount, reserved=self.reserved, spent=self.spent, parent=self.parent,
                      purpose=self.purpose, forms=self.forms)  # fmt: skip
        freeze(self)

    @property
    def available(self) -> RupiahArray:
        """What may still be planned: never below zero."""
        left: RupiahArray = np.maximum(self.amount - self.reserved - self.spent, 0)
        return left

    @property
    def is_leaf(self) -> BoolArray:
        """Whether a line is nobody's parent: only leaves pay."""
        return ~np.isin(np.arange(len(self.ids)), self.parent)


def _account_of(lines: TextArray, accounts: TextArray) -> IndexArray:
    """Return the longest account code that each line's account begins with; -1 for none."""
    found = np.full(len(lines), -1, dtype=np.int64)
    for i in np.argsort(np.char.str_len(accounts), kind="stable"):
        found[np.char.startswith(lines, accounts[i])] = i
    return found


def _taken_along(parent: IndexArray, own: RupiahArray) -> RupiahArray:
    """Return what is taken of each line, by the lines below it as well."""
    total = own.copy()
    for line in np.flatnonzero(own):
        above, seen = int(parent[line]), {int(line)}
        while above >= 0 and above not in seen:
            seen.add(above)
            total[above] += own[line]
            above = int(parent[above])
    return total


def build_budget(
    tables: Tables, units: Units, year: int, factor: Fraction = Fraction(1),
    taken: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Budget:  # fmt: skip
    """Build the budget of a year.

    Parameters
    ----------
    tables : The tables ``budgets``, ``accounts`` and ``offerings``.
    units : Where the lines' units are looked up.
    year : Budget year.
    factor : Every amount is multiplied by it and cut to whole rupiah; for "what if the budget were larger".
    taken : Rupiah that approved plans reserve and spent of the lines that pay, on top of the table's own amounts.

    Raises
    ------
    InputError
        When the year has neither a line nor a class.

    Notes
    -----
    A year without a line has a budget of none: what costs nothing can be planned all the same.
    """
    frame = tables["budgets"]
    frame = sorted_by_key(frame[frame["year"] == year], "line")
    if frame.empty and not (tables["offerings"]["start_date"].dt.year == year).any():
        years = ", ".join(str(y) for y in sorted(set(tables["budgets"]["year"].dropna())))
        raise InputError("budgets: no line and no class for {year}; years with lines: {years}", year=year,
                         years=years or "-")  # fmt: skip
    ids = text_of(frame, "line")
    accounts = tables["accounts"]
    codes = text_of(accounts, "account")
    account = _account_of(text_of(frame, "account"), codes)
    amount = whole_of(frame, "amount")
    parent = index_of(frame, "parent", ids)
    by_plans = np.array([taken.get(str(line), (0, 0)) for line in ids], dtype=np.int64).reshape(-1, 2)
    scaled = np.array([int(a) * factor.numerator // factor.denominator for a in amount], dtype=np.int64)
    return Budget(
        year=year,
        ids=ids,
        names=text_of(frame, "name"),
        account=text_of(frame, "account"),
        activity=text_of(frame, "activity"),
        funding_source=text_of(frame, "funding_source"),
        unit=index_of(frame, "unit", units.ids),
        amount=scaled,
        reserved=whole_of(frame, "reserved") + _taken_along(parent, by_plans[:, 0]),
        spent=whole_of(frame, "spent") + _taken_along(parent, by_plans[:, 1]),
        parent=parent,
        purpose=np.append(text_of(accounts, "purpose"), "")[account],
        forms=np.append(text_of(accounts, "forms"), "")[account],
    )


def _ancestors(units: Units, unit: int) -> Iterator[int]:
    """Yield a unit, the units above it, and -1 for the whole office."""
    seen: set[int] = set()
    while unit >= 0 and unit not in seen:
        seen.add(unit)
        yield unit
        unit = int(units.parent[unit])
    yield -1


def payers(budget: Budget, units: Units, purpose: str, form: str) -> list[IndexArray]:
    """Return, for each unit, the lines that may pay its people's fee or travel.

    Parameters
    ----------
    budget, units : Lines and the unit tree.
    purpose : ``fee`` or ``travel``.
    form : Development form of the training; accounts that name forms pay only for those.

    Returns
    -------
    One array of line indices a unit, and a last one for people without a unit. The nearest unit upwards that has a
    fitting line pays; at one unit, lines whose account names the form come before general ones. Several lines at
    the same place, such as two funding sources, are alternatives.
    """
    named = np.array([form != "" and form in forms.split(";") for forms in budget.forms], dtype=np.bool_)
    fits = budget.is_leaf & np.isin(budget.purpose, (purpose, "")) & (named | (budget.forms == ""))

    def of_unit(unit: int) -> IndexArray:
        for above in _ancestors(units, unit):
            own = fits & (budget.unit == above)
            for choice in (own & named, own):
                if choice.any():
                    return np.flatnonzero(choice)
        return np.empty(0, dtype=np.int64)

    return [of_unit(unit) for unit in range(len(units.ids))] + [of_unit(-1)]
