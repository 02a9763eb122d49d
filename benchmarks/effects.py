"""Effects of trainings: public data with a known answer, the simulated city with a planted one, or a file of one's own.

    python benchmarks/effects.py --data FOLDER [--quick]     public data; says which are absent
    python benchmarks/effects.py --cities 3                  planted truth in as many simulated cities
    python benchmarks/effects.py --file FILE.csv --treatment COLUMN --outcome COLUMN

Public data (a folder with effect-nsw, effect-jobcorps, ...): the National Supported Work demonstration, whose trained
men are compared with men who were never offered it (CPS-1, PSID-1), and randomised studies whose published figures must
come out again as the plain difference. Aims: CPS within one standard error (671) of the experiment's 1,794, PSID within
two. DoubleML and EconML stand beside on the same rows, where they are installed (extra `peers`). Effects of single
persons cannot be found in such data; who gains most is claimed only where that order beats one at random.

A file of one's own: CSV (.csv, .csv.gz) with a header line. The treatment holds 1 or 0, true or false, yes or no, or
treated or control; of other words `--trained VALUE` names those that count as trained and `--compared VALUE` those
they are compared with. Covariates are what was known before (`--covariates A B C`; all other columns when left out):
numbers, or words of at most 50 kinds; what is missing is a value of its own, and where a number is missing the effect
is told of the rows in which nothing is, too: nobody can be made alike in what is not known of them. `--cluster COLUMN`
names what goes together (person, school). `--untrained FILE` takes the untrained from another file. `--published VALUE
ERROR` is held against what comes out.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from csv_files import add_codes, check_asked
from effects_cities import simulated
from effects_file import REASONS, Asked, fully_known, rows_asked
from effects_peers import tell_peers
from effects_public import QUICK_SEEDS, STUDIES, Form
from effects_told import Published, tell
from effects_uplift import tell_order
from progress import QUICK, Progress

from models.crossfit import MOST_ROWS
from models.effect import N_SEEDS, is_enough
from training_catalog.errors import InputError


def options() -> argparse.ArgumentParser:
    """Return what may be asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SEEDS} fold seeds instead of {N_SEEDS}")
    parser.add_argument("--without-peers", action="store_true", help="leave other packages out")
    parser.add_argument("--cities", type=int, default=0, help="simulated cities")
    parser.add_argument("--first-seed", type=int, default=21, help="seed of the first city")
    parser.add_argument("--people", type=int, default=5_200, help="people in each")
    own = parser.add_argument_group("a file of one's own")
    own.add_argument("--file", type=Path, help="CSV file")
    own.add_argument("--treatment", help="column that says who was trained")
    own.add_argument("--outcome", help="column of what was found later")
    own.add_argument("--covariates", nargs="+", default=[], help="columns known before; all others when left out")
    own.add_argument("--cluster", default="", help="column of what goes together")
    own.add_argument("--trained", nargs="+", default=[], help="values of the treatment that count as trained")
    own.add_argument(
        "--compared", nargs="+", default=[], help="values they are compared with; all others when left out"
    )
    add_codes(own)
    own.add_argument("--untrained", type=Path, help="another CSV file, whose rows are the untrained")
    own.add_argument("--published", nargs=2, metavar=("VALUE", "ERROR"), help="plain difference as published")
    own.add_argument("--on-everybody", action="store_true", help="the effect on everybody instead of on the trained")
    return parser


def public(folder: Path, form: Form, *, is_quick: bool) -> int:
    """Run every public study that is there, and return how many were; folders that no study knows are named."""
    n_run = 0
    progress = Progress("effects", len(STUDIES))
    if is_quick:
        print(f"{QUICK}: {form.n_seeds} fold seeds")
    for name, study in STUDIES.items():
        progress.step(name)
        if not (folder / name).is_dir():
            print(f"{name}: left out, there is no folder {folder / name}")
            continue
        try:
            study(folder / name, form)
            n_run += 1
        except FileNotFoundError as error:
            print(f"{name}: left out, there is no file {error.filename}")
    for other in sorted(path.name for path in folder.glob("effect-*") if path.name not in STUDIES):
        print(
            f"{other}: no study of this name is written down; --file FILE --treatment COLUMN --outcome COLUMN runs one"
        )
    return n_run


def published(words: list[str] | None) -> Published | str:
    """Return a published figure with as many digits as it was given with.

    Raises
    ------
    InputError
        When it is no number.
    """
    if words is None:
        return "nothing published"
    try:
        value, error = (float(word.replace(",", "")) for word in words)
    except ValueError:
        raise InputError(f"--published {' '.join(words)}: accepted: two numbers, value and standard error") from None
    return Published(value=value, error=error, digits=len(words[0].partition(".")[2]))


def one_file(asked: argparse.Namespace, form: Form) -> None:
    """Estimate what a file is asked for.

    Raises
    ------
    InputError
        Naming file, column, line, value, and what is accepted.
    """
    check_asked(asked, "treatment", "outcome")
    held = published(asked.published)
    rows = rows_asked(Asked(
        path=asked.file, treatment=asked.treatment, outcome=asked.outcome, covariates=tuple(asked.covariates),
        cluster=asked.cluster, trained=tuple(asked.trained), compared=tuple(asked.compared),
        untrained_path=asked.untrained, missing=tuple(asked.missing), number=tuple(asked.number),
    ))  # fmt: skip
    if len(rows.outcome) > MOST_ROWS:
        print(f"    {len(rows.outcome):,} rows: ours is estimated on {MOST_ROWS:,} of them")
    effect = tell(asked.file.name, rows, held, on_all=asked.on_everybody, n_seeds=form.n_seeds)
    if effect.code in REASONS:
        print(f"    {REASONS[effect.code]}")
        return
    known = fully_known(rows)
    if is_enough(known) and len(known.outcome) < len(rows.outcome):
        tell(f"{asked.file.name}, only rows in which nothing is missing", known, "as above", on_all=asked.on_everybody,
             n_seeds=form.n_seeds)  # fmt: skip
    if is_enough(known) and (known.features != known.features[0]).any():
        tell_order(asked.outcome, known)
    if form.with_peers:
        tell_peers(rows, digits=2)


def main() -> None:
    """Run what was asked for."""
    parser = options()
    asked = parser.parse_args()
    form = Form(n_seeds=QUICK_SEEDS if asked.quick else N_SEEDS, with_peers=not asked.without_peers)
    if not (asked.data or asked.cities or asked.file):
        parser.error("nothing asked for; accepted: --data FOLDER, --cities N, --file FILE")
    if asked.data and not asked.data.is_dir():
        parser.error(f"--data {asked.data}: no such folder; accepted: one with folders {', '.join(STUDIES)}")
    try:
        if asked.file:
            one_file(asked, form)
    except InputError as error:
        parser.error(str(error))
    if asked.data and not public(asked.data, form, is_quick=asked.quick):
        parser.error(f"--data {asked.data}: no study is there; accepted: a folder with {', '.join(STUDIES)}")
    held, progress = [], Progress("cities", asked.cities)
    for seed in range(asked.first_seed, asked.first_seed + asked.cities):
        progress.step(f"city {seed}")
        held.append(simulated(seed, asked.people))
    if held:
        print(f"intervals hold the planted effect in {sum(held)} of {len(held)} cities; promised 95 %")


if __name__ == "__main__":
    main()
