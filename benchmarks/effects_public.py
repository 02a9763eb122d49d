"""Public studies of trainings with a known answer: randomised ones, and one whose controls were never offered it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from effects_peers import tell_peers
from effects_told import MET, Published, tell
from effects_uplift import tell_order

from models.crossfit import TrainedRows
from models.effect import N_SEEDS, clustered_error
from models.service_link import estimate_link
from training_catalog.columns import FloatArray

NSW_TRUTH = Published(value=1_794, error=671, digits=0)  # Dehejia & Wahba 1999: 185 trained, 260 controls, by lot
NSW_FIRST = Published(value=886, error=488, digits=0)  # LaLonde 1986: 297 trained, 425 controls, by lot
NSW_COLUMNS = ["age", "education", "black", "hispanic", "married", "nodegree", "re74", "re75", "u74", "u75"]
QUICK_SEEDS = 3


@dataclass(frozen=True, kw_only=True)
class Form:
    """How much is run: fold seeds, and whether others' packages stand beside."""

    n_seeds: int = N_SEEDS
    with_peers: bool = True


def rows_of(
    frame: pd.DataFrame, treated: str, outcome: str, columns: Sequence[str] = (), cluster: str = ""
) -> TrainedRows:
    """Return rows with a known outcome; columns that hold words become one column a word."""
    frame = frame[frame[outcome].notna() & frame[treated].notna()]
    features = pd.get_dummies(frame[list(columns)], dtype=float).to_numpy(dtype=float)
    person = pd.factorize(frame[cluster])[0] if cluster else np.arange(len(frame))
    return TrainedRows(features=features, is_trained=frame[treated].to_numpy(dtype=float) > 0.5,
                       outcome=frame[outcome].to_numpy(dtype=float), person=person.astype(np.int64))  # fmt: skip


def nsw(folder: Path, form: Form) -> None:
    """Compare the trained of the experiment with its own controls, and with men who were never offered it."""
    ldw = pd.read_csv(folder / "ldw.csv.gz")
    first = pd.read_csv(folder / "nsw.csv.gz")
    known = [name for name in NSW_COLUMNS if name in first.columns]
    tell(
        "NSW, first sample, randomised controls",
        rows_of(first, "treat", "re78", known),
        NSW_FIRST,
        n_seeds=form.n_seeds,
    )
    own = rows_of(ldw, "treat", "re78", NSW_COLUMNS)
    tell("NSW, randomised controls", own, NSW_TRUTH, n_seeds=form.n_seeds)
    tell_order("NSW", own, 0)
    if form.with_peers:
        tell_peers(own)
    for name, within in (("cps1", 1), ("psid1", 2)):
        everybody = pd.concat([ldw[ldw["treat"] == 1], pd.read_csv(folder / f"{name}.csv.gz")])
        rows = rows_of(everybody, "treat", "re78", NSW_COLUMNS)
        truth = f"experiment {NSW_TRUTH}"
        found = tell(f"NSW, {name}", rows, truth, digits=0, n_seeds=form.n_seeds)
        away = abs(found.estimate - NSW_TRUTH.value) / NSW_TRUTH.error
        holds = "holds" if found.lower <= NSW_TRUTH.value <= found.upper else "MISSES"
        print(f"    {away:.2f} standard errors from the experiment; aim {within}: {MET[away <= within]}; the interval"
              f" {holds} it")  # fmt: skip
        if form.with_peers:
            tell_peers(rows)
        tell(f"NSW, {name}, on everybody", rows, "nothing published, for there is no overlap", digits=0, on_all=True,
             n_seeds=form.n_seeds)  # fmt: skip


def job_corps(folder: Path, form: Form) -> None:
    """Job Corps: what the offer did to earnings a week, who took it up, and what taking part did."""
    frame = pd.read_csv(folder / "jobcorps_9240.csv.gz")
    before = list(frame.columns[1 : frame.columns.get_loc("everwkdy1")])
    for year, published in (
        ("earny2", Published(value=-2.3, error=3.2, digits=1)), ("earny3", Published(value=11.5, error=3.4, digits=1)),
        ("earny4", Published(value=16.06, error=4.07)),
    ):  # fmt: skip
        rows = rows_of(frame, "assignment", year, before)
        tell(f"Job Corps, offer, {year}", rows, published, n_seeds=form.n_seeds)
    tell("Job Corps, offer, earny4, on everybody", rows, "published with covariates 18.8 (3.9)", on_all=True,
         n_seeds=form.n_seeds)  # fmt: skip
    tell_order("Job Corps, earny4", rows)
    attended = frame.groupby("assignment")["trainy1"].mean()
    print(f"    attendance in year 1: published +34 points; here {100 * (attended[1] - attended[0]):+.0f}")
    other = pd.read_csv(folder / "jobcorps_10516.csv.gz")
    offered = rows_of(other, "assignment", "EARNY4", list(other.columns[3:]))
    tell("Job Corps, second file, offer", offered, Published(value=12.05, error=3.85), n_seeds=form.n_seeds)
    taking_part(offered, other["participation"].to_numpy(dtype=float))


