"""What speaks for and against a fitted model: quality by slice, calibration, and what it means for groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.evaluation import Split, later_rows
from models.fairness import GroupFigure, compare_groups
from models.judged import Judged
from models.reliability import Bin, benefit_bins, completion_bins
from models.slices import HARMED, SliceFigure, judge_slices
from recommender.outcomes import Outcomes
from recommender.plan_tables import report_groups
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, IndexArray, TextArray
from training_catalog.tables_people import EMPLOYMENT_TYPES
from training_catalog.training import MODES

MOST_KINDS = 12  # kinds of units told apart; people of rarer ones stand together
OTHER = "other"
NEWNESS = ("new", "known")  # whether the split's model had seen any participation of the person, or of the training

Groups = dict[str, tuple[tuple[str, ...], IndexArray]]  # by name: names of the groups, and the group of each row


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found on later participations.

    Parameters
    ----------
    names : Names of the groups, by way of slicing or of grouping.
    slices : Model against rule by ``unit_kind``, ``employment_type``, ``position_class``, ``person``, ``training`` and
        ``mode``.
    completion, benefit : Calibration.
    fairness : Selection rate and benefit by ``sex``, ``age_band`` and ``employment_type``.
    """

    names: dict[str, tuple[str, ...]]
    slices: dict[str, tuple[SliceFigure, ...]]
    completion: tuple[Bin, ...]
    benefit: tuple[Bin, ...]
    fairness: dict[str, tuple[GroupFigure, ...]]

    @property
    def does_harm(self) -> bool:
        """Whether the model is clearly worse than the rule for some slice."""
        return any(one.code == HARMED for figures in self.slices.values() for one in figures)


def gather_evidence(
    judged: Judged, outcomes: Outcomes, splits: Sequence[Split], workforce: Workforce, catalog: Catalog, on: date,
    rng: np.random.Generator,
) -> Evidence:  # fmt: skip
    """Judge a model by slice, by bins of what it foretold, and by groups.

    Parameters
    ----------
    judged : What was foretold of the later rows of every split, one split after the other.
    outcomes, splits : Participations, and the rows before and after each split.
    workforce, catalog : Whose and which participations they are.
    on : Day on which age counts.
    rng : For the bootstrap.
    """
    slices = slices_of(outcomes, splits, workforce, catalog)
    groups = groups_of(outcomes, splits, workforce, on)
    return Evidence(
        names={name: names for name, (names, _) in {**slices, **groups}.items()},
        slices=judge_slices(judged, {name: (len(names), of) for name, (names, of) in slices.items()}, rng),
        completion=completion_bins(judged),
        benefit=benefit_bins(judged),
        fairness={name: compare_groups(judged, of, len(names)) for name, (names, of) in groups.items()},
    )


def slices_of(outcomes: Outcomes, splits: Sequence[Split], workforce: Workforce, catalog: Catalog) -> Groups:
    """Return the slices of the later rows, one split after the other."""
    rows = later_rows(splits)
    employee, training = outcomes.employee[rows], outcomes.training[rows]
    kinds, kind = unit_kinds(workforce)
    place = workforce.position[employee]
    classes = np.where(place >= 0, np.append(catalog.positions.position_class, -1)[place], -1)
    new_person = [_is_new(outcomes.employee, split) for split in splits]
    new_training = [_is_new(outcomes.training, split) for split in splits]
    return {
        "unit_kind": (kinds, np.append(kind, -1)[workforce.unit[employee]]),
        "employment_type": (EMPLOYMENT_TYPES, workforce.employment_type[employee]),
        "position_class": (tuple(catalog.positions.classes.tolist()), classes.astype(np.int64)),
        "person": (NEWNESS, (~np.concatenate(new_person)).astype(np.int64)),
        "training": (NEWNESS, (~np.concatenate(new_training)).astype(np.int64)),
        "mode": (MODES, np.append(catalog.trainings.mode, -1)[training].astype(np.int64)),
    }


def groups_of(outcomes: Outcomes, splits: Sequence[Split], workforce: Workforce, on: date) -> Groups:
    """Return the groups of the fairness report, of the later rows; no model ever sees them."""
    employee = outcomes.employee[later_rows(splits)]
    groups: Groups = {}
    for name, told in report_groups(workforce, on).items():
        codes, code = np.unique(told, return_inverse=True)
        groups[name] = (tuple(codes.tolist()), code[employee].astype(np.int64))
    return {**groups, "employment_type": (EMPLOYMENT_TYPES, workforce.employment_type[employee])}


def _is_new(identity: IndexArray, split: Split) -> BoolArray:
    """Return which later rows are of a person, or training, that no earlier row is of."""
    earlier, later = split
    return ~np.isin(identity[later], identity[earlier])


def _shared_beginnings(names: list[list[str]]) -> TextArray:
    """Return, for each name, the words that all names share which begin with the same word; `OTHER` for none."""
    shared: dict[str, list[str]] = {}
    for words in names:
        if words:
            first = shared.setdefault(words[0].casefold(), words)
            n = next((i for i, (one, other) in enumerate(zip(first, words, strict=False))
                      if one.casefold() != other.casefold()), min(len(first), len(words)))  # fmt: skip
            shared[words[0].casefold()] = first[:n]
    return np.array([" ".join(shared[words[0].casefold()]) if words else OTHER for words in names], dtype=np.str_)


def unit_kinds(workforce: Workforce) -> tuple[tuple[str, ...], IndexArray]:
    """Return kinds of units by how their names begin (Dinas, Badan, Rumah Sakit ...), and the kind of each unit.

    A kind is the words that all names share which begin with the same one, as the first of them is written; a unit
    whose name begins like no other's is a kind of its own.

    Returns
    -------
    kinds : The `MOST_KINDS` that most people are in, most first (ties: by name); `OTHER` last where there are more.
    kind : shape (n_units,).
    """
    words = _shared_beginnings([name.split() for name in workforce.units.names.tolist()])
    people = np.bincount(workforce.unit[workforce.unit >= 0], minlength=len(words))
    kinds, of_unit = np.unique(words, return_inverse=True)
    size = np.bincount(of_unit, weights=people, minlength=len(kinds))
    order = np.lexsort((kinds, -size))
    place = np.empty(len(kinds), dtype=np.int64)
    place[order] = np.minimum(np.arange(len(kinds)), MOST_KINDS)
    names = [*kinds[order[:MOST_KINDS]].tolist(), *([OTHER] if len(kinds) > MOST_KINDS else [])]
    return tuple(names), place[of_unit]
