"""HiGHS in a process of its own that can be killed: it overruns its limits on large problems."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import Any, Self

import numpy as np
from scipy.sparse import csc_array

from recommender.allocation.limits import Deadline
from recommender.allocation.program import Program
from training_catalog.columns import FloatArray, IndexArray
from training_catalog.errors import SolverError

GRACE_SECONDS = 0.5  # how long an overrun is tolerated before the process is killed
EARLY_SHARE = 0.03  # HiGHS is asked to stop a little early, because it looks at the clock rarely
LARGEST_PRESOLVED = 40_000  # columns; above it presolve costs more than it saves (measured, see the decision record)
ANY_NODES = 2**31 - 1
LOOK_SECONDS = 0.2  # how often something else is asked whether the search may end
NEWS = 1e-5  # relative fall of the bound that is worth a report
SMALLEST_LIMIT = 0.1  # seconds given to HiGHS at least


class Aim(StrEnum):
    """What a search is for: a plan and a bound as HiGHS weighs them, rather a plan, or a bound alone."""

    BOTH = "both"
    PLAN = "plan"
    BOUND = "bound"


AIMS: dict[Aim, dict[str, float | bool | int]] = {
    Aim.BOTH: {},
    Aim.PLAN: {"mip_heuristic_effort": 0.3},
    Aim.BOUND: {
        "mip_heuristic_effort": 0.0, "mip_heuristic_run_rens": False, "mip_heuristic_run_rins": False,
        "mip_heuristic_run_root_reduced_cost": False, "mip_heuristic_run_shifting": False,
        "mip_heuristic_run_zi_round": False, "mip_pscost_minreliable": 3,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What HiGHS said.

    Parameters
    ----------
    values : shape (n_columns,), or None when it found no plan.
    bound : No plan of this program is worth more; infinite when none was proved.
    is_optimal : Whether it proved the values optimal within its gap.
    is_infeasible : Whether it proved that no plan exists.
    """

    values: FloatArray | None
    bound: float
    is_optimal: bool
    is_infeasible: bool

    def after(self, earlier: "Answer") -> "Answer":
        """Return this answer with what an earlier report of the same search knows better."""
        return replace(
            self,
            values=earlier.values if self.values is None else self.values,
            bound=min(self.bound, earlier.bound),
        )


NO_ANSWER = Answer(values=None, bound=np.inf, is_optimal=False, is_infeasible=False)


def run_highs(program: Program, start: FloatArray | None, *, seconds: float, gap: float, seed: int,
              nodes: int = ANY_NODES, floor: float | None = None, aim: Aim = Aim.BOTH,
              report: Callable[[Answer], None] | None = None) -> Answer:  # fmt: skip
    """Solve a program in this process.

    Parameters
    ----------
    program : What to maximise.
    start : A feasible point to begin from.
    seconds, gap, seed : Limits; HiGHS does not always keep the first, hence `Solver`.
    nodes : Nodes of the search tree that it may look at: a limit that is the same on every machine.
    floor : Worth up to which plans are of no interest; the bound is never below it.
    aim : What the search is for.
    report : Told of every better plan and bound on the way.

    Notes
    -----
    Four settings differ from HiGHS's own: feasibility jump and symmetry detection are off, and so is presolve on a
    city's program; each of them takes longer there than the rest of the search.
    """
    import highspy  # noqa: PLC0415 (only the solver's process needs it)

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy ships no types
    options = {
        "output_flag": False, "threads": 1, "random_seed": seed, "time_limit": max(seconds, SMALLEST_LIMIT),
        "mip_rel_gap": gap, "mip_abs_gap": 1e-9, "mip_feasibility_tolerance": 1e-7,
        "primal_feasibility_tolerance": 1e-8, "mip_heuristic_run_feasibility_jump": False,
        "mip_detect_symmetry": False, "mip_max_nodes": nodes,
        "presolve": "off" if len(program.cost) > LARGEST_PRESOLVED else "choose",
    }  # fmt: skip
    options |= {"objective_bound": np.inf if floor is None else -floor, **AIMS[aim]}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, program))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    if report is not None:
        _listen(highspy, solver, report)
    solver.run()
    answer = _answer(highspy, solver, program)
    if floor is None:
        return answer
    nothing_left = answer.is_infeasible and not np.isfinite(answer.bound)
    return replace(answer, bound=floor if nothing_left else max(floor, answer.bound))


