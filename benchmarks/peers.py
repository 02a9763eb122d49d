"""Other solvers on the very program that ours solves: HiGHS, and OR-Tools where it is installed."""

import time
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np
from scipy.sparse import csr_matrix

from recommender.allocation.exact import Model, build_model, demands
from recommender.allocation.highs import Solver
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program, demand_rows
from training_catalog.columns import FloatArray

HAS_ORTOOLS = find_spec("ortools") is not None
UNBOUNDED = 1e6  # in place of infinity, which CP-SAT has no word for


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a solver found: the value of its plan (-inf for none) and its bound (inf for none).

    `early` are the seconds after which a bound was first told, and the bound.
    """

    value: float = -np.inf
    bound: float = np.inf
    early: tuple[float, float] | None = None


def with_demands(problem: AllocationProblem) -> Model:
    """Return the problem's program with every demand in it as a hard row."""
    model = build_model(problem)
    groups = demands(problem)
    return replace(model, program=demand_rows(model.program, groups, np.ones(len(groups))))


def _value(model: Model, values: np.ndarray | None) -> float:
    """Recount what a point's plan is worth; -inf for none, or for one that breaks a line."""
    if values is None:
        return -np.inf
    chosen = np.flatnonzero(values[: model.layout.n_options] > 0.5)
    return worth(model.problem, chosen).objective if model.totals.keeps(chosen) else -np.inf


def highs_whole(problem: AllocationProblem, seconds: float) -> Found:
    """Give HiGHS the whole program from nothing, with feasibility jump and symmetry detection off."""
    limits = SolveLimits(seconds=seconds, clock=time.monotonic)
    with Solver(Deadline(limits), 0) as solver:
        model = with_demands(problem)
        answer = solver.solve(model.program, None, seconds=seconds, gap=1e-4)
    return Found(value=_value(model, answer.values), bound=answer.bound)


def highs_linear(problem: AllocationProblem, seconds: float) -> Found:
    """Let HiGHS solve the linear relaxation."""
    limits = SolveLimits(seconds=seconds, clock=time.monotonic)
    with Solver(Deadline(limits), 0) as solver:
        program = with_demands(problem).program
        linear = replace(program, is_integer=np.zeros_like(program.is_integer))
        answer = solver.solve(linear, None, seconds=seconds, gap=0.0)
    if answer.values is None or not answer.is_optimal:
        return Found()
    return Found(bound=float(program.cost @ answer.values) + program.constant)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a solver of OR-Tools said of a program."""

    values: FloatArray
    value: float
    bound: float


def _ortools(program: Program, name: str, seconds: float) -> _Said | None:
    """Run a solver of OR-Tools on a program; None where it found nothing."""
    from ortools.linear_solver.python import model_builder as builder  # noqa: PLC0415 (an extra)

    model, solver = builder.Model(), builder.Solver(name)
    upper = np.where(np.isfinite(program.upper), program.upper, UNBOUNDED)
    model.helper.fill_model_from_sparse_data(
        program.lower, upper, program.cost, program.row_lower, program.row_upper, csr_matrix(program.matrix)
    )
    for column in np.flatnonzero(program.is_integer).tolist():
        model.helper.set_var_integrality(column, True)
    model.helper.set_maximize(True)
    model.helper.set_objective_offset(program.constant)
    solver.set_time_limit_in_seconds(seconds)
    if solver.solve(model) not in (builder.SolveStatus.OPTIMAL, builder.SolveStatus.FEASIBLE):
        return None
    return _Said(values=np.asarray(solver.values(model.get_variables())), value=float(solver.objective_value),
                 bound=float(solver.best_objective_bound))  # fmt: skip


def pdlp(problem: AllocationProblem, seconds: float) -> Found:
    """Let OR-Tools' PDLP solve the linear relaxation; its value is approximate, so it is no strict bound."""
    program = with_demands(problem).program
    said = _ortools(replace(program, is_integer=np.zeros_like(program.is_integer)), "pdlp", seconds)
    return Found() if said is None else Found(bound=said.value)


def cp_sat_on(program: Program, seconds: float) -> Found | None:
    """Let OR-Tools' CP-SAT solve a program from nothing; its value is as it says. None where it found nothing."""
    said = _ortools(program, "sat", seconds)
    return None if said is None else Found(value=said.value, bound=said.bound)


def cp_sat(problem: AllocationProblem, seconds: float) -> Found:
    """Let OR-Tools' CP-SAT solve the whole program from nothing."""
    model = with_demands(problem)
    said = _ortools(model.program, "sat", seconds)
    return Found() if said is None else Found(value=_value(model, said.values), bound=said.bound)
