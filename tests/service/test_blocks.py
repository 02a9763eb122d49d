"""Neighbours are described together, and what is kept is bounded."""

import numpy as np

from models.baseline import BaselineRule
from recommender.catalog_day import open_catalog
from recommender.habits import learn_habits
from recommender.policy import Policy
from recommender.use_cases import expect, rank_prospects
from service.blocks import PEOPLE_PER_BLOCK, Blocks
from service.pipeline import Background, Office, Predictor
from tests.builders import office
from tests.recommender.test_use_cases import crowd


def blocks_of(here, **keywords):
    policy = Policy()
    background = Background(expected=expect(here.workforce, here.catalog, here.on, policy), links=(),
                            past=learn_habits(here.workforce, here.catalog, here.on))  # fmt: skip
    rule = Predictor(predictor=BaselineRule(), identifier="rule", state="rule", verdict="")
    whole = Office(tables=here.tables, catalog=here.catalog, workforce=here.workforce, predictor=rule, on=here.on)
    day = open_catalog(here.catalog, here.workforce.units, here.on)
    return Blocks(whole, background, day, policy, **keywords)


def test_everybody_s_list_by_blocks_is_the_list_of_the_batch():
    here = office(**crowd(2, n_people=150))
    blocks, whole = blocks_of(here), here.lists()
    for row in range(150):
        own, mine = rank_prospects(blocks.prospects_of(row), BaselineRule()), slice(*whole.bounds[row : row + 2])
        assert own.training.tolist() == whole.training[mine].tolist()
        assert np.array_equal(own.benefit, whole.benefit[mine])
        assert np.array_equal(own.offering, whole.offering[mine])


def test_blocks_made_first_are_let_go_and_made_again():
    here = office(**crowd(2, n_people=150))
    blocks = blocks_of(here, most_bytes=1)
    first = blocks.prospects_of(3)
    one = blocks.n_bytes
    for row in (PEOPLE_PER_BLOCK, PEOPLE_PER_BLOCK + 1):
        blocks.prospects_of(row)
    assert list(blocks._made) == [1]
    assert blocks.n_bytes < 2 * one
    again = blocks.prospects_of(3)
    assert again.candidates.training.tolist() == first.candidates.training.tolist()


def test_where_not_everybody_fits_who_is_asked_for_alone_is_described_alone():
    here = office(**crowd(2, n_people=150))
    blocks, whole = blocks_of(here, most_bytes=1), here.lists()
    blocks.prospects_of(0)
    for row in (70, 140, 71):
        own, mine = rank_prospects(blocks.prospects_of(row), BaselineRule()), slice(*whole.bounds[row : row + 2])
        assert own.training.tolist() == whole.training[mine].tolist()
    assert list(blocks._made) == [0]
    blocks.prospects_of(72)
    assert list(blocks._made) == [1]
