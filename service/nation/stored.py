"""Regions of agencies between the steps of a plan: read and checked once, then fetched by whichever process works."""

import hashlib
import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recommender.allocation.crossing import Crossing
from recommender.allocation.problem import Earmark, Money
from recommender.allocation.region import Region
from recommender.allocation.regions import cut
from service.nation.reading import AGENCY, read_agency
from service.schemas.problem import ProblemFile
from service.schemas.problem_columns import to_columns
from service.schemas.problem_reading import refuse
from training_catalog.columns import IndexArray, TextArray
from training_catalog.errors import InputError

DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A region of an agency, kept in a file of the running plan.

    Parameters
    ----------
    agency : Its name.
    part : Its number in the agency.
    path : The file.
    """

    agency: str
    part: int
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """An agency, read and cut.

    Parameters
    ----------
    pieces : Its regions.
    lines, amount : Lines that its regions share with each other or with other agencies, and what each may spend.
    earmarks : As its rules have them.
    trainings : Trainings that it gives.
    people, classes : shape (n,), digests of the ids, by which the same id in two agencies is found.
    own_lines : Lines that stand in its own tables.
    n_options : Options of all its people.
    """

    pieces: tuple[Piece, ...]
    lines: TextArray
    amount: Money
    earmarks: tuple[Earmark, ...]
    trainings: frozenset[str]
    people: IndexArray
    classes: IndexArray
    own_lines: frozenset[str]
    n_options: int


def _digests(ids: list[str]) -> IndexArray:
    """Return a number for each id, the same everywhere."""
    return np.array(
        [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=DIGEST_BYTES).digest(), "big", signed=True)
         for one in ids], dtype=np.int64,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Reads agencies into pieces.

    Parameters
    ----------
    shared : What all agencies share.
    folder : Where pieces are kept; every process can write and read there.
    """

    shared: dict[str, Any]
    folder: Path

    def __call__(self, agency: Path) -> Surveyed | InputError:
        """Read, check and cut an agency; return what is wrong with it where something is."""
        try:
            return self._read(agency)
        except InputError as error:
            return error

    def _read(self, agency: Path) -> Surveyed:
        name = agency.name.removeprefix(AGENCY)
        parsed = read_agency(agency, self.shared)
        _refuse_unknown_classes(parsed, agency.name)
        problem = to_columns(parsed)
        common = {line["line"] for line in self.shared["budgets"]}
        regions = cut(problem, shared=common)
        pieces = []
        for part, region in enumerate(regions.regions):
            path = self.folder / f"{agency.name}.{part}"
            path.write_bytes(pickle.dumps(region, protocol=pickle.HIGHEST_PROTOCOL))
            pieces.append(Piece(agency=name, part=part, path=path))
        return Surveyed(
            pieces=tuple(pieces), lines=regions.crossing.ids, amount=regions.crossing.amount,
            earmarks=problem.rules.earmarks, trainings=frozenset(problem.classes.training_ids.tolist()),
            people=_digests(problem.people.ids.tolist()), classes=_digests(problem.classes.ids.tolist()),
            own_lines=frozenset(problem.lines.ids.tolist()) - common, n_options=len(problem.options.employee),
        )  # fmt: skip


def _refuse_unknown_classes(parsed: ProblemFile, agency: str) -> None:
    known = {offering.offering for offering in parsed.offerings}
    unknown = [(i, option.offering) for i, option in enumerate(parsed.options) if option.offering not in known]
    refuse([InputError("$.options[{i}].offering: '{value}' is not among the agency's offerings", i=i, value=offering)
            for i, offering in unknown], agency)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Fetches a region of this plan, its shared lines numbered as the nation has them.

    Parameters
    ----------
    piece : Where it is.
    lines : shape (n_lines,), lines that regions share, ascending.
    """

    piece: Piece
    lines: TextArray

    def __call__(self) -> Region:
        """Read the region; the file was written by this same plan, in a folder that only its owner can open."""
        region: Region = pickle.loads(self.piece.path.read_bytes())  # noqa: S301 (our own, see above)
        shared = np.full(len(region.shared), -1, dtype=np.int64)
        crosses = region.shared >= 0
        shared[crosses] = np.searchsorted(self.lines, region.problem.lines.ids[crosses])
        return replace(region, shared=shared, n_shared=len(self.lines))


def crossing_of(surveyed: list[Surveyed], rules: dict[str, Any]) -> Crossing:
    """Join what agencies share.

    Raises
    ------
    InputError
        When an id stands in two agencies, or an earmark names a training that none of them gives.
    """
    _refuse_twice([part.people for part in surveyed], surveyed, "employee")
    _refuse_twice([part.classes for part in surveyed], surveyed, "offering")
    _refuse_twice([_digests(sorted(part.own_lines)) for part in surveyed], surveyed, "line")
    given = frozenset[str]().union(*(part.trainings for part in surveyed))
    for i, mark in enumerate(rules.get("earmarks", ())):
        for training in mark["trainings"]:
            if training not in given:
                raise InputError("$.rules.earmarks[{i}].trainings: '{value}' is given by no agency",
                                 i=i, value=training)  # fmt: skip
    lines, first = np.unique(np.concatenate([part.lines for part in surveyed]), return_index=True)
    amount = np.concatenate([part.amount for part in surveyed])[first]
    return Crossing(ids=lines, amount=amount, earmarks=surveyed[0].earmarks)


def _refuse_twice(digests: list[IndexArray], surveyed: list[Surveyed], kind: str) -> None:
    """Refuse an id that two agencies have."""
    every = np.concatenate(digests)
    agency = np.repeat(np.arange(len(digests)), [len(part) for part in digests])
    order = np.lexsort((agency, every))
    same = np.flatnonzero(np.diff(every[order]) == 0)
    if len(same):
        pair = agency[order[same[0] : same[0] + 2]].tolist()
        names = [surveyed[i].pieces[0].agency for i in pair]
        raise InputError("{kind}: {n} ids stand in two agencies, for example in {first} and {second}; accepted: each "
                         "id in one agency", kind=kind, n=len(same), first=names[0], second=names[1])  # fmt: skip