def _listen(highspy: Any, solver: Any, report: Callable[[Answer], None]) -> None:  # noqa: ANN401 (highspy ships no types)
    """Report plans and bounds as HiGHS finds them, so that killing it loses nothing.

    It tells bounds wherever it asks whether it may go on; its own log would tell them only if it were printed.
    """
    kinds = highspy.cb.HighsCallbackType
    best = [np.inf]

    def hear(kind: Any, _message: str, found: Any, _given: Any, _user: Any) -> None:  # noqa: ANN401 (as above)
        bound = float(found.mip_dual_bound)
        bound = bound if np.isfinite(bound) else np.inf
        is_plan = kind == kinds.kCallbackMipImprovingSolution
        if is_plan or bound < best[0] - NEWS * abs(bound):
            best[0] = min(best[0], bound)
            values = np.array(found.mip_solution, dtype=np.float64) if is_plan else None
            report(Answer(values=values, bound=bound, is_optimal=False, is_infeasible=False))

    solver.setCallback(hear, None)
    solver.startCallback(kinds.kCallbackMipImprovingSolution)
    solver.startCallback(kinds.kCallbackMipInterrupt)


def _model(highspy: Any, program: Program) -> Any:  # noqa: ANN401 (highspy ships no types)
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
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(whole)] for whole in program.is_integer]
    return model


def _answer(highspy: Any, solver: Any, program: Program) -> Answer:  # noqa: ANN401 (highspy ships no types)
    status, info, solution = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    optimal = status == highspy.HighsModelStatus.kOptimal
    infeasible = status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    found = info.primal_solution_status == highspy.kSolutionStatusFeasible and len(solution.col_value)
    values = np.asarray(solution.col_value, dtype=np.float64) if found else None
    bound = float(info.mip_dual_bound)
    if not len(program.cost):
        bound = program.constant
    elif optimal and not program.is_integer.any():  # a linear program, of which no tree was searched
        bound = float(info.objective_function_value)
    return Answer(values=values, bound=bound if np.isfinite(bound) else np.inf, is_optimal=optimal,
                  is_infeasible=infeasible)  # fmt: skip


