"""Files of public problems: each kind is read to its end, and a broken one is refused with file, place and format."""

import instance_files
import numpy as np
import pytest

GAP = "2 3  1 2 3  4 5 6  1 1 1  1 1 1  2 2"
MKP = "3 1 0  5 4 3  2 2 2  4"
MMKP = "2 2 1  5   1 9 2 4 1   2 8 3 3 1"
SSCFLP = "2 2  5 5  10 20  2 3  1 2 3 4"


@pytest.mark.parametrize(
    ("kind", "text", "n"),
    [
        ("gap", GAP, 1), ("mkp", MKP, 1), ("mkp", f"2 {MKP} {MKP}", 2), ("mmkp", f"{MMKP}\nsolution: 1 2", 1),
        ("mmkp", f"1 {MMKP} 2 {MMKP}", 2), ("sscflp", SSCFLP, 1),
    ],
)  # fmt: skip
def test_each_kind_is_read(tmp_path, kind, text, n):
    path = tmp_path / "one.txt"
    path.write_text(text, encoding="utf-8")
    assert len(instance_files.read_file(kind, path)) == n


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("gap", GAP[:-2], "after 14 numbers 2 more are expected, and 1 are there"),
        ("gap", f"{GAP} 7", "the problem ends after 16 numbers, and 1 more follow"),
        ("gap", GAP.replace("4", "four"), "word 6: 'four' is no number"),
        ("gap", f"2.5 {GAP[2:]}", "number 1: counts are expected, found 2.5, 3"),
        ("gap", f"{GAP[:-1]}-2", "-2: weights, capacities, demands and opening costs are not negative"),
        ("mkp", f"2 {MKP} {MKP[:-1]}", "after 20 numbers 1 more are expected, and 0 are there; read otherwise"),
        ("mkp", "", "after 0 numbers 1 more are expected"),
        ("mmkp", MMKP[:-2], "more are expected"),
        ("mmkp", "", "there is no problem in it"),
        ("sscflp", SSCFLP.replace("20", "1e"), "word 6: '1e' is no number"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_the_place_and_what_is_accepted(tmp_path, kind, text, said):
    path = tmp_path / "broken.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.txt: .*; accepted \(" + kind) as refused:
        instance_files.read_file(kind, path)
    assert said in str(refused.value)


def test_values_are_told_as_the_file_counts_them(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text(GAP, encoding="utf-8")
    (instance,) = instance_files.read_file("gap", path)
    benefit = instance.problem.options.benefit
    assert instance.own(float(benefit.reshape(3, 2)[:, 0].sum())) == 1 + 2 + 3
    assert np.array_equal(instance.problem.lines.amount, [2, 2])
