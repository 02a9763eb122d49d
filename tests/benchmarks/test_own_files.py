"""A CSV file of one's own: what can be read is read, what cannot is refused with file, column, line and value."""

import re

import csv_files
import effects
import effects_file
import effects_uplift
import numpy as np
import outcomes_file
import pandas as pd
import pytest
import ranking_data
from effects_told import Published

from models.crossfit import TrainedRows
from training_catalog.errors import InputError

N = 240


def written(tmp_path, frame, **given):
    path = tmp_path / "own.csv"
    frame.to_csv(path, index=False, **given)
    return path


def people():
    """Return rows of which every other one was trained."""
    place = np.arange(N)
    return pd.DataFrame({
        "treat": place % 2, "score": place * 1.0, "before": place % 7 * 1.0, "kind": np.array(["a", "b"])[place % 2],
        "always": 1, "note": [f"note {i}" for i in place], "user_id": place,
    })  # fmt: skip


def effect_rows(tmp_path, frame, **more):
    path = written(tmp_path, frame)
    return effects_file.rows_asked(effects_file.Asked(path=path, treatment="treat", outcome="score", **more))


def changed(column, row, value):
    frame = people()
    frame[column] = frame[column].astype(object)
    frame.loc[row, column] = value
    return frame


def test_words_become_columns_and_what_says_nothing_is_named(tmp_path, capsys):
    rows = effect_rows(tmp_path, people())
    assert rows.features.shape == (N, 3)  # before, kind a, kind b
    assert rows.is_trained.tolist() == [False, True] * (N // 2)
    said = capsys.readouterr().out
    assert "always (the same in every row)" in said
    assert "note (240 different words" in said
    assert "user_id (an id)" in said


def test_rows_without_treatment_or_outcome_are_left_out_and_counted(tmp_path, capsys):
    frame = people()
    frame.loc[:9, "treat"] = np.nan
    frame.loc[10:14, "score"] = np.nan
    frame.loc[20:29, "before"] = np.nan
    rows = effect_rows(tmp_path, frame)
    said = capsys.readouterr().out
    assert len(rows.outcome) == N - 15
    assert np.isnan(rows.features).sum() == 10
    assert "10 of 240 rows are left out: treat" in said
    assert "5 of 240 rows are left out: score" in said


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            changed("score", 4, "n/k"),
            r"own\.csv, column score, line 6: 'n/k' is not accepted; accepted: a finite number",
        ),
        (changed("before", 4, "many"), r"own\.csv, column before, line 6: 'many' is not accepted"),
        (changed("treat", 3, "perhaps"), r"own\.csv, column treat, line 5: 'perhaps' .* --trained VALUE"),
        (people().assign(treat=1), r"own\.csv, column treat: 240 trained and 0 untrained rows .* accepted: both"),
        (people().assign(score=3), r"own\.csv, column score: every row holds 3; accepted: an outcome that varies"),
        (people().drop(columns="score"), r"own\.csv: no column score; found treat, before"),
        (people().head(0), r"own\.csv: holds no row"),
    ],
)
def test_what_cannot_be_used_for_an_effect_is_refused_in_words(tmp_path, frame, said):
    with pytest.raises(InputError, match=said):
        effect_rows(tmp_path, frame)


def test_a_column_is_asked_for_as_one_thing_only(tmp_path):
    with pytest.raises(InputError, match=r"column treat is asked for as treatment and as covariates; accepted: one"):
        effect_rows(tmp_path, people(), covariates=("before", "treat"))
    with pytest.raises(InputError, match=r"column result is asked for as outcome and as covariates"):
        outcome_file(tmp_path, enrolments(), covariates=("result",))


def test_of_several_arms_those_asked_for_are_compared(tmp_path):
    arms = np.array(["small", "aide", "regular"])[np.arange(N) % 3]
    rows = effect_rows(tmp_path, people().assign(treat=arms), trained=("small",), compared=("regular",))
    assert len(rows.outcome) == N * 2 // 3
    assert rows.is_trained.sum() == N // 3
    with pytest.raises(InputError, match=r"no row holds tiny; found aide, regular, small"):
        effect_rows(tmp_path, people().assign(treat=arms), trained=("tiny",))


