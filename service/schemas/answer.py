"""What ``bangkom solve`` answers: the allocation with lines, classes, reasons and the recount."""

import hashlib
from itertools import zip_longest
from typing import Any

import numpy as np

from recommender.allocation.capacity import line_reserves
from recommender.allocation.certificate import dual_bound
from recommender.allocation.limits import TIE_RULE
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.recount import LineTotals
from recommender.allocation.result import Allocation
from recommender.allocation.verify import Violation
from recommender.allocation.why import Reasons, WhyNot
from service.phrases import unmet_code, unmet_text
from service.schemas.prices import prices_document
from service.schemas.problem import ProblemFile
from service.wording import Wording
from training_catalog.columns import IndexArray

SMALLEST_BOUND = 1e-12  # instead of nothing, where a gap is a share of it


def _line_rows(problem: AllocationProblem, allocation: Allocation) -> list[dict[str, Any]]:
    """Return planned, reserve and free of each line: together they are what was available."""
    planned, reserve = LineTotals(problem).spent(allocation.chosen), line_reserves(problem)
    free = problem.lines.amount - reserve - planned
    columns = (problem.lines.ids, planned, reserve, free, allocation.line_prices)
    return [
        {"line": line, "planned": taken, "reserve": kept, "spent": 0, "free": left, "price": price}
        for line, taken, kept, left, price in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _offering_rows(problem: AllocationProblem, allocation: Allocation) -> list[dict[str, Any]]:
    taken = np.bincount(problem.options.offering[allocation.chosen], minlength=len(problem.classes.ids)).tolist()
    seats = problem.classes.seats_max.tolist()
    return [
        {"offering": name, "opened": taken[i] > 0, "seats": seats[i] if seats[i] < np.iinfo(np.int32).max else None,
         "taken": taken[i]}
        for i, name in enumerate(problem.classes.ids.tolist())
    ]  # fmt: skip


def _chosen_rows(problem: AllocationProblem, allocation: Allocation) -> list[dict[str, Any]]:
    options, cost = problem.options, problem.options.cost
    return [
        {"employee": str(problem.people.ids[options.employee[i]]),
         "offering": str(problem.classes.ids[options.offering[i]]), "cost": int(cost[i]),
         "benefit": float(options.benefit[i])}
        for i in allocation.chosen.tolist()
    ]  # fmt: skip


def _text(problem: AllocationProblem, answer: WhyNot, wording: Wording) -> str:
    later = answer.next_offering
    start = problem.classes.start[later].item() if later >= 0 else None
    row = {"code": answer.code, "limit": answer.limit, "needs": answer.needs, "cutoff": answer.cutoff,
           "instead": answer.instead, "next_offering": str(problem.classes.ids[later]) if later >= 0 else "",
           "next_start": start, "next_code": answer.next_code,
           "benefit": float(problem.options.benefit[answer.option])}  # fmt: skip
    return unmet_text(row, wording)


def _unmet_rows(
    file: ProblemFile, problem: AllocationProblem, reasons: Reasons, wording: Wording
) -> list[dict[str, Any]]:
    """Return people with nothing chosen, each with the reason; then mandatory trainings that are not met."""
    rows = []
    for answer in reasons.unmet():
        options = problem.options
        rows.append({
            "employee": str(problem.people.ids[options.employee[answer.option]]),
            "code": unmet_code(answer.code),
            "text": _text(problem, answer, wording), "needs": answer.needs,
            "offering": str(problem.classes.ids[options.offering[answer.option]]), "instead": answer.instead or None,
        })  # fmt: skip
    known = {offering.offering for offering in file.offerings}
    covered = {option.employee for option in file.options if option.offering in known}
    for option in file.options:
        if option.offering not in known and option.employee not in covered:
            covered.add(option.employee)
            text = wording.text("Class {offering} does not exist.", offering=option.offering)
            rows.append({"employee": option.employee, "code": "no-offering", "text": text, "needs": 0,
                         "offering": option.offering, "instead": None})  # fmt: skip
    rows.sort(key=lambda row: str(row["employee"]))
    return rows


def _changes(file: ProblemFile, problem: AllocationProblem, reasons: Reasons, wording: Wording) -> list[dict[str, Any]]:
    """Return what differs from the earlier plan: who, from where, to where, and why."""
    if file.previous is None:
        return []
    known = {offering.offering for offering in file.offerings}
    options = problem.options
    now: dict[str, list[str]] = {}
    for i in sorted(reasons.placement.chosen):
        person = str(problem.people.ids[options.employee[i]])
        now.setdefault(person, []).append(str(problem.classes.ids[options.offering[i]]))
    before: dict[str, list[str]] = {}
    for choice in file.previous:
        before.setdefault(choice.employee, []).append(choice.offering)
    rows = []
    for person in sorted(set(now) | set(before)):
        lost = sorted(set(before.get(person, [])) - set(now.get(person, [])))
        gained = sorted(set(now.get(person, [])) - set(before.get(person, [])))
        for old, new in zip_longest(lost, gained):
            code = "cancelled" if old is not None and old not in known else ("moved" if old and new else "added")
            code = "dropped" if new is None and code == "added" else code
            text = _lost(problem, reasons, person, old, wording) if old else wording.text(GAINED)
            rows.append({"employee": person, "old": old, "new": new, "code": code, "reason": text})
    return rows


def _lost(problem: AllocationProblem, reasons: Reasons, person: str, old: str, wording: Wording) -> str:
    """Say why somebody no longer has a class of the earlier plan."""
    options, who = problem.options, np.flatnonzero(problem.people.ids == person)
    where = np.flatnonzero(problem.classes.ids == old)
    if not len(where):
        return wording.text("Class {old} is no longer on offer.", old=old)
    if not len(who):
        return wording.text("{employee} is no longer among the employees.", employee=person)
    rows = np.flatnonzero((options.employee == who[0]) & (options.offering == where[0]))
    if not len(rows):
        return wording.text("Class {old} is no longer an option for {employee}.", old=old, employee=person)
    return _text(problem, min((reasons.why_not(int(row)) for row in rows), key=lambda one: one.needs), wording)


GAINED = "There is a seat and the money for it."


def plan_id(problem_content: bytes, chosen: IndexArray) -> str:
    """Return an id that depends on the problem file and the choice alone."""
    digest = hashlib.sha256(problem_content)
    digest.update(chosen.astype("<i8").tobytes())
    return f"p-{digest.hexdigest()[:12]}"


def build_answer(
    file: ProblemFile, problem: AllocationProblem, allocation: Allocation, violations: tuple[Violation, ...], *,
    content: bytes, wording: Wording,
) -> dict[str, Any]:  # fmt: skip
    """Build the answer document."""
    options, reasons = problem.options, Reasons(problem, allocation.chosen)
    opened = np.unique(options.offering[allocation.chosen])
    cost = int(options.cost[allocation.chosen].sum()) + int(problem.classes.fixed_cost[opened].sum())
    clashes = [
        {"code": c.code, "subject": c.subject, "limit": c.limit, "needed": c.needed, "available": c.available,
         "short": c.needed - c.available, "people": list(c.people)}
        for c in allocation.clashes
    ]  # fmt: skip
    return {
        "plan": plan_id(content, allocation.chosen),
        "status": str(allocation.status),
        "objective": allocation.objective,
        "bound": allocation.bound if np.isfinite(allocation.bound) else None,
        "gap": allocation.gap if np.isfinite(allocation.gap) else None,
        "cost": cost,
        "assignments": len(allocation.chosen),
        "people": len(np.unique(options.employee[allocation.chosen])),
        "lines": _line_rows(problem, allocation),
        "offerings": _offering_rows(problem, allocation),
        "chosen": _chosen_rows(problem, allocation),
        "unmet": _unmet_rows(file, problem, reasons, wording),
        "clashes": clashes,
        "changes": _changes(file, problem, reasons, wording),
        "verified": {"ok": not violations, "violations": [str(v) for v in violations]},
        "tie_rule": TIE_RULE,
        "stopped_by_clock": allocation.stopped_by_clock,
        "unmet_proved": allocation.is_unmet_proved,
        "solver": allocation.solver,
        "proof": _proof(problem, allocation),
    }


def _proof(problem: AllocationProblem, allocation: Allocation) -> dict[str, Any] | None:
    """Return what the prices prove, recomputed, and the prices."""
    if allocation.prices is None:
        return None
    bound = dual_bound(problem, allocation.prices, allocation.chosen.tolist())
    gap = max(bound - allocation.objective, 0.0) / max(abs(bound), SMALLEST_BOUND)
    return {"bound": bound, "gap": gap, "prices": prices_document(problem, allocation.prices)}
