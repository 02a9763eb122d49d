"""HiGHS in a process of its own that can be killed: it overruns its limits on large problems."""

import multiprocessing
import os
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import Any, Self

import numpy as np
from scipy.sparse import csc_array

from recommender.allocation.constraints import Program
from recommender.allocation.limits import Deadline
from training_catalog.columns import FloatArray, IndexArray
from training_catalog.errors import SolverError

GRACE_SECONDS = 2.0  # how long an overrun is tolerated before the process is killed
SMALLEST_LIMIT = 0.1  # seconds given to HiGHS at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What HiGHS said.

    Parameters
    ----------
    values : shape (n_columns,), or None when it found no plan.
    bound : No plan of this program is worth more; infinite when none was proved.
    is_optimal : Whether it proved the values optimal within its gap.
    is_infeasible : Whether it proved that no plan exists.
    row_prices : Dual values of the rows of a linear program; None for an integer program.
    """

    values: FloatArray | None
    bound: float
    is_optimal: bool
    is_infeasible: bool
    row_prices: FloatArray | None = None


NO_ANSWER = Answer(values=None, bound=np.inf, is_optimal=False, is_infeasible=False)


def run_highs(program: Program, start: FloatArray | None, *, seconds: float, gap: float, seed: int,
              is_linear: bool = False) -> Answer:  # fmt: skip
    """Solve a program in this process.

    Parameters
    ----------
    program : What to maximise.
    start : A feasible point to begin from.
    seconds, gap, seed : Limits; HiGHS does not always keep the first, hence `Solver`.
    is_linear : Whether to drop the whole-number conditions.
    """
    import highspy  # noqa: PLC0415 (only the solver's process needs it)

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy ships no types
    options = {
        "output_flag": False, "threads": 1, "random_seed": seed, "time_limit": max(seconds, SMALLEST_LIMIT),
        "mip_rel_gap": gap, "mip_abs_gap": 1e-9, "mip_feasibility_tolerance": 1e-7,
        "primal_feasibility_tolerance": 1e-8, "mip_heuristic_run_feasibility_jump": False,
        "mip_detect_symmetry": False,
    }  # fmt: skip
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, program, is_linear=is_linear))
    if start is not None and not is_linear:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _answer(highspy, solver, program, is_linear=is_linear)


def _model(highspy: Any, program: Program, *, is_linear: bool) -> Any:  # noqa: ANN401 (highspy ships no types)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.row_lower)
    model.sense_ = highspy.ObjSense.kMaximize
    model.offset_ = program.constant
    model.col_cost_, model.col_lower_, model.col_upper_ = program.cost, program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = program.matrix.data
    if not is_linear:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(whole)] for whole in program.is_integer]
    return model


def _answer(highspy: Any, solver: Any, program: Program, *, is_linear: bool) -> Answer:  # noqa: ANN401 (highspy ships no types)
    status, info, solution = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    optimal = status == highspy.HighsModelStatus.kOptimal
    infeasible = status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    found = info.primal_solution_status == highspy.kSolutionStatusFeasible and len(solution.col_value)
    values = np.asarray(solution.col_value, dtype=np.float64) if found else None
    if is_linear:
        bound = float(info.objective_function_value) if optimal else np.inf
        prices = np.asarray(solution.row_dual, dtype=np.float64) if optimal else None
        return Answer(values=values, bound=bound, is_optimal=optimal, is_infeasible=infeasible, row_prices=prices)
    bound = float(info.mip_dual_bound)
    if not len(program.cost):
        bound = program.constant
    return Answer(values=values, bound=bound if np.isfinite(bound) else np.inf, is_optimal=optimal,
                  is_infeasible=infeasible)  # fmt: skip


def _serve(connection: Connection) -> None:
    """Answer programs until the other end closes; the body of the solver's process.

    HiGHS prints a banner on standard output whatever its options say, and a caller may be writing JSON there.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while True:
        try:
            program, start, settings = connection.recv()
        except EOFError:
            return
        connection.send(run_highs(program, start, **settings))


class Solver:
    """A process that answers one program after another, killed when it overruns.

    Parameters
    ----------
    deadline : When everything must be over.
    seed : Seed of HiGHS.
    """

    def __init__(self, deadline: Deadline, seed: int) -> None:
        self._deadline = deadline
        self._seed = seed
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._connection: Any = None
        self.n_killed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _begin(self) -> None:
        if self._process is None:
            self._connection, other = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(other,), daemon=True)
            self._process.start()
            other.close()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
            self._process = None

    def solve(self, program: Program, start: FloatArray | None = None, *, seconds: float, gap: float,
              is_linear: bool = False) -> Answer:  # fmt: skip
        """Solve a program within the time left; no answer when the process had to be killed.

        Raises
        ------
        SolverError
            When the process died by itself.
        """
        seconds = min(seconds, self._deadline.left())
        if seconds <= 0:
            return NO_ANSWER
        self._begin()
        settings = {"seconds": seconds, "gap": gap, "seed": self._seed, "is_linear": is_linear}
        self._connection.send((program, start, settings))
        if self._connection.poll(seconds + GRACE_SECONDS):
            try:
                answer: Answer = self._connection.recv()
            except EOFError as error:
                self.stop()
                raise SolverError("the solver's process died") from error
            return answer
        self.n_killed += 1
        self.stop()
        return NO_ANSWER


def restrict(program: Program, columns: IndexArray, current: FloatArray) -> Program:
    """Keep some columns free and hold the others at their current value.

    Parameters
    ----------
    program : The whole program.
    columns : Free columns, ascending.
    current : shape (n_columns,), a point that keeps every row.

    Returns
    -------
    A program of the free columns alone; rows that none of them enters are left out.
    """
    part = csc_array(program.matrix[:, columns])
    used = np.unique(part.indices)
    held = program.matrix @ current - part @ current[columns]
    shifted_lower, shifted_upper = program.row_lower[used] - held[used], program.row_upper[used] - held[used]
    at = part @ current[columns]
    return Program(
        matrix=csc_array(part.tocsr()[used].tocsc()),
        cost=program.cost[columns],
        lower=program.lower[columns],
        upper=program.upper[columns],
        is_integer=program.is_integer[columns],
        row_lower=np.minimum(shifted_lower, at[used] + 0.0) if len(used) else shifted_lower,
        row_upper=np.maximum(shifted_upper, at[used] - 0.0) if len(used) else shifted_upper,
        n_options=int((columns < program.n_options).sum()),
        n_classes=0,
    )


def highs_version() -> str:
    """Return the name and version of the solver."""
    return f"HiGHS {version('highspy')}"