def _serve(connection: Connection) -> None:
    """Answer programs until the other end closes; the body of the solver's process.

    HiGHS prints a banner on standard output whatever its options say, and a caller may be writing JSON there.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    connection.send((False, NO_ANSWER))  # it has begun
    while True:
        try:
            program, start, settings = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return

        def report(answer: Answer) -> None:
            connection.send((False, answer))

        try:
            connection.send((True, run_highs(program, start, **settings, report=report)))
        except (BrokenPipeError, KeyboardInterrupt):  # nobody waits for the answer any more
            return


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
        self._is_ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def begin(self) -> None:
        """Start the process where there is none; it takes a second of its own, which others can use meanwhile."""
        if self._process is None:
            self._is_ready = False
            self._connection, other = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(other,), daemon=True)
            self._process.start()
            other.close()

    def kill(self) -> None:
        """End the process, whatever it is doing; who waits for its word hears that it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def stop(self) -> None:
        """End the process and forget it; the next program begins another."""
        self.kill()
        if self._process is not None:
            self._connection.close()
            self._process = None

    def ask(self, program: Program, start: FloatArray | None, *, seconds: float, gap: float,
            nodes: int = ANY_NODES, floor: float | None = None, aim: Aim = Aim.BOTH) -> None:  # fmt: skip
        """Hand a program over once the process has begun, and wait until it reads it."""
        self.begin()
        if not self._is_ready:
            self._connection.recv()
            self._is_ready = True
        seconds = min(seconds, self._deadline.left())
        settings = {"seconds": seconds * (1.0 - EARLY_SHARE), "gap": gap, "seed": self._seed, "nodes": nodes,
                    "floor": floor, "aim": aim}  # fmt: skip
        self._connection.send((program, start, settings))

    def hear(self) -> tuple[bool, Answer]:
        """Wait for what is said next of what was asked, with whether it is the last word."""
        told: tuple[bool, Answer] = self._connection.recv()
        return told

    def solve(self, program: Program, start: FloatArray | None = None, *, seconds: float, gap: float,
              nodes: int = ANY_NODES, floor: float | None = None, aim: Aim = Aim.BOTH,
              hear: Callable[[Answer], None] | None = None,
              until: Callable[[], bool] | None = None) -> Answer:  # fmt: skip
        """Solve a program within the time left; no answer when the process had to be killed.

        Parameters
        ----------
        program, start, seconds, gap, nodes, floor, aim : As of `run_highs`.
        hear : Told what is known so far whenever the search reports.
        until : Asked now and then whether the search may end.

        Raises
        ------
        SolverError
            When the process died by itself.
        """
        seconds = min(seconds, self._deadline.left())
        if seconds <= 0:
            return NO_ANSWER
        try:
            self.begin()
            if not (self._is_ready or self._connection.poll(self._deadline.left() + GRACE_SECONDS)):
                self.stop()
                return NO_ANSWER
            self.ask(program, start, seconds=seconds, gap=gap, nodes=nodes, floor=floor, aim=aim)
            end = self._deadline.now() + min(seconds, self._deadline.left()) + GRACE_SECONDS
            return self._wait(end, hear, until)
        except (EOFError, ConnectionError) as error:
            self.stop()
            raise SolverError("the solver's process died") from error

    def _wait(self, end: float, hear: Callable[[Answer], None] | None, until: Callable[[], bool] | None) -> Answer:
        """Hear reports until the last one; kill the process when it does not come in time."""
        heard = NO_ANSWER
        while until is None or not until():
            left = max(0.0, end - self._deadline.now())
            if not self._connection.poll(left if until is None else min(left, LOOK_SECONDS)):
                if until is None or left == 0.0:
                    break
                continue
            is_last, answer = self._connection.recv()
            heard = answer.after(heard)
            if is_last:
                return heard
            if hear is not None:
                hear(heard)
        self.stop()
        return heard


def only(program: Program, columns: IndexArray) -> Program:
    """Keep some columns, and the others at zero; rows that none of them enters are left out, for better or worse."""
    return _cut(program, columns)[0]


def _cut(program: Program, columns: IndexArray) -> tuple[Program, IndexArray]:
    """Return a program of some columns alone, and the rows that they enter."""
    part = csc_array(program.matrix[:, columns])
    used = np.unique(part.indices).astype(np.int64)
    return replace(
        program, matrix=csc_array(part.tocsr()[used].tocsc()), cost=program.cost[columns],
        lower=program.lower[columns], upper=program.upper[columns], is_integer=program.is_integer[columns],
        row_lower=program.row_lower[used], row_upper=program.row_upper[used],
        n_options=int((columns < program.n_options).sum()),
    ), used  # fmt: skip


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
    part, used = _cut(program, columns)
    at = part.matrix @ current[columns]
    held = (program.matrix @ current)[used] - at
    return replace(
        part,
        row_lower=np.minimum(part.row_lower - held, at),  # float noise never rules `current` out
        row_upper=np.maximum(part.row_upper - held, at),
        constant=0.0,
    )


def highs_version() -> str:
    """Return the name and version of the solver."""
    return f"HiGHS {version('highspy')}"
