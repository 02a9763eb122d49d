"""Rosters: who sits in which class, as one workbook, or as a file a class where there are many."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.exports.plan_sheets import Field, Sheet
from service.exports.plan_workbook import Workbook, write_fields
from service.phrases import MODES
from service.wording import Wording

MOST_SHEETS = 60  # classes up to which one workbook is easier to leaf through than a folder
_SHEET_TITLE_LENGTH = 31  # what XLSX allows
_FIRST_LINES = 6  # title, class, days, place, participants, and an empty line


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One class with its participants.

    Parameters
    ----------
    stem : Number and code in letters that every file system takes; unique, in order of the first day.
    offering, title, first_day, last_day, place : The class, in the reader's language.
    people : Employee, name, unit and position, by name.
    """

    stem: str
    offering: str
    title: str
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    place: str
    people: pd.DataFrame


def _people(plan: Plan, names: Names) -> pd.DataFrame:
    """Return every seat with the names of a roster, by class, name and number."""
    seats = plan.assignments[["employee", "unit", "offering"]].astype("object")
    frame = pd.DataFrame({
        "employee": seats["employee"],
        "name": seats["employee"].map(lambda who: names.employees.get(who, who)),
        "unit": seats["unit"].map(names.unit),
        "position": seats["employee"].map(names.position),
        "offering": seats["offering"],
    })  # fmt: skip
    return frame.sort_values(["offering", "name", "employee"], ignore_index=True)


def _place(offering: pd.Series, wording: Wording) -> str:
    """Return city and province, else the mode."""
    named = ", ".join(str(offering[part]) for part in ("city", "province") if offering[part])
    return named or wording.text(MODES.get(offering["mode"], offering["mode"]))


def rosters(plan: Plan, names: Names, wording: Wording) -> Iterator[Roster]:
    """Yield the opened classes, by first day, then code."""
    people = dict(list(_people(plan, names).groupby("offering", sort=False)))
    opened = plan.offerings[plan.offerings["opened"].astype(bool)].sort_values(["start", "offering"])
    for n, (_, offering) in enumerate(opened.iterrows(), start=1):
        code = str(offering["offering"])
        if code in people:
            yield Roster(
                stem=f"{n:04d}-{re.sub('[^A-Za-z0-9]+', '-', code).strip('-')[:60]}",
                offering=code,
                title=names.training(str(offering["training"])),
                first_day=offering["start"],
                last_day=offering["end"],
                place=_place(offering, wording),
                people=people[code].drop(columns="offering").reset_index(drop=True),
            )


def _text(header: str, values: pd.Series, wording: Wording) -> Field:
    return Field(header=wording.text(header), kind="text", cells=values.astype("str"))


def participant_fields(roster: Roster, wording: Wording) -> tuple[Field, ...]:
    """Return number, employee number, name, unit and position."""
    people = roster.people
    return (
        Field(header=wording.text("No."), kind="whole", cells=pd.Series(range(1, len(people) + 1))),
        _text("Employee number", people["employee"], wording),
        _text("Name", people["name"], wording),
        _text("Unit", people["unit"], wording),
        _text("Position", people["position"], wording),
    )


def roster_sheet(roster: Roster, wording: Wording) -> Sheet:
    """Return a roster whose rows each name the class: for a file of its own, and for letters made from it."""
    n_rows = len(roster.people)
    days = (("First day", roster.first_day), ("Last day", roster.last_day))
    fields = (
        *participant_fields(roster, wording),
        _text("Class code", pd.Series([roster.offering] * n_rows), wording),
        _text("Training", pd.Series([roster.title] * n_rows), wording),
        *(Field(header=wording.text(header), kind="date", cells=pd.Series([day] * n_rows)) for header, day in days),
        _text("Place", pd.Series([roster.place] * n_rows), wording),
    )
    return Sheet(title=roster.stem[:_SHEET_TITLE_LENGTH], fields=fields)


def roster_list(found: list[Roster], wording: Wording, *, suffix: str = "") -> Sheet:
    """Return the list of classes, each with the file or sheet of its roster."""
    frame = pd.DataFrame({
        "stem": [roster.stem[: None if suffix else _SHEET_TITLE_LENGTH] + suffix for roster in found],
        "offering": [roster.offering for roster in found],
        "title": [roster.title for roster in found],
        "place": [roster.place for roster in found],
        "n": [len(roster.people) for roster in found],
        "first": pd.Series([roster.first_day for roster in found], dtype="datetime64[s]"),
        "last": pd.Series([roster.last_day for roster in found], dtype="datetime64[s]"),
    })  # fmt: skip
    fields = (
        _text("Roster", frame["stem"], wording),
        _text("Class code", frame["offering"], wording),
        _text("Training", frame["title"], wording),
        Field(header=wording.text("First day"), kind="date", cells=frame["first"]),
        Field(header=wording.text("Last day"), kind="date", cells=frame["last"]),
        _text("Place", frame["place"], wording),
        Field(header=wording.text("Participants"), kind="whole", cells=frame["n"]),
    )
    return Sheet(title=wording.text("Rosters"), fields=fields)


def _head_lines(roster: Roster, wording: Wording) -> tuple[str, ...]:
    """Return what stands above a roster."""
    return (
        roster.title,
        wording.text("Class: {offering}", offering=roster.offering),
        wording.text(
            "Days: {first} to {last}",
            first=wording.date(roster.first_day.date()),
            last=wording.date(roster.last_day.date()),
        ),
        wording.text("Place: {place}", place=roster.place),
        wording.text("Participants: {n}", n=wording.number(len(roster.people))),
    )


def roster_workbook(found: list[Roster], plan: Plan, wording: Wording) -> bytes:
    """Return one XLSX file: the list of classes, then a sheet a class."""
    workbook = Workbook(plan.provenance.on, wording.lang)
    contents = roster_list(found, wording)
    write_fields(workbook, workbook.add_page(contents.title, header_row=0), contents.fields)
    for roster in found:
        page = workbook.add_page(roster.stem[:_SHEET_TITLE_LENGTH], header_row=_FIRST_LINES, landscape=False)
        for row, line in enumerate(_head_lines(roster, wording)):
            page.write_string(row, 0, line, workbook.title if row == 0 else None)
        write_fields(workbook, page, participant_fields(roster, wording), first_row=_FIRST_LINES)
    return workbook.to_bytes()
