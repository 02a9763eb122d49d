"""xAPI statements, also those of cmi5: completions of people in training histories."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from service.imports.cells import Cell, LeftOut, Lines, Reshaped, Sheet
from service.imports.dates import MOMENT, local_days
from service.imports.headers import plain
from service.imports.reshaping import header_names, placed_as, records

_HEADER = ("employee", "training", "training_name", "end_date", "status", "post_score", "provider")
_COMPLETED = frozenset({"completed", "passed", "satisfied", "mastered"})
_RANK = {"completed": 2, "failed": 1, "withdrawn": 0}  # of the statements of one attempt, the best one counts
_LANGUAGES = ("id", "id-ID", "en", "en-US", "en-GB")
_OTHER = "The statement tells of no completion, failure or withdrawal; left out."
_VOIDED = "The statement was voided, or voids another; left out."
_NO_SCORE = "A score below zero, that is no number or without its largest value is not read."
_BY_CLOCK = "Moments of other time zones are read as days by the clock of western Indonesia (WIB)."
_CLOCK = re.compile(r"(?<=^\d{4}-\d{2}-\d{2})[Tt ].*$")
_SAME = "Another statement tells the outcome of the same attempt or day; left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one statement says of one attempt."""

    line: int
    attempt: tuple[str, ...]
    day: str
    status: str
    score: Cell
    has_unread: bool  # a score that means nothing on 0 to 100
    cells: tuple[Cell, ...]


def is_xapi(rows: Lines) -> bool:
    """Return whether rows are statements: who, did what, with what."""
    return {"actor", "verb", "object"} <= set(header_names(rows))


def _part(cell: Cell, *path: str) -> Cell:
    """Return what stands in a nested cell at a path; empty where nothing does."""
    try:
        found = json.loads(cell) if isinstance(cell, str) else cell
    except ValueError:
        return ""
    for name in path:
        found = found.get(name, "") if isinstance(found, dict) else ""
    return "" if found is None else found


def last_part(address: Cell) -> str:
    """Return the last part of an address: what other systems know a thing by.

    Examples
    --------
    >>> last_part("https://lms.example/courses/P01/"), last_part("P01")
    ('P01', 'P01')
    """
    return re.split(r"[/#:]", plain(address).rstrip("/#"))[-1]


def _title(names: Cell) -> str:
    """Return a title in the language most wanted of those that there are."""
    if not isinstance(names, dict) or not names:
        return ""
    return plain(next((names[lang] for lang in _LANGUAGES if names.get(lang)), next(iter(names.values()))))


def _status(verb: str, result: Cell) -> str | None:
    if verb == "failed" or _part(result, "success") is False:
        return "failed"
    if verb == "abandoned":
        return "withdrawn"
    is_complete = _part(result, "completion")
    return "completed" if is_complete is True or (verb in _COMPLETED and is_complete is not False) else None


def _score(result: Cell) -> Cell:
    """Return a score on 0 to 100: the scaled one, or the raw one where the most that can be reached is told."""
    scaled, raw, most = (_part(result, "score", name) for name in ("scaled", "raw", "max"))
    if isinstance(scaled, int | float) and not isinstance(scaled, bool) and scaled >= 0:
        return round(100 * scaled, 6)
    if isinstance(raw, int | float) and isinstance(most, int | float) and most > 0:
        return round(100 * raw / most, 6)
    return ""


def _moment(row: dict[str, Cell]) -> str:
    return plain(row.get("timestamp", "") or row.get("stored", ""))


def _day(moment: str) -> str:
    """Return the day of a moment by the clock of western Indonesia, unless it is told by one of Indonesia's clocks.

    What is no moment stays as it is written.
    """
    found = MOMENT.match(moment.lower())
    return min(local_days(*found.groups())) if found else _CLOCK.sub("", moment)


def _outcome(line: int, row: dict[str, Cell]) -> _Outcome | None:
    result = row.get("result", "")
    status = _status(last_part(_part(row["verb"], "id")), result)
    if status is None:
        return None
    person, address = _part(row["actor"], "account", "name"), plain(_part(row["object"], "id"))
    whoever = plain(person) or plain(row["actor"])  # several without an account are still several
    day = _day(_moment(row))
    registration = plain(_part(row.get("context", ""), "registration"))
    return _Outcome(
        line=line, attempt=(whoever, address, registration or day), day=day, status=status, score=_score(result),
        has_unread=_score(result) == "" and any(_part(result, "score", name) != "" for name in ("scaled", "raw")),
        cells=(person, last_part(address), _title(_part(row["object"], "definition", "name")), day, status,
               plain(_part(row.get("context", ""), "platform"))),
    )  # fmt: skip


def _voided(rows: list[tuple[int, dict[str, Cell]]]) -> set[int]:
    """Return the lines of statements that void others, and of those that they void."""
    voiding = {line: plain(_part(row["object"], "id")) for line, row in rows
               if last_part(_part(row["verb"], "id")) == "voided"}  # fmt: skip
    targets = set(voiding.values())
    return set(voiding) | {line for line, row in rows if plain(row.get("id", "")) in targets - {""}}


def _best(told: list[_Outcome]) -> _Outcome:
    return max(told, key=lambda one: (_RANK[one.status], one.day, -one.line))


def _by_day(attempts: Iterable[list[_Outcome]]) -> list[list[_Outcome]]:
    """Join attempts that end on one day: a history has one row of a training and a day."""
    days: dict[tuple[str, ...], list[_Outcome]] = defaultdict(list)
    for told in attempts:
        best = _best(told)
        days[*best.attempt[:2], best.day].extend(told)
    return list(days.values())


def reshape_xapi(sheet: Sheet) -> list[Reshaped]:
    """Bring statements to histories: one row an attempt, with its best outcome and its last score."""
    rows = records(sheet)
    voided = _voided(rows)
    left_out: list[LeftOut] = [(line, "row-incomplete", _VOIDED) for line in sorted(voided)]
    attempts: dict[tuple[str, ...], list[_Outcome]] = defaultdict(list)
    for line, row in rows:
        outcome = None if line in voided else _outcome(line, row)
        if outcome is not None:
            attempts[outcome.attempt].append(outcome)
        elif line not in voided:
            left_out.append((line, "row-incomplete", _OTHER))
    unread = [
        (one.line, "number-unreadable", _NO_SCORE) for told in attempts.values() for one in told if one.has_unread
    ]
    lines: dict[int, list[Cell]] = {}
    for told in _by_day(attempts.values()):
        chosen = _best(told)
        scores = [one.score for one in sorted(told, key=lambda one: (one.day, one.line)) if one.score != ""]
        *cells, provider = chosen.cells
        lines[chosen.line] = [*cells, scores[-1] if scores else "", provider]
        left_out += [(one.line, "row-repeated", _SAME) for one in told if one is not chosen]
    is_elsewhere = any(not moment.startswith(_day(moment)) for moment in map(_moment, (row for _, row in rows)))
    return [Reshaped(sheet=placed_as(sheet, "history", _HEADER, lines), table="history",
                     notes=(("date-assumed", _BY_CLOCK, ""),) if is_elsewhere else (),
                     left_out=tuple(sorted(left_out)), warnings=tuple(sorted(unread)))]  # fmt: skip
