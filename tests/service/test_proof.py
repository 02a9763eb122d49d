"""What proves a plan survives as bytes and as an answer's document, without anybody's name."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

sys.path.insert(0, str(Path(__file__).parents[1] / "recommender" / "allocation"))
from problems import make_problem, tiny_problems
from test_laws import FEW, solved

from recommender.allocation.certificate import dual_bound
from recommender.allocation.proof import recount
from recommender.plan import Proof
from service.proof_document import pack_proof, unpack_proof
from service.schemas.prices import prices_document, prices_of


@FEW
@given(tiny_problems(demanded=True))
def test_a_proof_read_back_proves_the_same_and_names_nobody(problem):
    allocation = solved(problem)
    document = pack_proof(Proof(problem=problem, allocation=allocation))
    assert document == pack_proof(Proof(problem=problem, allocation=allocation))
    read = unpack_proof(document)
    before, after = recount(problem, allocation), recount(read.problem, read.allocation)
    assert (after.value, after.bound, after.claimed) == (before.value, before.bound, before.claimed)
    assert after.violations == before.violations == ()
    assert read.problem.rules == problem.rules
    assert not set(problem.people.ids.tolist()) & set(read.problem.people.ids.tolist())


@FEW
@given(tiny_problems(demanded=True))
def test_prices_by_id_read_back_prove_the_same(problem):
    allocation = solved(problem)
    chosen = allocation.chosen.tolist()
    read = prices_of(problem, prices_document(problem, allocation.prices))
    assert dual_bound(problem, read, chosen) == pytest.approx(dual_bound(problem, allocation.prices, chosen), abs=1e-9)


def test_an_unknown_id_among_prices_is_named():
    problem = make_problem(budgets=[1], n_people=1, classes=[{}], options=[{"who": 0, "where": 0, "benefit": 1.0}])
    document = prices_document(problem, solved(problem).prices)
    document["openers"] = [{"employee": "nobody", "offering": "K00", "price": 1.0}]
    with pytest.raises(ValueError, match="unknown id nobody"):
        prices_of(problem, document)


def test_a_changed_proof_is_caught():
    options = [{"who": who, "where": 0, "benefit": 1.0, "cost": 2} for who in range(3)]
    problem = make_problem(budgets=[3], n_people=3, classes=[{}], options=options)
    read = unpack_proof(pack_proof(Proof(problem=problem, allocation=solved(problem))))
    lines = read.allocation.prices.lines
    lines.setflags(write=True)
    lines[:] = -1.0
    assert {v.code for v in recount(read.problem, read.allocation).violations} == {"bound"}
    assert not np.isfinite(recount(read.problem, read.allocation).bound)
