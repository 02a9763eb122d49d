"""Neighbours are ranked together, each with the list that they would have alone, and what is kept is bounded."""

import numpy as np
import pandas as pd
import pytest

from models.baseline import BaselineRule, BenefitEstimates
from recommender.catalog_day import open_catalog
from recommender.policy import Policy
from service.blocks import PEOPLE_PER_BLOCK, Blocks
from service.list_items import ListFilter
from service.lookup import Person, list_person, recommendation_document
from service.pipeline import Office, background_of
from service.predictor import Predictor
from service.snapshot import Snapshot
from service.wording import Wording
from tests.builders import office, rows
from tests.recommender.test_use_cases import crowd

RULE = Predictor(predictor=BaselineRule(), identifier="rule", state="rule", verdict="")


class Reversed:
    """The rule, upside down: another order of the same pairs."""

    def predict(self, features):
        found = BaselineRule().predict(features)
        most = found.upper.max(initial=0.0) + 1
        return BenefitEstimates(mean=most - found.mean, lower=most - found.upper, upper=most - found.lower,
                                completion=found.completion)  # fmt: skip


OTHER = Predictor(predictor=Reversed(), identifier="m-other", state="model", verdict="")


def blocks_of(here, **keywords):
    policy = Policy()
    whole = Office(tables=here.tables, catalog=here.catalog, workforce=here.workforce, predictor=RULE, on=here.on)
    day = open_catalog(here.catalog, here.workforce.units, here.on)
    return Blocks(whole, background_of(whole, policy), day, policy, **keywords)


def trainings_of(blocks, row, predictor=RULE):
    grounds, place = blocks.grounds_of(row, predictor)
    return grounds.lists.training[slice(*grounds.lists.bounds[place : place + 2])].tolist()


def test_everybody_s_list_by_blocks_is_the_list_of_the_batch():
    here = office(**crowd(2, n_people=150))
    blocks, whole = blocks_of(here), here.lists()
    for row in range(150):
        grounds, place = blocks.grounds_of(row, RULE)
        own, mine = slice(*grounds.lists.bounds[place : place + 2]), slice(*whole.bounds[row : row + 2])
        for name in ("training", "benefit", "lower", "upper", "completion", "offering", "cost", "suits_full_calendar"):
            assert np.array_equal(getattr(grounds.lists, name)[own], getattr(whole, name)[mine]), name


@pytest.mark.parametrize("wanted", [ListFilter(limit=100), ListFilter(limit=2, max_cost=1_500_000)])
def test_what_is_said_of_a_list_made_beside_others_is_what_is_said_of_it_alone(wanted):
    given = crowd(2, n_people=80)
    ids = given["employees"]["employee"].tolist()
    asked = [f"{nip} {code}" for nip, code in zip(ids, ["P1", "P2", "P3", "P2"] * 20, strict=True)]
    rated = [f"{nip} M.01 5 2025-06-01 self" for nip in ids]
    own = rows("employee competency level assessed_on method", *rated)
    here = office(**{**given, "interests": rows("employee training", *asked),
                     "units": rows("unit name authorised_staff", "U Unit 100"),
                     "assessments": pd.concat([given["assessments"].assign(method="test"), own])})  # fmt: skip
    blocks = blocks_of(here)
    names = np.array([f"Name {row}" for row in range(80)])
    snapshot = Snapshot(office=blocks.office, background=blocks.background, day=blocks.day, blocks=blocks, names=names,
                        catalog=1, model="", trial="", other=None)  # fmt: skip
    said = set()
    for row in range(80):
        person = Person(office=blocks.office, crew=here.workforce.take(np.array([row])), name=names[row])
        alone = recommendation_document(list_person(person, blocks.policy, blocks.background), wanted, Wording("id"))
        assert recommendation_document(snapshot.listed(row), wanted, Wording("id")) == alone
        said |= {reason["code"] for item in alone["items"] for reason in item["reasons"]}
        said |= {left["code"] for left in alone["left_out"]}
    assert said >= {"assumed-need", "blind-spot", "closes-deficit", "asked-for", "already-taken"}


def test_while_two_models_are_compared_a_block_holds_the_lists_of_both():
    here = office(**crowd(2, n_people=70))
    blocks = blocks_of(here, other=OTHER)
    mine, others = trainings_of(blocks, 5), trainings_of(blocks, 5, OTHER)
    assert len(blocks._made) == 1
    assert mine != others
    assert sorted(mine) == sorted(others)


def test_a_list_is_at_hand_once_a_neighbour_s_was_made():
    here = office(**crowd(2, n_people=150))
    blocks = blocks_of(here)
    assert blocks.at_hand(3, RULE) is None
    made, place = blocks.grounds_of(3, RULE)
    assert blocks.at_hand(3, RULE) == (made, place)
    assert blocks.at_hand(63, RULE) == (made, 63)
    assert blocks.at_hand(64, RULE) is None


def test_blocks_made_first_are_let_go_and_made_again():
    here = office(**crowd(2, n_people=150))
    blocks = blocks_of(here, most_bytes=1)
    first = trainings_of(blocks, 3)
    one = blocks.n_bytes
    for row in (PEOPLE_PER_BLOCK, PEOPLE_PER_BLOCK + 1):
        blocks.grounds_of(row, RULE)
    assert list(blocks._made) == [1]
    assert blocks.n_bytes < 2 * one
    assert trainings_of(blocks, 3) == first


def test_where_not_everybody_fits_who_is_asked_for_alone_is_ranked_alone():
    here = office(**crowd(2, n_people=150))
    blocks, whole = blocks_of(here, most_bytes=1), here.lists()
    blocks.grounds_of(0, RULE)
    for row in (70, 140, 71):
        assert trainings_of(blocks, row) == whole.training[slice(*whole.bounds[row : row + 2])].tolist()
    assert list(blocks._made) == [0]
    blocks.grounds_of(72, RULE)
    assert list(blocks._made) == [1]
