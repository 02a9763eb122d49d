"""Each region's part of a plan on disk, recounted there: who sits where, and the prices that prove the bound."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.allocation.clashes import name_clashes
from recommender.allocation.crossing import Crossing
from recommender.allocation.objective import worth
from recommender.allocation.region import Region
from recommender.allocation.region_plan import RegionPlan
from recommender.allocation.result import Allocation, Status
from recommender.allocation.verify import verify
from service.nation.reading import AGENCY
from service.nation.stored import Piece
from service.schemas.prices import prices_document
from training_catalog.columns import FloatArray


def allocation_of(region: Region, plan: RegionPlan, shared: FloatArray, crossing: Crossing) -> Allocation:
    """Return a region's plan as an answer to its problem, with what is shared all its own.

    Parameters
    ----------
    region, plan : A region and its part of the plan.
    shared : shape (n_limits,), prices of a rupiah of what regions share.
    crossing : What they share.
    """
    own_lines = np.zeros(crossing.n_limits)
    own_lines[region.shared[region.shared >= 0]] = 1.0
    own_lines[len(crossing.ids) :] = 1.0
    held = float((shared * own_lines) @ crossing.limit)
    value, unmet = worth(region.problem, plan.chosen), list(plan.unmet)
    bound = max(plan.totals.price_bound + held, value.objective)
    return Allocation(
        chosen=plan.chosen, status=Status.INFEASIBLE if unmet else Status.HEURISTIC, objective=value.objective,
        bound=bound, line_prices=plan.prices.lines,
        clashes=name_clashes(region.problem, plan.chosen, unmet, value), stopped_by_clock=plan.totals.was_stopped,
        is_unmet_proved=not unmet,
        solver="dual", prices=plan.prices, price_bound=bound,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Writes each region's part into its agency's folder, and recounts it there.

    Parameters
    ----------
    folder : Of the plan.
    pieces : The regions, by number.
    crossing : What they share.
    is_recounted : Whether every rule, the value and the bound are recounted by code apart from the solver's.
    """

    folder: Path
    pieces: tuple[Piece, ...]
    crossing: Crossing
    is_recounted: bool = True

    def __call__(self, number: int, region: Region, plan: RegionPlan, shared: FloatArray) -> None:
        """Write a region's part."""
        piece = self.pieces[number]
        folder = self.folder / f"{AGENCY}{piece.agency}"
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(_seats(region, plan), folder / f"part-{piece.part}.parquet")
        allocation = allocation_of(region, plan, shared, self.crossing)
        wrong = [str(one) for one in verify(region.problem, allocation)] if self.is_recounted else []
        document = {
            "prices": prices_document(region.problem, plan.prices), "recounted": self.is_recounted, "violations": wrong,
            "clashes": [asdict(clash) for clash in allocation.clashes],
        }  # fmt: skip
        (folder / f"part-{piece.part}.json").write_text(json.dumps(document), encoding="utf-8")


def _seats(region: Region, plan: RegionPlan) -> pa.Table:
    """Return who sits where, what it costs in rupiah, and what it gains in levels."""
    problem, chosen = region.problem, plan.chosen
    offering = problem.options.offering[chosen]
    return pa.table({
        "employee": problem.people.ids[problem.options.employee[chosen]].tolist(),
        "offering": problem.classes.ids[offering].tolist(),
        "training": problem.classes.training_ids[problem.classes.training[offering]].tolist(),
        "cost": problem.options.cost[chosen], "benefit": problem.options.benefit[chosen],
    })  # fmt: skip
