"""Reports of files with very many refused rows: counts are exact, what is listed is bounded, no refused row is lost."""

import msgspec

from service.imports.report import MOST_LISTED

N = 3 * MOST_LISTED


def test_every_problem_is_counted_and_the_first_of_each_kind_are_listed(desk):
    rows = [f"1990031520140219{i % 90 + 10},Nama {i},2020-13-{i % 28 + 1:02}" for i in range(N)]
    rows[-1] = "199003152014021987,,2020-01-01"
    imported = desk.bring("NIP,Nama,TMT Jabatan\n" + "\n".join(rows) + "\n")
    (file,) = imported.report.files
    counts = {(c.severity, c.column, c.code): (c.found, c.listed) for c in file.counts}
    assert file.refused == N
    assert counts["error", "TMT Jabatan", "date-unreadable"] == (N - 1, MOST_LISTED)
    assert counts["error", "Nama", "required-missing"] == (1, 1)
    listed = [p.line for p in file.problems if p.code == "date-unreadable"]
    assert listed == list(range(2, MOST_LISTED + 2))
    assert ("required-missing", N + 1) in [(p.code, p.line) for p in file.problems]
    assert len(imported.refused[0].lines) == N + 1
    assert len(msgspec.json.encode(imported.report)) < 1_000_000


def test_of_few_problems_all_are_listed_and_counted(desk):
    (file,) = desk.bring("NIP,Nama\n1,\n2,\n3,Satu\n").report.files
    assert [(c.code, c.found, c.listed) for c in file.counts if c.severity == "error"] == [("required-missing", 2, 2)]
    assert sum(count.found for count in file.counts) == len(file.problems)
