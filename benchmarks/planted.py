"""Claim: where the truth is planted, what is learned comes nearer to it than the rule, and says when it does not.

Each seed draws a simulated city, with the truth kept aside, and asks five questions:

1. What do the first trainings of everybody's list truly close, as a share of what the best ones would (the oracle)?
   Beside it the same of an order at random, of the rule, and of whatever serves: the model where its verdict says so,
   else the rule.
2. What did trainings do to levels, with better performers sent more often? Planted, found with its interval, and naive.
3. How often do later outcomes lie in the model's interval, against the share it promises? The interval is for what one
   participation is found to close; how often it holds what is truly expected of a pair stands beside.
4. Without any history: are the lists those of the rule?
5. With outcomes that tell nothing beyond the rule, and with outcomes shuffled among all: is the verdict that nothing
   better was found?

    python benchmarks/planted.py [--seeds 20] [--first 31] [--people 2000] [--quick]

`--quick` draws three cities.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from effects_cities import ON, office_of, planted, reference_of
from progress import QUICK, Progress

from models.baseline import BaselineRule, BenefitPredictor, usual_completion
from models.effect import estimate_effect
from models.evaluation import split_repeatedly
from models.learning import Rows, learn
from models.verdict import APPROVED
from recommender.episodes import level_episodes
from recommender.outcomes import Outcomes, gather_outcomes
from recommender.policy import Policy
from recommender.ranking import RankedLists
from recommender.simulation.city import City, simulate_city
from recommender.simulation.truth import true_benefit
from recommender.use_cases import LATER_SHARES, fit_models, recommend_in_chunks
from recommender.workforce import History, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import rank_within

FIRST = 3  # trainings of each list that count
QUICK_CITIES = 3


def lists_of(workforce: Workforce, catalog: Catalog, model: BenefitPredictor) -> list[tuple[int, RankedLists]]:
    """Return everybody's lists, with the first person of each."""
    return [(first, lists) for first, _, lists in recommend_in_chunks(workforce, catalog, model, ON, Policy())]


