"""Display names for the ids of a plan, gathered where people read them: reports and files."""

from dataclasses import dataclass, field

import pandas as pd

from training_catalog.frames import Tables, text_of

NAMED = ("employees", "units", "competencies", "trainings", "positions")  # tables that hold the names


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of ids; an id without a name is shown as it is.

    Parameters
    ----------
    office : Name of the agency the plan is for; empty when not known.
    employees, units, competencies, trainings, positions : Id to display name.
    position_of : Employee to position id, for rosters.
    """

    office: str = ""
    employees: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    competencies: dict[str, str] = field(default_factory=dict)
    trainings: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    position_of: dict[str, str] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        """Return the name of a unit."""
        return self.units.get(code, code)

    def competency(self, code: str) -> str:
        """Return the name of a competency."""
        return self.competencies.get(code, code)

    def training(self, code: str) -> str:
        """Return the title of a training."""
        return self.trainings.get(code, code)

    def position(self, employee: str) -> str:
        """Return the name of an employee's position; empty when it is not known.

        Examples
        --------
        >>> names = Names(positions={"J1": "Analis"}, position_of={"198001012005011001": "J1"})
        >>> names.position("198001012005011001"), names.position("199001012015011001")
        ('Analis', '')
        """
        code = self.position_of.get(employee, "")
        return self.positions.get(code, code)


def _pairs(frame: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    """Return key to value, leaving out rows without a value."""
    ids, texts = text_of(frame, key).tolist(), text_of(frame, value).tolist()
    return {code: text for code, text in zip(ids, texts, strict=True) if text}


def _office_name(units: pd.DataFrame) -> str:
    """Return the name of the one unit that has none above it; empty when there are several."""
    top = units[text_of(units, "parent") == ""]
    return str(text_of(top, "name")[0]) if len(top) == 1 else ""


def names_from(tables: Tables, *, lang: str = "id", office: str = "") -> Names:
    """Gather the names of an office's tables.

    Parameters
    ----------
    tables : Frames by canonical table name.
    lang : ``en`` prefers English names of competencies where there are any.
    office : Name of the agency; when empty, the one unit at the top of the tree.
    """
    competencies = _pairs(tables["competencies"], "competency", "name")
    if lang == "en":
        competencies |= _pairs(tables["competencies"], "competency", "name_en")
    return Names(
        office=office or _office_name(tables["units"]),
        employees=_pairs(tables["employees"], "employee", "name"),
        units=_pairs(tables["units"], "unit", "name"),
        competencies=competencies,
        trainings=_pairs(tables["trainings"], "training", "name"),
        positions=_pairs(tables["positions"], "position", "name"),
        position_of=_pairs(tables["employees"], "employee", "position"),
    )
