"""A plan as titled sheets of typed columns, in the reader's language: what CSV and XLSX are written from."""

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.labels import CLASSES
from service.phrases import MODES, unmet_text
from service.wording import Wording
from training_catalog.frames import text_of
from training_catalog.offering import UNLIMITED_SEATS

Kind = Literal["text", "whole", "decimal", "share", "money", "date", "flag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a sheet.

    Parameters
    ----------
    header : In the reader's language.
    kind : How cells are written; ids are ``text``, so that no digit of them is lost.
    cells : One entry a row; missing stays missing.
    """

    header: str
    kind: Kind
    cells: pd.Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with its title.

    Parameters
    ----------
    title : In the reader's language; at most 31 characters, as XLSX allows.
    fields : Columns of equal length.
    """

    title: str
    fields: tuple[Field, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.fields[0].cells)


class _Columns:
    """Makes fields of one frame's columns."""

    def __init__(self, frame: pd.DataFrame, names: Names, wording: Wording) -> None:
        self._frame, self._names, self._wording = frame, names, wording

    def plain(self, header: str, kind: Kind, column: str) -> Field:
        """Return a column as it is."""
        values = self._frame[column]
        if kind == "text":
            values = pd.Series(text_of(self._frame, column), index=values.index, dtype="str")
        return Field(header=self._wording.text(header), kind=kind, cells=values)

    def named(self, header: str, column: str, names: dict[str, str]) -> Field:
        """Return the names of a column's ids."""
        codes = pd.Series(text_of(self._frame, column), index=self._frame.index, dtype="object")
        values = codes.map(lambda code: names.get(code, code)).astype("str")
        return Field(header=self._wording.text(header), kind="text", cells=values)

    def worded(self, header: str, column: str, phrases: dict[str, str]) -> Field:
        """Return a column of codes in the reader's words; a code without a phrase stays a code."""
        words = {code: self._wording.text(phrase) for code, phrase in phrases.items()}
        return self.named(header, column, words)

    def unit(self) -> tuple[Field, Field]:
        """Return code and name of the unit."""
        return self.plain("Unit code", "text", "unit"), self.named("Unit", "unit", self._names.units)

    def person(self) -> tuple[Field, ...]:
        """Return number, name, unit and position."""
        position_of = {who: self._names.position(who) for who in set(text_of(self._frame, "employee").tolist())}
        return (
            self.plain("Employee number", "text", "employee"),
            self.named("Name", "employee", self._names.employees),
            *self.unit(),
            self.named("Position", "employee", position_of),
        )

    def training(self) -> tuple[Field, Field]:
        """Return code and title of the training."""
        return (
            self.plain("Training code", "text", "training"),
            self.named("Training", "training", self._names.trainings),
        )


def assignment_sheet(plan: Plan, names: Names, wording: Wording) -> Sheet:
    """Return one row a seat."""
    of = _Columns(plan.assignments, names, wording)
    fields = (
        *of.person(),
        of.plain("Class code", "text", "offering"),
        *of.training(),
        of.worded("Mode", "mode", MODES),
        of.plain("First day", "date", "start"),
        of.plain("Last day", "date", "end"),
        of.plain("Hours (JP)", "decimal", "hours"),
        of.plain("Course fee", "money", "fee"),
        of.plain("Travel cost", "money", "travel"),
        of.plain("Cost", "money", "cost"),
        of.plain("Line of the fee", "text", "fee_line"),
        of.plain("Line of the travel", "text", "travel_line"),
        of.plain("Expected levels closed", "decimal", "benefit"),
        of.plain("Lower bound", "decimal", "low"),
        of.plain("Upper bound", "decimal", "high"),
        of.plain("Chance of completion", "share", "completion"),
        of.plain("Competencies", "text", "competencies"),
        of.plain("Mandatory", "flag", "mandatory"),
        of.plain("Pinned", "flag", "pinned"),
    )
    return Sheet(title=wording.text("Assignments"), fields=fields)


def line_sheet(plan: Plan, names: Names, wording: Wording) -> Sheet:
    """Return one row a budget line."""
    of = _Columns(plan.lines, names, wording)
    fields = (
        of.plain("Budget line", "text", "line"),
        of.plain("Description", "text", "name"),
        *of.unit(),
        of.plain("Account", "text", "account"),
        of.plain("Funding source", "text", "funding_source"),
        of.plain("Line above", "text", "parent"),
        of.plain("Ceiling", "money", "amount"),
        of.plain("Reserved before", "money", "reserved"),
        of.plain("Spent", "money", "spent"),
        of.plain("Planned", "money", "planned"),
        of.plain("Reserve kept", "money", "reserve"),
        of.plain("Left free", "money", "free"),
        of.plain("Levels for one more million rupiah", "decimal", "price"),
    )
    return Sheet(title=wording.text("Budget lines"), fields=fields)


def _limited(field: Field) -> Field:
    """Leave the cell of a class without a limit of seats empty."""
    return replace(field, cells=field.cells.where(field.cells < UNLIMITED_SEATS))


def class_sheet(plan: Plan, names: Names, wording: Wording) -> Sheet:
    """Return one row a class that could open."""
    of = _Columns(plan.offerings, names, wording)
    fields = (
        of.plain("Class code", "text", "offering"),
        *of.training(),
        of.worded("Mode", "mode", MODES),
        of.plain("First day", "date", "start"),
        of.plain("Last day", "date", "end"),
        of.plain("City", "text", "city"),
        of.plain("Province", "text", "province"),
        of.plain("Opened", "flag", "opened"),
        of.plain("Fewest seats", "whole", "seats_min"),
        _limited(of.plain("Seats", "whole", "seats")),
        of.plain("Taken", "whole", "taken"),
        of.plain("People who could gain", "whole", "wanted"),
        of.plain("Fixed cost", "money", "fixed_cost"),
        of.plain("Budget line", "text", "line"),
        of.plain("Code", "text", "code"),
        of.worded("Why", "code", CLASSES),
    )
    return Sheet(title=wording.text("Classes"), fields=fields)


def _reasons(unmet: pd.DataFrame, wording: Wording) -> Field:
    """Say each person's reason in a sentence."""
    sentences = [
        unmet_text(dict(zip(unmet.columns, row, strict=True)), wording)
        for row in unmet.itertuples(index=False, name=None)
    ]
    return Field(header=wording.text("Why"), kind="text", cells=pd.Series(sentences, index=unmet.index, dtype="str"))


def unmet_sheet(plan: Plan, names: Names, wording: Wording) -> Sheet:
    """Return one row a person with a need and nothing chosen."""
    of = _Columns(plan.unmet, names, wording)
    fields = (
        *of.person(),
        of.plain("Code", "text", "code"),
        _reasons(plan.unmet, wording),
        *of.training(),
        of.plain("Class code", "text", "offering"),
        of.plain("Expected levels closed", "decimal", "benefit"),
        of.plain("Rupiah needed", "money", "needs"),
        of.plain("Limit", "text", "limit"),
        of.plain("Cut-off", "decimal", "cutoff"),
        of.plain("Chosen instead", "text", "instead"),
        of.plain("Next class", "text", "next_offering"),
        of.plain("Next first day", "date", "next_start"),
    )
    return Sheet(title=wording.text("Unmet needs"), fields=fields)


def gap_sheet(plan: Plan, names: Names, wording: Wording) -> Sheet:
    """Return one row a unit and competency."""
    of = _Columns(plan.gaps, names, wording)
    fields = (
        *of.unit(),
        of.plain("Competency code", "text", "competency"),
        of.named("Competency", "competency", names.competencies),
        of.plain("People", "whole", "n_people"),
        of.plain("Weighted levels before", "decimal", "before"),
        of.plain("Weighted levels closed", "decimal", "closed"),
        of.plain("Weighted levels after", "decimal", "after"),
    )
    return Sheet(title=wording.text("Gaps"), fields=fields)


def plan_sheets(plan: Plan, names: Names, wording: Wording) -> tuple[Sheet, ...]:
    """Return assignments, lines, classes, unmet needs and gaps."""
    makers = (assignment_sheet, line_sheet, class_sheet, unmet_sheet, gap_sheet)
    return tuple(make(plan, names, wording) for make in makers)
