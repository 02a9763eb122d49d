"""Values that nothing could be read by are refused at the door, not found by whoever reads them."""

CASES = (
    ("rating_scales", "scale,name,minimum,maximum,direction\nS,S,5,5,higher\n", "scale-empty"),
    (
        "rating_scales",
        'scale,name,minimum,maximum,direction,labels\nS,S,1,2,higher,"1=Kurang, 2=Baik"\n',
        "number-unreadable",
    ),
    ("frameworks", "framework,name,level_min,level_max\nF,F,5,1\nG,G,3,3\n", "scale-empty"),
    ("frameworks", "framework,name,level_min,level_max\nF,F,1,\nG,G,,5\n", "required-missing"),
    ("trainings", "training,name,series\nA,A,B\nB,B,C\nC,C,A\n", "parent-circle"),
)


def test_they_are_refused_with_their_code_and_the_office_still_opens(bangkom, tmp_path):
    for table, text, code in CASES:
        file = tmp_path / f"{table}.csv"
        file.write_text(text, "utf-8")
        report = bangkom("import", file, "--table", table, "--json").document["files"][0]
        assert report["stored"] == 0, report
        assert {problem["code"] for problem in report["problems"] if problem["severity"] == "error"} == {code}
    file.write_text("training,name,series\nA,A,A\nB,B,A\n", "utf-8")
    assert bangkom("import", file, "--table", "trainings", "--json").document["files"][0]["stored"] == 2
