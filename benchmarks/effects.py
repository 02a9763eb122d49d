"""Effects of trainings: public data with a known answer, and the simulated city with a planted one.

    python benchmarks/effects.py --data FOLDER       public data; says which are absent
    python benchmarks/effects.py --cities 3          planted truth in as many simulated cities

Public data (folder with effect-nsw, effect-jobcorps, ...): the National Supported Work demonstration, whose trained men
are compared with men who were never offered it (CPS-1, PSID-1), and randomised studies whose published figures must come
out again. Aims: CPS within one standard error (671) of the experiment's 1,794, PSID within two.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.crossfit import TrainedRows
from models.effect import difference, estimate_effect

NSW_TRUTH, NSW_ERROR = 1_794, 671  # Dehejia & Wahba 1999: 185 trained, 260 controls, randomised
NSW_COLUMNS = ["age", "education", "black", "hispanic", "married", "nodegree", "re74", "re75", "u74", "u75"]


def rows_of(frame, treated, outcome, columns, cluster=None):
    """Return rows with a known outcome; columns that are words become one column a word."""
    known = frame[outcome].notna() & frame[treated].notna()
    frame = frame[known]
    features = pd.get_dummies(frame[columns], dtype=float).to_numpy(dtype=float)
    person = np.arange(len(frame)) if cluster is None else pd.factorize(frame[cluster])[0]
    return TrainedRows(features=features, is_trained=frame[treated].to_numpy(dtype=float) > 0.5,
                       outcome=frame[outcome].to_numpy(dtype=float), person=person.astype(np.int64))  # fmt: skip


def tell(name, rows, published, digits=2, **keywords):
    """Print what is estimated of one data set, and return it."""
    begun = time.perf_counter()
    effect = estimate_effect(rows, **keywords)
    naive, naive_error = difference(rows)
    said = f"{effect.estimate:,.{digits}f} ({effect.error:,.{digits}f}) [{effect.lower:,.{digits}f}, {effect.upper:,.{digits}f}]"
    print(f"{name:34} published {published:>18} | difference {naive:,.{digits}f} ({naive_error:,.{digits}f})"
          f" | ours {said if np.isfinite(effect.estimate) else effect.code}"
          f" | {effect.n_trained:,} trained, {effect.left_out:.0%} without counterparts, worth {effect.n_comparable:,.0f}"
          f" | hidden cause {effect.strength:.1%} / {effect.strength_of_doubt:.1%}"
          f" | seeds {effect.spread:,.{digits}f} | {time.perf_counter() - begun:.0f} s", flush=True)  # fmt: skip
    return effect


def nsw(data):
    """Compare the trained of the experiment with its own controls, and with men who were never offered it."""
    folder = data / "effect-nsw"
    ldw = pd.read_csv(folder / "ldw.csv.gz")
    trained = ldw[ldw["treat"] == 1]
    tell("NSW, randomised controls", rows_of(ldw, "treat", "re78", NSW_COLUMNS), "1,794 (671)", digits=0)
    for name, within in (("cps1", 1), ("psid1", 2)):
        rows = pd.concat([trained, pd.read_csv(folder / f"{name}.csv.gz")])
        effect = tell(f"NSW, {name}", rows_of(rows, "treat", "re78", NSW_COLUMNS), "1,794 (671)", digits=0)
        away = abs(effect.estimate - NSW_TRUTH) / NSW_ERROR
        print(
            f"{'':34} {away:.2f} standard errors from the experiment; aim {within}: {'met' if away <= within else 'MISSED'}"
        )
        tell(f"NSW, {name}, on everybody", rows_of(rows, "treat", "re78", NSW_COLUMNS), "none", digits=0, on_all=True)


def main():
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    parser.add_argument("--cities", type=int, default=0, help="simulated cities")
    asked = parser.parse_args()
    nsw(asked.data)


if __name__ == "__main__":
    main()