def test_the_untrained_may_come_from_another_file(tmp_path):
    other = tmp_path / "other.csv"
    people().drop(columns="treat").assign(score=-1.0).to_csv(other, index=False)
    rows = effect_rows(tmp_path, people(), untrained_path=other)
    assert (~rows.is_trained).sum() == N
    assert set(rows.outcome[~rows.is_trained]) == {-1.0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as CSV"),
        (b"\xff\xfea,b\n1,2\n", "cannot be read as CSV"),
        (b"a,b,a\n1,2,3\n", "column a stands twice"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, said):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        csv_files.read_table(path)
    with pytest.raises(InputError, match="no such file"):
        csv_files.read_table(tmp_path / "other.csv")


def test_other_separators_are_found(tmp_path):
    path = written(tmp_path, people(), sep=";")
    assert list(csv_files.read_table(path).columns) == list(people().columns)


def test_where_commas_do_not_part_cells_they_part_decimals(tmp_path):
    own = people().assign(before=people()["before"] / 4)
    for separator in (";", "\t"):
        path = written(tmp_path, own, sep=separator, decimal=",")
        assert csv_files.numbers_of(csv_files.read_table(path), "before", path).tolist() == own["before"].tolist()
    path = written(tmp_path, own, sep=";")
    assert csv_files.numbers_of(csv_files.read_table(path), "before", path).tolist() == own["before"].tolist()


def test_missing_as_stata_writes_it_and_yes_and_no_in_indonesian(tmp_path):
    own = changed("before", 5, ".a")
    own.loc[6, "before"] = "."
    own["treat"] = np.where(own["treat"] == 1, "Ya", "Tidak")
    rows = effect_rows(tmp_path, own)
    assert np.isnan(rows.features[[5, 6], 0]).all()
    assert rows.is_trained.tolist() == [False, True] * (N // 2)


@pytest.mark.parametrize("column", ["score", "before"])
def test_a_code_far_from_all_numbers_is_refused_until_it_is_said_what_it_means(tmp_path, column):
    own = changed(column, [3, 7, 9], -999)
    with pytest.raises(InputError, match=f"column {column}, line 5: '-999.*' is not accepted; .* --missing -999 where"):
        effect_rows(tmp_path, own)
    assert len(effect_rows(tmp_path, own, number=(-999,)).outcome) == N
    told = effect_rows(tmp_path, own, missing=("-999",))
    assert len(told.outcome) == (N - 3 if column == "score" else N)
    assert int(np.isnan(told.features).sum()) == (0 if column == "score" else 3)


def test_the_order_of_day_and_month_is_told_by_a_day_above_12_or_the_date_is_none():
    told = csv_files.days_of(pd.Series(["05/03/2024", "25/03/2024", "2024-03-05", None, "soon"]))
    assert told[0] == told[2] == told[1] - 20
    assert np.isnan(told[3:]).all()
    assert csv_files.days_of(pd.Series(["3/5/2024", "3/25/2024"])).tolist() == [told[0], told[1]]
    assert np.isnan(csv_files.days_of(pd.Series(["05/03/2024", "06/03/2024"]))).all()
    assert np.isnan(csv_files.days_of(pd.Series(["25/03/2024", "03/25/2024"]))).all()


def choices():
    """Return who took what when: 60 people with four of 30 courses each."""
    person = np.repeat(np.arange(60), 4)
    return pd.DataFrame({
        "user_id": person, "course_id": (person * 7 + np.tile(np.arange(4), 60) * 5) % 30,
        "date": np.tile(["2024-03-01", "2024-01-01", "2024-04-01", "2024-02-01"], 60),
    })  # fmt: skip


def test_the_last_choice_by_date_is_held_out(tmp_path):
    histories, last = ranking_data.read_sequences(written(tmp_path, choices()))
    courses = np.sort(np.unique(choices()["course_id"].astype(str)))
    assert histories.n_people == 60
    assert courses[last].tolist() == choices()["course_id"].astype(str)[2::4].tolist()


def test_choices_without_a_course_are_left_out_and_counted(tmp_path, capsys):
    frame = choices().astype({"course_id": float})
    frame.loc[[2, 6], "course_id"] = np.nan
    histories, _ = ranking_data.read_sequences(written(tmp_path, frame))
    assert len(histories.item) == 240 - 2 - 60
    assert "2 of 240 rows are left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (choices().assign(date=["2024-01-01", "soon"] * 120), r"own\.csv, column date, line 3: 'soon' is not"),
        (
            choices().drop(columns="course_id"),
            r"own\.csv: no column item or .*; found user_id, date; accepted: one row",
        ),
        (choices().head(40), r"own\.csv: 10 people with at least 3 different items, .*; accepted: at least 50"),
        (choices().assign(course_id=1), r"own\.csv: 0 people"),
    ],
)
def test_what_cannot_be_ranked_is_refused_in_words(tmp_path, frame, said):
    with pytest.raises(InputError, match=said):
        ranking_data.read_sequences(written(tmp_path, frame))


def enrolments():
    """Return 100 people who enrol in each of four periods; who passed once passes again."""
    person, period = np.tile(np.arange(100), 4), np.repeat(["2013B", "2013J", "2014B", "2014J"], 100)
    module, result = np.where(person % 3, "x", "y"), np.where(person % 2, "Pass", "Fail")
    return pd.DataFrame(
        {"who": person, "module": module, "period": period, "result": result, "gender": "f", "load": person % 5}
    )


def outcome_file(tmp_path, frame, **more):
    path = written(tmp_path, frame)
    asked = {"outcome": "result", "time": "period", "person": "who", "item": "module"} | more
    return outcomes_file.read_file(outcomes_file.Asked(path=path, **asked))


