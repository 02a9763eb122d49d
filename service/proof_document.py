"""What proves a plan as bytes and back: the problem's columns, the choice and the prices; people are numbers there."""

import io
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from recommender.allocation.problem import AllocationProblem, Classes, Earmark, Lines, Options, People, Rules
from recommender.allocation.result import Allocation, Clash, Prices, Status
from recommender.plan import Proof

Arrays = dict[str, NDArray[Any]]
_SPARSE = ("data", "indices", "indptr", "shape")


def _flat(prefix: str, columns: object) -> Arrays:
    """Return the arrays of a dataclass by name, sparse ones in four parts."""
    found: Arrays = {}
    for field in fields(columns):  # type: ignore[arg-type]  # always a dataclass
        value, name = getattr(columns, field.name), f"{prefix}.{field.name}"
        if issparse(value):
            found |= {f"{name}.{part}": np.asarray(getattr(value, part)) for part in _SPARSE}
        else:
            found[name] = np.asarray(value)
    return found


def _columns(make: Callable[..., Any], prefix: str, arrays: Arrays) -> Any:  # noqa: ANN401 (the made type)
    """Return the dataclass whose arrays stand under a prefix."""
    given: dict[str, Any] = {}
    for field in fields(make):  # type: ignore[arg-type]  # always a dataclass
        name = f"{prefix}.{field.name}"
        if f"{name}.indptr" in arrays:
            data, indices, indptr, shape = (arrays[f"{name}.{part}"] for part in _SPARSE)
            given[field.name] = csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
        else:
            given[field.name] = arrays[name]
    return make(**given)


def _without_names(proof: Proof) -> Proof:
    """Put numbers, in the order of the people, in place of their ids."""
    people, allocation = proof.problem.people, proof.allocation
    numbers = np.array([f"E{i:07d}" for i in range(len(people.ids))], dtype=np.str_)
    by_name = dict(zip(people.ids.tolist(), numbers.tolist(), strict=True))
    clashes = tuple(
        replace(clash, people=tuple(by_name.get(name, "") for name in clash.people),
                limit=by_name.get(clash.limit, clash.limit), subject=by_name.get(clash.subject, clash.subject))
        for clash in allocation.clashes
    )  # fmt: skip
    return Proof(
        problem=replace(proof.problem, people=replace(people, ids=numbers)),
        allocation=replace(allocation, clashes=clashes),
    )


def pack_proof(proof: Proof) -> bytes:
    """Return what proves a plan as one document, the same bytes for the same proof."""
    proof = _without_names(proof)
    problem, allocation, rules = proof.problem, proof.allocation, proof.problem.rules
    head = {
        "rules": {**asdict(rules), "waived": sorted(rules.waived)},
        "allocation": {
            "status": str(allocation.status), "objective": allocation.objective, "bound": allocation.bound,
            "price_bound": allocation.price_bound, "stopped_by_clock": allocation.stopped_by_clock,
            "is_unmet_proved": allocation.is_unmet_proved,
            "solver": allocation.solver, "clashes": [asdict(clash) for clash in allocation.clashes],
        },
    }  # fmt: skip
    arrays: Arrays = {"chosen": allocation.chosen, "line_prices": allocation.line_prices,
                      "head": np.frombuffer(json.dumps(head, sort_keys=True).encode(), dtype=np.uint8)}  # fmt: skip
    for name in ("lines", "people", "classes", "options"):
        arrays |= _flat(name, getattr(problem, name))
    if allocation.prices is not None:
        arrays |= _flat("prices", allocation.prices)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy's own keyword is a truth value
    return buffer.getvalue()


def unpack_proof(document: bytes) -> Proof:
    """Return what a document proves."""
    with np.load(io.BytesIO(document), allow_pickle=False) as file:
        arrays: Arrays = {name: file[name] for name in file.files}
    head = json.loads(arrays["head"].tobytes())
    rules, said = head["rules"], head["allocation"]
    marks = tuple(Earmark(**{**mark, "trainings": tuple(mark["trainings"])}) for mark in rules["earmarks"])
    problem = AllocationProblem(
        lines=_columns(Lines, "lines", arrays), people=_columns(People, "people", arrays),
        classes=_columns(Classes, "classes", arrays), options=_columns(Options, "options", arrays),
        rules=Rules(**{
            **rules, "earmarks": marks, "prerequisites": tuple(map(tuple, rules["prerequisites"])),
            "waived": frozenset(map(tuple, rules["waived"])),
        }),
    )  # fmt: skip
    clashes = tuple(Clash(**{**clash, "people": tuple(clash["people"])}) for clash in said["clashes"])
    prices = _columns(Prices, "prices", arrays) if "prices.lines" in arrays else None
    return Proof(problem=problem, allocation=Allocation(**{
        **said, "status": Status(said["status"]), "clashes": clashes, "chosen": arrays["chosen"],
        "line_prices": arrays["line_prices"], "prices": prices,
    }))  # fmt: skip
