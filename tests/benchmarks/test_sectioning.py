"""Student sectioning: what is listed holds the best plan, found by trying everything; broken files are refused."""

import itertools
import json

import numpy as np
import pytest
import sectioning
import sectioning_files

from recommender.allocation.highs import run_highs


def drawn(seed):
    """Draw two courses of linked lectures and exercises and one of two configurations, five students and overlaps."""
    rng = np.random.default_rng(seed)
    classes = [{"id": i, "limit": int(rng.integers(2, 4)), "parent": None} for i in range(12)]
    classes[2]["parent"], classes[3]["parent"] = 0, 1
    courses = [[[[0, 1], [2, 3]]], [[[4, 5], [6, 7]]], [[[8]], [[9, 10]]], [[[11]]]]
    students = [sorted(rng.choice(4, int(rng.integers(1, 4)), replace=False).tolist()) for _ in range(5)]
    classes[11]["limit"] = 5
    pairs = [pair for pair in itertools.combinations(range(12), 2) if rng.random() < 0.4]
    return {"classes": classes, "courses": courses, "students": students, "conflicts": pairs}


def bundles_of(data, course):
    found = []
    for parts in data["courses"][course]:
        for held in itertools.product(*parts):
            parents = [data["classes"][k]["parent"] for k in held]
            if all(parent is None or parent in held for parent in parents):
                found.append(held)
    return found


def best_by_trying(data):
    """Return the fewest overlaps of any plan within limits, adding one student after another; None for no plan."""
    pairs = set(map(tuple, data["conflicts"]))
    states = {tuple(0 for _ in data["classes"]): 0}
    for wanted in data["students"]:
        later = {}
        for sits, overlaps in states.items():
            for choice in itertools.product(*(bundles_of(data, course) for course in wanted)):
                own = sorted(itertools.chain.from_iterable(choice))
                then = list(sits)
                for number in own:
                    then[number] += 1
                if any(n > row["limit"] for n, row in zip(then, data["classes"], strict=True)):
                    continue
                cost = overlaps + sum(pair in pairs for pair in itertools.combinations(own, 2))
                later[tuple(then)] = min(cost, later.get(tuple(then), cost))
        states = later
    return min(states.values(), default=None)


@pytest.mark.parametrize("seed", range(8))
def test_the_fewest_overlaps_are_found_and_proved(seed):
    data = drawn(seed)
    given, best = sectioning_files.read_sectioning(json.dumps(data)), best_by_trying(data)
    found = sectioning.by_us(given, 100.0)
    assert best is not None
    assert given.own(found.value) == best
    assert given.own(found.bound) <= best
    program = sectioning_files.direct_program(given)
    assert run_highs(program, None, seconds=20.0, gap=0.0, seed=0).bound == pytest.approx(-best)


def test_a_plan_that_breaks_a_rule_is_not_counted():
    data = drawn(0)
    given = sectioning_files.read_sectioning(json.dumps(data))
    first = given.wishes.course_bounds[given.wishes.course]
    data["classes"] = [{**row, "limit": 0} for row in data["classes"]]
    full = sectioning_files.read_sectioning(json.dumps(data))
    with pytest.raises(ValueError, match="0 seats"):
        sectioning_files.recount(full, first)
    with pytest.raises(ValueError, match="no classes of one configuration"):
        sectioning_files.recount(given, np.roll(first, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("students"), "students: no list"),
        (lambda data: data["classes"][3].update(limit="many"), r"classes\[3\]\.limit: 'many' is no number of seats"),
        (lambda data: data["classes"][3].update(parent=99), r"classes\[3\]\.parent: \[99\] is no list of whole"),
        (lambda data: data["students"].append([7]), r"students\[5\]: \[7\] is no list of whole numbers from 0 to 3"),
        (lambda data: data["conflicts"].append([1]), r"conflicts\[\d+\]: \[1\] is no pair"),
        (lambda data: data["classes"][2].update(parent=9) or data["courses"].insert(0, [[[2]]]), r"courses\[0\]: no c"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(tmp_path, change, said):
    data = drawn(0)
    data["students"][0] = [0]
    change(data)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"broken\.json: {said}.*; accepted: classes"):
        sectioning_files.read_sectioning_file(path)