def test_the_past_is_counted_from_earlier_periods_only(tmp_path):
    study, columns = outcome_file(tmp_path, enrolments())
    assert study.is_test.tolist() == [False] * 300 + [True] * 100
    assert study.is_latest.tolist() == [False] * 200 + [True] * 100 + [False] * 100
    assert study.rows["tried"].tolist() == [0.0] * 100 + [1.0] * 100 + [2.0] * 100 + [3.0] * 100
    assert len(study.rows["passed_share"].iloc[:100].drop_duplicates()) == 1
    changed_later = enrolments()
    changed_later.loc[300:, "result"] = "Fail"
    changed_later.loc[350, "result"] = "Pass"
    later, _ = outcome_file(tmp_path, changed_later)
    pd.testing.assert_frame_equal(study.rows, later.rows)
    assert "load" in columns


def test_protected_attributes_are_left_out_and_named(tmp_path, capsys):
    _, columns = outcome_file(tmp_path, enrolments())
    assert not any("gender" in name for name in columns)
    assert "gender (protected)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (enrolments().replace({"result": {"Fail": "Unclear"}}), r"column result, line 2: 'Unclear' .* --success VALUE"),
        (enrolments().assign(period="2013B"), r"column period: 1 different times; accepted: at least three"),
        (enrolments().assign(result="Pass"), r"column result: 300 earlier rows, 300 of them a success; accepted"),
        (enrolments().drop(columns="module"), r"own\.csv: no column module; found who, period"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused_in_words(tmp_path, frame, said):
    with pytest.raises(InputError, match=said):
        outcome_file(tmp_path, frame)


def test_who_gains_most_is_not_told_of_people_without_counterparts(capsys):
    rng = np.random.default_rng(1)
    trained = np.arange(N) % 2 > 0
    apart = TrainedRows(features=np.where(trained, 5.0, -5.0)[:, None] + rng.normal(size=(N, 2)), is_trained=trained,
                        outcome=rng.normal(size=N), person=np.arange(N))  # fmt: skip
    assert not effects_uplift.tell_order("apart", apart)
    assert "cannot be told: 100% of all have no counterparts" in capsys.readouterr().out


def test_who_gains_most_is_claimed_where_it_is_planted_and_by_lot():
    rng = np.random.default_rng(1)
    gains, trained = rng.normal(size=2_000), rng.random(2_000) < 0.5
    rows = TrainedRows(features=gains[:, None], is_trained=trained, outcome=gains * trained + rng.normal(size=2_000),
                       person=np.arange(2_000))  # fmt: skip
    assert effects_uplift.tell_order("planted", rows)


def test_values_that_count_as_success_must_be_there(tmp_path):
    with pytest.raises(InputError, match=r"column result: no row holds pass; found Fail, Pass"):
        outcome_file(tmp_path, enrolments(), success=("pass",))


def test_a_published_figure_is_reproduced_when_it_rounds_to_the_same():
    published = Published(value=16.06, error=4.07)
    assert published.is_reproduced(16.0649, 4.069)
    assert published.is_reproduced(16.0551, 4.08)
    assert not published.is_reproduced(16.07, 4.07)
    assert not published.is_reproduced(16.06, 4.10)


def test_who_gains_most_is_not_claimed_of_what_is_missing(capsys):
    rng = np.random.default_rng(0)
    ability = rng.normal(size=1_500)
    is_trained = rng.random(1_500) < 1 / (1 + np.exp(-ability))
    features = np.stack([np.where(rng.random(1_500) < 0.1, np.nan, ability), rng.normal(size=1_500)], axis=1)
    rows = TrainedRows(features=features, is_trained=is_trained, person=np.arange(1_500),
                       outcome=2 * ability + is_trained + rng.normal(size=1_500))  # fmt: skip
    assert effects_uplift.tell_order("earnings", rows)  # everybody gains 1: false, for the missing are not made alike
    known = effects_file.fully_known(rows)
    assert len(known.outcome) == (~np.isnan(features[:, 0])).sum()
    assert f"{len(known.outcome):,} rows, in which nothing is" in capsys.readouterr().out
    assert not effects_uplift.tell_order("earnings", known)


def test_beside_missing_numbers_the_effect_is_told_of_rows_in_which_nothing_is_missing(tmp_path, capsys, monkeypatch):
    rng = np.random.default_rng(2)
    ability = rng.normal(size=900)
    is_trained = rng.random(900) < 1 / (1 + np.exp(-ability))
    seen = np.where(rng.random(900) < 0.2, np.nan, ability)
    path = tmp_path / "own.csv"
    pd.DataFrame({"treat": is_trained.astype(int), "score": 2 * ability + is_trained + rng.normal(size=900),
                  "ability": seen}).to_csv(path, index=False)  # fmt: skip
    given = [
        "effects.py",
        "--file",
        str(path),
        "--treatment",
        "treat",
        "--outcome",
        "score",
        "--quick",
        "--without-peers",
    ]
    monkeypatch.setattr("sys.argv", given)
    effects.main()
    all_rows, known = re.findall(r"ours (\d\.\d\d)", capsys.readouterr().out)
    assert float(all_rows) > 1.2  # everybody gains 1; the missing are not made alike
    assert float(known) == pytest.approx(1.0, abs=0.2)