def taking_part(offered: TrainedRows, took: FloatArray) -> None:
    """Print the effect of taking part: that of the offer over the difference in take-up (Wald 1940)."""
    is_offered = offered.is_trained
    share = [float(took[side].mean()) for side in (is_offered, ~is_offered)]
    more = share[0] - share[1]
    effect = float(offered.outcome[is_offered].mean() - offered.outcome[~is_offered].mean()) / more
    rest = offered.outcome - effect * took
    influence = np.where(is_offered, (rest - rest[is_offered].mean()) / is_offered.sum(),
                         -(rest - rest[~is_offered].mean()) / (~is_offered).sum()) / more  # fmt: skip
    print(f"    take-up: published 72.8 % and 1.1 %; here {share[0]:.1%} and {share[1]:.1%}\n    effect of taking part:"
          f" published 16.8; here {effect:.1f} ({clustered_error(influence, offered.person):.1f})")  # fmt: skip


def school(folder: Path, form: Form) -> None:
    """Return the financial-education course, randomised over schools."""
    frame = pd.read_csv(folder / "bruhn2016.csv.gz")
    rest = [name for name in frame.columns if name not in ("outcome_test_score", "treatment", "school")]
    rows = rows_of(frame, "treatment", "outcome_test_score", rest, "school")
    found = tell("School training", rows, Published(value=4.33, error=0.58), n_seeds=form.n_seeds)
    spread = float(rows.outcome.std())
    print(f"    in standard deviations: published about a quarter (0.29 from this file); plain"
          f" {found.naive / spread:.2f}, ours {found.estimate / spread:.2f}")  # fmt: skip
    tell_order("school training", rows)


def jobs(folder: Path, form: Form) -> None:
    """JOBS II: what the job-search training did."""
    frame = pd.read_csv(folder / "jobs2.csv.gz")
    frame["work"] = (frame["work1"] == "psyemp").astype(float)
    before = ["econ_hard", "depress1", "sex", "age", "occp", "marital", "nonwhite", "educ", "income"]
    for outcome, published in (
        ("depress2", Published(value=-0.063, error=0.047, digits=3)),
        ("job_seek", Published(value=0.067, error=0.050, digits=3)),
        ("work", Published(value=0.057, error=0.033, digits=3)),
    ):
        rows = rows_of(frame, "treat", outcome, before)
        tell(f"JOBS II, {outcome}", rows, published, n_seeds=form.n_seeds)
        tell_order(f"JOBS II, {outcome}", rows, 3)


def star(folder: Path, form: Form) -> None:
    """STAR: kindergarten scores in small classes, and with an aide."""
    frame = pd.read_csv(folder / "star.csv.gz")
    frame["score"] = frame["readk"] + frame["mathk"]
    before = ["gender", "ethnicity", "lunchk", "schoolk"]
    for kind, published in (
        ("small", Published(value=13.90, error=2.45)), ("regular+aide", Published(value=0.31, error=2.27)),
    ):  # fmt: skip
        part = frame[frame["stark"].isin([kind, "regular"])].copy()
        part["is_it"] = (part["stark"] == kind).astype(float)
        rows = rows_of(part, "is_it", "score", before)
        tell(f"STAR, {kind}", rows, published, n_seeds=form.n_seeds)
        tell_order(f"STAR, {kind}", rows)


def firms(folder: Path, _: Form) -> None:
    """Training grants to firms: log scrap within firms and years, a grant this year and the year before.

    Notes
    -----
    Ours is `models.service_link`, which knows one dose: of two, each is what the other does not explain (Frisch & Waugh
    1933, Lovell 1963), so its slope is that of both at once. Its interval is clustered by firm, as
    the published error is not.
    """
    frame = pd.read_csv(folder / "jtrain.csv.gz").sort_values(["fcode", "year"])
    frame["before"] = frame.groupby("fcode")["grant"].shift(1).fillna(0)
    frame["log"] = np.log(frame["scrap"].where(frame["scrap"] > 0))
    frame = frame[frame["log"].notna()]
    unit, period = (pd.factorize(frame[name])[0].astype(np.int64) for name in ("fcode", "year"))
    dose = {name: frame[name].to_numpy(dtype=float) for name in ("grant", "before")}
    for name, other, published in (
        ("grant", "before", Published(value=-0.252, error=0.151, digits=3)),
        ("before", "grant", Published(value=-0.422, error=0.210, digits=3)),
    ):
        shared = estimate_link(name, unit=unit, period=period, dose=dose[other], value=dose[name]).effect
        link = estimate_link(name, unit=unit, period=period, dose=dose[name] - shared * dose[other],
                             value=frame["log"].to_numpy(dtype=float))  # fmt: skip
        said = published.verdict(link.effect, published.error)
        year = "this year" if name == "grant" else "the year before"
        seen = "seen" if link.is_supported else "no difference seen"
        print(f"Firm grants, log scrap, {year}\n    published {published};"
              f" ours {link.effect:.3f} [{link.lower:.3f}, {link.upper:.3f}] by firm: {said};"
              f" {seen}; {link.n_periods} firm-years", flush=True)  # fmt: skip


STUDIES: dict[str, Callable[[Path, Form], None]] = {
    "effect-nsw": nsw, "effect-jobcorps": job_corps, "effect-school-training": school, "effect-jobs2": jobs,
    "effect-star": star, "effect-firm-grants": firms,
}  # fmt: skip