def pairs_of(parts: list[tuple[int, RankedLists]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return person, training and rank of every row."""
    columns = [(first + lists.employee, lists.training, lists.rank) for first, lists in parts]
    person, training, rank = (np.concatenate(column) for column in zip(*columns, strict=True))
    return person, training, rank


def share_of_oracle(city: City, catalog: Catalog, parts: list[tuple[int, RankedLists]]) -> float:
    """Return what the first of every list truly close, as a share of what the best of it would."""
    person, training, rank = pairs_of(parts)
    true = true_benefit(city.truth, catalog.trainings, person, training)
    best = rank_within(person, -true) < FIRST
    return float(true[rank <= FIRST].sum() / true[best].sum())


def share_at_random(city: City, catalog: Catalog, parts: list[tuple[int, RankedLists]], seed: int) -> float:
    """Return the same share for lists in an order drawn at random."""
    person, training, _ = pairs_of(parts)
    true = true_benefit(city.truth, catalog.trainings, person, training)
    best, drawn = rank_within(person, -true) < FIRST, np.random.default_rng(seed).random(len(true))
    return float(true[rank_within(person, drawn) < FIRST].sum() / true[best].sum())


def share_within(city: City, catalog: Catalog, parts: list[tuple[int, RankedLists]]) -> float:
    """Return the share of listed pairs whose true expectation lies in their interval."""
    person, training, _ = pairs_of(parts)
    true = true_benefit(city.truth, catalog.trainings, person, training)
    lower, upper = (np.concatenate([getattr(lists, end) for _, lists in parts]) for end in ("lower", "upper"))
    return float(np.mean((lower <= true) & (true <= upper)))


def without_history(workforce: Workforce) -> Workforce:
    """Return the people as if nobody had ever taken anything."""
    history = workforce.history
    return replace(workforce, history=History(**{f.name: getattr(history, f.name)[:0] for f in fields(history)}))


def equals_the_rule(workforce: Workforce, catalog: Catalog) -> bool:
    """Return whether a fit without history leaves the rule's lists."""
    nobody = without_history(workforce)
    fitted = fit_models(nobody, catalog, ON, Policy(), np.random.default_rng(0))
    serves: BenefitPredictor = fitted.model if fitted.verdict.code == APPROVED else BaselineRule()
    own, rule = (pairs_of(lists_of(nobody, catalog, model)) for model in (serves, BaselineRule()))
    return all(np.array_equal(one, other) for one, other in zip(own, rule, strict=True))


def telling_nothing(outcomes: Outcomes, rng: np.random.Generator) -> Rows:
    """Return the participations with outcomes that tell nothing beyond the rule, which draws who completes."""
    return with_completed(outcomes, rng.random(len(outcomes.on)) < usual_completion(outcomes.features), rng)


def shuffled(outcomes: Outcomes, rng: np.random.Generator) -> Rows:
    """Return the participations with outcomes shuffled: how many complete is as it was, and who does says nothing."""
    return with_completed(outcomes, rng.permutation(outcomes.was_completed) > 0, rng)


def with_completed(outcomes: Outcomes, completed: np.ndarray, rng: np.random.Generator) -> Rows:
    """Return the participations with others completed, and gains shuffled among the measured."""
    columns = {"completed": completed.astype(np.float64)}
    for name in ("gain", "score_gain"):
        values = getattr(outcomes, name).copy()
        known = np.flatnonzero(~np.isnan(values))
        values[known] = values[rng.permutation(known)]
        columns[name] = np.where(completed, values, np.nan)
    return replace(outcomes.rows, **columns)


def one_seed(seed: int, n_people: int, progress: Progress) -> dict[str, float | str]:
    """Draw a city, ask everything, and return the figures."""
    begun = time.perf_counter()
    progress.step(f"city {seed}: drawn, imported")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/office.db"
        city = simulate_city(np.random.default_rng(seed), n_people=n_people, on=ON, reference=reference_of(url))
        catalog, workforce = office_of(city, url)
    rng = np.random.default_rng(seed)
    outcomes = gather_outcomes(workforce, catalog, ON, Policy().gap)
    _, splits = split_repeatedly(outcomes.on, LATER_SHARES, today=ON)
    progress.note(f"city {seed}: models")
    fitted = learn(outcomes.rows, splits, rng)
    is_better = fitted.verdict.code == APPROVED
    own = lists_of(workforce, catalog, fitted.model)
    learned, rule = (share_of_oracle(city, catalog, parts)
                     for parts in (own, lists_of(workforce, catalog, BaselineRule())))  # fmt: skip
    progress.note(f"city {seed}: effect, no history, outcomes that tell nothing")
    episodes = level_episodes(workforce, catalog, np.datetime64(ON))
    trained, later = episodes.rows.is_trained, episodes.before + episodes.rows.outcome
    effect, (_, found) = estimate_effect(episodes.rows), planted(city, catalog, episodes)
    return {
        "learned": learned, "rule": rule, "random": share_at_random(city, catalog, own, seed),
        "serves": learned if is_better else rule, "is_better": float(is_better),
        "planted": found, "effect": effect.estimate, "holds": float(effect.lower <= found <= effect.upper),
        "naive": float(later[trained].mean() - later[~trained].mean()), "coverage": fitted.comparison.coverage,
        "nominal": fitted.comparison.nominal_coverage, "within": share_within(city, catalog, own),
        "equals_rule": float(equals_the_rule(workforce, catalog)),
        "nothing": learn(telling_nothing(outcomes, rng), splits, rng).verdict.code,
        "shuffled": learn(shuffled(outcomes, rng), splits, rng).verdict.code,
        "seconds": time.perf_counter() - begun,
    }  # fmt: skip


def told(name: str, rows: list[dict[str, float | str]], key: str) -> str:
    """Return median and range of a figure."""
    values = np.array([row[key] for row in rows], dtype=float)
    return f"{name:44} median {np.median(values):.3f}, {values.min():.3f} to {values.max():.3f}"


def summary(rows: list[dict[str, float | str]]) -> None:
    """Print what the seeds say together."""
    n = len(rows)
    gain = np.array([row["serves"] for row in rows], dtype=float) - np.array([row["rule"] for row in rows], dtype=float)
    print(f"\nshare of the oracle's value in the first {FIRST} of every list, {n} cities")
    for name, key in (
        ("    at random", "random"),
        ("    the rule", "rule"),
        ("    the model as learned", "learned"),
        ("    what serves", "serves"),
    ):
        print(told(name, rows, key))
    print(f"    what serves above the rule in {int((gain > 0).sum())}, equal in {int((gain == 0).sum())}, "
          f"below in {int((gain < 0).sum())}; mean difference {gain.mean():+.4f} "
          f"(standard error {error_of(gain):.4f})")  # fmt: skip
    print("effect of a training on levels, as assessors find them")
    for name, key in (("    planted", "planted"), ("    found", "effect"), ("    naive difference", "naive")):
        print(told(name, rows, key))
    print(f"    95 % intervals hold it in {int(sum(row['holds'] for row in rows))} of {n}")
    covered = np.array([row["coverage"] for row in rows], dtype=float)
    print(told(f"outcomes in the interval, promised {rows[0]['nominal']:.0%}", rows, "coverage")
          + f"; mean {covered.mean():.3f} ({error_of(covered):.3f})")  # fmt: skip
    print(told("true expectations in the interval", rows, "within"))
    print(f"without history the lists are the rule's in {int(sum(row['equals_rule'] for row in rows))} of {n}")
    for name, key in (("that tell nothing", "nothing"), ("shuffled among all", "shuffled")):
        verdicts, count = np.unique([row[key] for row in rows], return_counts=True)
        said = ", ".join(f"{word} {k}" for word, k in zip(verdicts.tolist(), count.tolist(), strict=True))
        print(f"with outcomes {name}: {said}")


def error_of(values: np.ndarray) -> float:
    """Return the standard error of a mean over cities."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def main() -> None:
    """Run the seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, help="simulated cities; 20 when left out")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CITIES} cities")
    parser.add_argument("--first", type=int, default=31, help="seed of the first")
    parser.add_argument("--people", type=int, default=2_000, help="people in each")
    asked = parser.parse_args()
    n_cities, rows = asked.seeds or (QUICK_CITIES if asked.quick else 20), []
    progress = Progress("planted", n_cities)
    for seed in range(asked.first, asked.first + n_cities):
        rows.append(one_seed(seed, asked.people, progress))
        row = rows[-1]
        said = "model" if row["is_better"] else "rule"
        found = "holds" if row["holds"] else "MISSES"
        alike = "the rule" if row["equals_rule"] else "NOT THE RULE"
        print(f"city {seed}: learned {row['learned']:.3f}, rule {row['rule']:.3f} ({said} serves); effect "
              f"{row['effect']:.3f} {found} the planted {row['planted']:.3f}, naive {row['naive']:.3f}; interval "
              f"{row['coverage']:.2f}, expectation {row['within']:.3f}; no history {alike}; "
              f"telling nothing {row['nothing']}; shuffled {row['shuffled']}; {row['seconds']:.0f} s",
              flush=True)  # fmt: skip
    if asked.quick:
        print(f"\n{QUICK}: {n_cities} cities")
    summary(rows)


if __name__ == "__main__":
    main()
