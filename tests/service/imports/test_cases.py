"""What goes wrong for others, case by case, on the input of the case: values stored, and what the report says."""

import itertools
from pathlib import Path

import pytest

from service.imports.workbooks import SMALL_BYTES
from tests.service.imports.test_workbooks import workbook_of

CASES = Path(__file__).parents[2] / "data" / "cases"
MELUR, SATRIA, EMBUN, GUNTUR = "198507072010012976", "197712312003121965", "199212252019032931", "198809172015041942"
PEOPLE = "nip,nama\n" + "".join(
    f"{number},{name}\n"
    for number, name in [(MELUR, "Melur Pagi"), (SATRIA, "Satria Awan"), (EMBUN, "Embun Rimba"), (GUNTUR, "Guntur"),
                         ("00030557", "Bintang"), ("00030558", "Kirana")]
)  # fmt: skip
TRAININGS = "kode pelatihan,nama pelatihan,jp\nP01,Analisis,20\nP02,Arsip,16\n"


@pytest.fixture
def case(desk):
    """Import the input of a case, and return the report of each of its sheets."""

    def bring(name, **options):
        (path,) = CASES.glob(f"{name}*")
        return desk.take(path, **options).report.files

    return bring


@pytest.fixture
def office(desk):
    """An office with people, trainings, and classes P01 to P10 at the end of 2026."""
    classes = "".join(f"P{i:02},P01,2026-12-28,2026-12-30\n" for i in range(1, 11))
    desk.bring(PEOPLE, TRAININGS, "kode kelas,kode pelatihan,mulai,selesai\n" + classes)
    return desk


def said(file, severity="error"):
    return [(problem.line, problem.code) for problem in file.problems if problem.severity == severity]


def counts(file):
    return file.read, file.stored, file.unchanged, file.refused, file.left_out


def column(desk, table, name):
    declared = desk.read(table)
    return {row[declared.columns[0]]: row[name] for row in declared.to_dict("records")}


def days(desk, table, name):
    return {key: None if str(day) == "NaT" else str(day.date()) for key, day in column(desk, table, name).items()}


def test_a01_a_nip_stored_as_a_number_is_refused_with_its_cell(desk, case):
    (file,) = case("A01")
    assert counts(file) == (4, 1, 0, 3, 0)
    errors = [problem for problem in file.problems if problem.severity == "error"]
    assert [(p.code, p.line, p.column) for p in errors] == [("id-digits-lost", line, "NIP") for line in (2, 3, 4)]
    assert [p.message.partition(":")[0] for p in errors] == ["Sheet1!A2", "Sheet1!A3", "Sheet1!A4"]
    assert desk.read("employees")["employee"].tolist() == [MELUR]


def test_a02_a_nip_in_scientific_notation_is_refused(desk, case):
    (file,) = case("A02")
    assert said(file) == [(2, "id-digits-lost"), (3, "id-digits-lost")]
    assert desk.read("employees")["employee"].tolist() == [SATRIA]


def test_a03_a_nip_spelled_five_ways_is_one_person_and_four_repeats(desk, case):
    (file,) = case("A03")
    assert counts(file) == (5, 1, 0, 0, 4)
    assert [line for line, code in said(file, "note") if code == "row-repeated"] == [3, 4, 5, 6]
    assert desk.read("employees")["employee"].tolist() == ["199003152014021987"]


def test_a04_codes_keep_their_zeros_and_nothing_is_attached_by_guess(desk, case):
    (file,) = case("A04")
    (warning,) = [problem for problem in file.problems if problem.severity == "warning"]
    assert (warning.line, warning.value, "0110" in warning.message) == (4, "110", True)
    parents = desk.read("positions").set_index("position")["parent"]
    assert parents.dropna().to_dict() == {"0110": "0100"}


def test_a05_a_mark_before_the_first_header_is_no_letter_of_it(desk, case):
    (file,) = case("A05")
    assert (file.encoding, file.delimiter, file.stored) == ("utf-8-sig", ";", 1)
    assert desk.read("employees").iloc[0][["employee", "name", "unit"]].tolist() == [MELUR, "Melur Pagi", "Biro Umum"]


def test_a06_a_semicolon_file_keeps_commas_in_values_and_people_without_numbers_are_asked_for(desk, case):
    (file,) = case("A06")
    assert (file.delimiter, file.header_line, counts(file)) == (";", 1, (2, 0, 0, 2, 0))
    assert [(row["employee"], row["rating"]) for row in file.preview] == [
        ("Melur Pagi, S.Kom.", 3.5), ("Satria Awan, S.E., M.M.", 4),
    ]  # fmt: skip
    assert file.columns == {"nama": "employee", "nilai": "rating"}
    assert [p.message for p in file.problems if p.code == "header-unknown"] == ["Not read: jabatan."]
    assert {code for _, code in said(file)} == {"required-missing", "person-by-name"}
    desk.bring("nip,nama\n" + f'{MELUR},"Melur Pagi, S.Kom."\n')
    (file,) = case("A06", supplied={"period_end": "2025-12-31", "scale": "skp-angka"})
    assert said(file) == [(2, "person-by-name"), (3, "person-by-name")]
    assert MELUR in next(p.message for p in file.problems if p.line == 2)
    assert desk.read("performance").empty


def test_a06_a_header_that_fits_no_table_is_refused_before_anything_is_stored(desk):
    (file,) = desk.bring("nama;kota;nilai\nMelur Pagi, S.Kom.;Bantul;3,5\n").report.files
    assert (file.delimiter, [code for _, code in said(file)]) == (";", ["header-missing"])
    assert desk.read("employees").empty


def test_a07_utf_16_is_read(desk, case):
    (file,) = case("A07")
    assert (file.encoding, file.delimiter) == ("utf-16", "\t")
    assert column(desk, "employees", "name") == {MELUR: "Melur Pagi"}


def test_a08_windows_letters_are_read_and_the_encoding_is_said(desk, case):
    (file,) = case("A08")
    assert (None, "encoding-assumed") in said(file, "note")
    assert column(desk, "units", "name") == {"1.19": "Badan \u2013 Penanggulangan", "1.20": "Café Pelatihan"}


def test_a09_characters_nobody_sees_are_taken_out_and_counted(desk, case):
    (file,) = case("A09")
    assert [code for _, code in said(file, "note")].count("cell-cleaned") == 2
    assert desk.read("employees").iloc[0][["name", "position"]].tolist() == ["Melur Pagi", "Arsiparis Mahir"]


def test_a10_two_header_rows_give_both_dates_of_both_trainings(desk, case):
    trainings, offerings = case("A10")
    assert (trainings.stored, offerings.stored) == (2, 2)
    written = {"Waktu Pelaksanaan / Mulai": "start_date", "Waktu Pelaksanaan / Akhir": "end_date"}
    assert offerings.columns.items() >= written.items()
    assert said(trainings, "warning") == [(4, "hours-in-days"), (4, "hours-unknown")]
    assert sorted(days(desk, "offerings", "start_date").values()) == ["2026-03-20", "2026-04-06"]
    assert sorted(days(desk, "offerings", "end_date").values()) == ["2026-03-28", "2026-04-08"]
    assert column(desk, "trainings", "hours")["PELATIHAN-ANALISIS-KEBIJAKAN"] == 32
    assert sorted(column(desk, "offerings", "seats_max").values()) == [15, 20]


def test_a11_lines_above_and_totals_are_left_out_and_the_leaves_add_up_to_the_total(desk, case):
    (file,) = case("A11")
    assert (file.header_line, counts(file)) == (5, (11, 3, 0, 0, 8))
    assert desk.read("budgets")["amount"].sum() == 120_000_000
    assert (13, "total-checked") in said(file, "note")


def test_a12_dates_stored_four_ways_are_one_day(office, case):
    (file,) = case("A12", table="offerings")
    assert file.stored == 4
    assert {days(office, "offerings", "start_date")[f"P0{i}"] for i in range(1, 5)} == {"2026-03-20"}
    assert {days(office, "offerings", "end_date")[f"P0{i}"] for i in range(1, 5)} == {"2026-03-24"}


def test_a12_classes_without_codes_get_some_of_training_and_day(desk, case):
    desk.bring("kode pelatihan,nama pelatihan,jp\n" + "".join(f"P0{i},Kursus {i},8\n" for i in range(1, 5)))
    (file,) = case("A12")
    assert (file.table, file.stored, (None, "code-made") in said(file, "note")) == ("offerings", 4, True)
    assert days(desk, "offerings", "end_date") == {f"P0{i}-20260320": "2026-03-24" for i in range(1, 5)}


def test_a13_days_that_do_not_exist_are_refused(office, case):
    (file,) = case("A13")
    assert said(file) == [(line, "date-unreadable") for line in range(2, 7)]
    assert [str(day.date()) for day in office.read("history")["end_date"]] == ["2024-02-29"]


def test_a14_months_are_read_in_their_spellings(office, case):
    (file,) = case("A14")  # told to be of classes by the codes on file
    assert (file.table, file.stored) == ("offerings", 7)
    assert list(days(office, "offerings", "start_date").values())[:7] == [
        "2026-08-17", "2026-08-17", "2026-08-17", "2026-11-10", "2026-02-01", "2026-12-05", "2026-10-03",
    ]  # fmt: skip


def test_a15_the_end_of_time_is_no_end_and_the_current_post_is_the_person_s(office, case):
    (file,) = case("A15")
    assert (file.profile, counts(file)) == ("posts", (3, 2, 0, 0, 1))
    posts = column(office, "employees", "position")
    assert (posts["00030557"], posts["00030558"]) == ("Analis", "Staf")
    assert days(office, "employees", "position_since")["00030557"] == "2024-11-01"


def test_a16_blank_and_dash_are_unknown_days_and_a_zero_is_refused(office, case):
    (file,) = case("A16")
    assert (counts(file), said(file)) == ((3, 2, 0, 1, 0), [(4, "date-unreadable")])
    assert office.read("history")["end_date"].isna().all()


def test_a17_rupiah_is_read_in_its_spellings_or_refused(office, case):
    (file,) = case("A17")
    assert said(file) == [(line, "money-unclear") for line in (7, 9, 10, 11)]
    assert [row["seat_cost"] for row in file.preview][:7] == [1_500_000] * 5 + [None, 1_500]
    costs = column(office, "offerings", "seat_cost")
    assert [costs[f"P0{i}"] for i in (1, 2, 3, 4, 5, 7)] == [1_500_000] * 5 + [1_500]


def test_a18_errors_and_formulas_without_a_value_are_no_levels(office, case):
    (file,) = case("A18")
    assert (counts(file), said(file)) == ((4, 1, 0, 3, 0), [(line, "cell-fault") for line in (3, 4, 5)])
    cells = [p.message.partition(":")[0] for p in file.problems if p.severity == "error"]
    assert cells == ["Sheet1!C3", "Sheet1!C4", "Sheet1!C5"]
    assert office.read("assessments")["level"].tolist() == [3]


def test_a19_agreeing_lines_are_one_and_conflicts_show_both_lines(desk, case):
    (file,) = case("A19")
    conflicts = [problem for problem in file.problems if problem.code == "row-conflict"]
    assert [(p.line, other in p.message) for p, other in zip(conflicts, ("5", "4"), strict=True)] == [
        (4, True),
        (5, True),
    ]
    assert desk.read("employees")["employee"].tolist() == [MELUR]


def test_a20_a_header_used_three_times_is_tied_to_its_left_neighbour(desk, case):
    (file,) = case("A20")
    assert days(desk, "employees", "grade_since") == {MELUR: "2020-04-01"}
    assert days(desk, "employees", "position_since") == {MELUR: "2022-10-01"}
    (note,) = [problem for problem in file.problems if problem.code == "header-unknown"]
    assert "TMT (Jabatan Tambahan)" in note.message


def test_a21_hidden_sheets_are_passed_over_by_name(case):
    first, second, data = case("A21")
    assert said(first, "note") == said(second, "note") == [(None, "sheet-hidden")]
    assert (data.sheet, data.header_line, data.stored) == ("Data", 2, 1)


def test_a22_a_million_styled_rows_are_two(case):
    (file,) = case("A22")
    assert counts(file) == (2, 2, 0, 0, 0)


def test_a23_rows_after_a_gap_are_read(case):
    (file,) = case("A23")
    assert counts(file) == (2, 2, 0, 0, 0)


def test_a24_a_password_is_a_sentence(case):
    (file,) = case("A24")
    assert said(file) == [(None, "file-password")]


def test_a25_a_web_page_called_xls_is_a_sentence(case):
    (file,) = case("A25")
    assert said(file) == [(None, "file-kind")]


def test_a26_what_inflates_is_refused_before_it_is_opened(desk, tmp_path):
    path = workbook_of(tmp_path / "A26.xlsx", "", more={"xl/sharedStrings.xml": b"0" * (SMALL_BYTES + 1)})
    (file,) = desk.take(path).report.files
    assert said(file) == [(None, "file-too-large")]


def test_a27_text_that_looks_like_a_formula_is_stored_as_given(bangkom, desk, tmp_path):
    names = ['"=HYPERLINK(""http://contoh.invalid"",""klik"")"', "-15", "+62 812 0000 0000", "@bahari"]
    desk.bring(
        "nip,nama\n"
        + "".join(f"{nip},{name}\n" for nip, name in zip((MELUR, SATRIA, EMBUN, GUNTUR), names, strict=True))
    )
    before = desk.read("employees")
    assert column(desk, "employees", "name")[MELUR] == '=HYPERLINK("http://contoh.invalid","klik")'
    assert bangkom("export", "employees", tmp_path / "out.csv").code == 0
    assert desk.take(tmp_path / "out.csv").report.files[0].unchanged == 4
    assert desk.read("employees").equals(before)


def test_a28_one_bad_row_of_four_is_named_and_the_others_are_stored_or_none_as_chosen(office, case):
    (none,) = case("A28", all_or_nothing=True)
    assert (none.stored, office.read("history").empty) == (0, True)
    (file,) = case("A28")
    assert (counts(file), said(file)) == ((4, 3, 0, 1, 0), [(4, "reference-unknown")])


def test_a29_the_same_file_adds_nothing_and_a_corrected_one_what_differs(office, case):
    assert counts(case("A29-reimport-1")[0]) == (2, 2, 0, 0, 0)
    assert counts(case("A29-reimport-1")[0]) == (2, 0, 2, 0, 0)
    assert counts(case("A29-reimport-2")[0]) == (3, 2, 1, 0, 0)
    assert len(office.read("history")) == 3


def test_a30_numbers_of_an_old_workbook_have_no_point(desk, case):
    (file,) = case("A30")
    assert (None, "zeros-lost") in said(file, "note")
    assert desk.read("employees").iloc[0][["employee", "unit"]].tolist() == ["30557", "7"]


def test_b01_what_is_exported_and_imported_again_is_unchanged(bangkom, desk, case, tmp_path):
    (file,) = case("B01")  # told to be of competencies by the codes on file
    assert (file.table, file.refused) == ("competencies", 0)
    assert column(desk, "competencies", "parent").items() >= {"M.01": "M", "M.02": "M", "S.01": "S"}.items()
    before = desk.read("competencies")
    assert bangkom("export", "competencies", tmp_path / "competencies.csv").code == 0
    (again,) = desk.take(tmp_path / "competencies.csv").report.files
    assert (again.stored, again.unchanged) == (0, len(before))
    assert desk.read("competencies").equals(before)


def test_b02_the_order_of_lines_changes_no_tree(desk):
    head, *lines = (CASES / "B02-forward-parent.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for order in itertools.permutations(lines):
        (file,) = desk.bring(head + "".join(order)).report.files
        assert (file.table, file.refused) == ("competencies", 0)
        assert column(desk, "competencies", "parent").items() >= {"M.01.a": "M.01", "M.01": "M"}.items()


def test_b03_loops_and_missing_parents_are_refused_as_a_whole(desk, case):
    before = desk.read("competencies")
    (file,) = case("B03", table="competencies")
    assert said(file) == [(2, "parent-circle"), (3, "parent-circle"), (4, "parent-circle"), (5, "reference-unknown"),
                          (6, "parent-circle")]  # fmt: skip
    assert desk.read("competencies").equals(before)


def test_b04_ratings_of_which_one_is_best_stand_on_scales_with_a_direction(office, case):
    (*_, file) = case("B04")
    assert {code for _, code in said(file)} == {"required-missing"}
    files = case("B04", supplied={"period_end": "2025-12-31"})
    lists, ratings = ([f for f in files if f.table == table] for table in ("rating_scales", "performance"))
    assert [counts(f) for f in lists] == [(3, 0, 0, 0, 3), (5, 0, 0, 0, 5)]
    assert [counts(f) for f in ratings] == [(2, 2, 0, 0, 0)] * 3
    stored = office.read("performance").pivot_table(index="employee", columns="scale", values="rating")
    assert stored.loc[MELUR].to_dict() == {"skp-hasil": 1, "skp-perilaku": 1, "skp-predikat": 1}
    assert stored.loc[SATRIA].to_dict() == {"skp-hasil": 3, "skp-perilaku": 2, "skp-predikat": 4}
    assert {column(office, "rating_scales", "direction")[scale] for scale in stored} == {"lower"}


def test_b04_the_lists_of_a_file_say_what_its_numbers_mean(office):
    document = """{"skala": [{"id": "1", "nama": "DIBAWAH ESPEKTASI"}, {"id": "3", "nama": "DIATAS ESPEKTASI"}],
        "nilai": [{"nip": "%s", "tahun": 2025, "hasilKinerjaNilai": "3", "perilakuKerjaNilai": "1"}]}"""
    office.bring(document % MELUR, names=["n.json"])
    assert office.read("performance").set_index("scale")["rating"].to_dict() == {"skp-hasil": 1, "skp-perilaku": 3}


def test_b04_ratings_side_by_side_are_read_by_name_and_a_line_without_any_is_left_out(office):
    (behaviour, result) = office.bring(
        "nip,tahun,hasil kerja,perilaku kerja\n"
        f"{MELUR},2025,Di Atas Ekspektasi,SESUAI ESPEKTASI\n{SATRIA},2025,,\n{EMBUN},2025,,Dibawah Ekspektasi\n"
    ).report.files[::-1]
    assert counts(result) == (1, 1, 0, 0, 0)
    assert counts(behaviour) == (3, 2, 0, 0, 1)
    stored = office.read("performance").set_index(["employee", "scale"])["rating"].to_dict()
    assert stored == {(MELUR, "skp-hasil"): 1, (MELUR, "skp-perilaku"): 2, (EMBUN, "skp-perilaku"): 3}


def test_b05_not_assessed_is_not_zero(office, case):
    (file,) = case("B05")
    assert [line for line, code in said(file, "note") if code == "row-blank"] == [3, 5, 6]
    assert office.read("assessments").set_index("employee")["level"].to_dict() == {MELUR: 3, SATRIA: 0}


def test_b06_an_absent_part_is_no_zero_and_the_mean_says_of_how_many_it_is(office, case):
    (file,) = case("B06", supplied={"period_end": "2025-12-31", "scale": "skp-angka"})
    assert counts(file) == (2, 2, 0, 0, 0)
    ratings = office.read("performance").set_index("employee")["rating"]
    assert [round(ratings[person], 2) for person in (MELUR, SATRIA)] == [5.0, 3.33]
    (note,) = [problem for problem in file.problems if problem.code == "parts-absent"]
    assert (note.line, note.message) == (2, "The mean of 2 of 3 parts; without: mandiri.")


def test_b06_weights_count_and_what_is_no_number_is_refused_as_such(office):
    document = f"""{{"bobot": {{"hasil": 3, "mandiri": 1}}, "nilai": [
        {{"nip": "{MELUR}", "tahun": 2025, "hasil": "80", "mandiri": 60}},
        {{"nip": "{SATRIA}", "tahun": 2025, "hasil": "x", "mandiri": 1}},
        {{"nip": "{EMBUN}", "tahun": 2025, "hasil": null, "mandiri": null}}]}}"""
    (file,) = office.bring(document, names=["n.json"], supplied={"scale": "skp-angka"}).report.files
    assert (counts(file), said(file)) == ((3, 1, 0, 1, 1), [(3, "number-unreadable")])
    assert office.read("performance")["rating"].tolist() == [75]


def test_b07_more_than_required_is_no_gap_and_makes_up_for_none(office, case):
    required, assessed = case("B07")
    assert {code for file in (required, assessed) for _, code in said(file)} == {"required-missing"}
    office.bring("kode jabatan,nama jabatan\nJ,Analis\n")
    required, assessed = case("B07", supplied={"position": "J", "employee": MELUR})
    assert (required.stored, assessed.stored) == (3, 3)
    (note,) = [problem.message for problem in required.problems if problem.code == "standards-met"]
    assert note == ("2 of 3 standards are met; short, by so many levels: M.02 (2); above: M.01 (2); not assessed: -.")


def test_b07_levels_side_by_side_in_a_table_are_read_alike(office):
    office.bring("kode jabatan,nama jabatan\nJ,Analis\n")
    required, assessed = office.bring(
        "kompetensi;standar;aktual\nM.01;3;\nM.02;2;0\n", supplied={"position": "J", "employee": MELUR}
    ).report.files
    assert (counts(required), counts(assessed)) == ((2, 2, 0, 0, 0), (2, 1, 0, 0, 1))
    (note,) = [problem.message for problem in required.problems if problem.code == "standards-met"]
    assert "0 of 2" in note
    assert "M.02 (2)" in note
    assert note.endswith("not assessed: M.01.")


def test_b08_repeats_conflicts_and_near_duplicates_are_told_apart(desk, case):
    (file,) = case("B08", table="competencies")
    assert said(file) == [(4, "row-conflict"), (6, "row-conflict")]
    assert {(3, "row-repeated"), (5, "name-alike")} <= set(said(file, "note"))
    assert {"2", "99"} < set(desk.read("competencies")["competency"])


def test_b09_levels_are_read_in_their_spellings_and_the_scale_ends_at_five(desk, case):
    (file,) = case("B09")
    assert said(file) == [(7, "level-unreadable")]
    assert desk.read("requirements")["level"].tolist() == [3] * 5


def test_b10_the_order_among_siblings_is_kept(desk, case):
    case("B10")
    order = column(desk, "competencies", "sequence")
    assert [order[code] for code in ("M.1", "M.2", "M.10")] == [1, 2, 10]


def test_b11_long_and_marked_up_text_is_kept_whole(desk, case):
    case("B11")
    stored = desk.read("competencies").set_index("competency").loc["X.1"]
    assert len(stored["name"]) == 138
    assert stored["definition"] == "<p>Baris pertama<br>baris kedua & <b>tebal</b></p>"


def test_g01_an_export_of_a_large_package_gives_people_and_their_posts(desk, case):
    (people,) = case("G01-sap-style-export")
    assert (people.profile, people.stored) == ("posts", 2)
    assert days(desk, "employees", "position_since") == {"00030557": "2025-01-01", "00030558": "2025-01-01"}
    (positions,) = case("G01-sap-style-positions")
    assert said(positions, "warning") == [(2, "reference-unknown"), (3, "reference-unknown")]
    assert desk.read("positions")["parent"].isna().all()


def test_g02_trainings_by_name_only_go_to_nobody(office, case):
    (file,) = case("G02")
    assert (counts(file), said(file)) == ((5, 0, 0, 3, 2), [(line, "person-by-name") for line in (3, 4, 5)])
    assert [code for _, code in said(file, "note")][:2] == ["row-blank", "row-repeated"]
    assert all(SATRIA in problem.message for problem in file.problems if problem.severity == "error")
    assert office.read("history").empty


def test_g03_sample_lines_are_left_out_and_swapped_ranks_are_flagged(desk, case):
    (file,) = case("G03")
    assert [line for line, code in said(file, "note") if code == "row-sample"] == [2, 3]
    assert column(desk, "employees", "grade") == {MELUR: "II/d"}
    swapped = f"nip,nama,pangkat,golongan\n{SATRIA},Satria Awan,III/a,Penata Muda\n{EMBUN},Embun,Penata,III/a\n"
    assert said(desk.bring(swapped).report.files[0], "warning") == [(2, "header-repeated"), (3, "header-repeated")]
    assert column(desk, "employees", "grade")[SATRIA] == "III/a"


def test_g04_a_formula_for_the_end_is_refused_and_the_year_is_flagged(desk, case):
    trainings, offerings = case("G04")
    assert said(offerings) == [(3, "cell-fault"), (4, "cell-fault")]
    assert said(offerings, "warning") == [(3, "year-differs"), (4, "year-differs")]
    assert "1 Sistem Informasi Geografis Dasar" in desk.read("trainings")["name"].tolist()
    assert trainings.refused == 0


def test_g05_an_amount_that_is_not_given_is_unknown_and_totals_are_compared(desk):
    lines = [
        "Judul,Realisasi Anggaran,,,,,", "Daerah,Kabupaten Contoh,,,,,", "Tahun,2024,,,,,", "Kolom,7,,,,,", ",,,,,,",
        ",,,,,,", "No. Rekening,Uraian,Sebelum,Sesudah,Angka,Prosentase,Keterangan",
        '1.05.,PROGRAM,"9,000.00 ","7,000.00","(2,000.00)",(22.22),',
        '1.05.01.,PELATIHAN FORMAL,"3,760,000.00 ",,"(3,760,000.00)",(100.00),',
        '1.05.01.5.2.1.,BELANJA PEGAWAI,"3,285,000.00 ",,"(3,285,000.00)",(100.00),',
        '1.05.02.5..3.,BELANJA MODAL,"9,000.00 ","7,000.00","(2,000.00)",(22.22),',
        '1.05.03.,SOSIALISASI,,"0.00",,,', ',JUMLAH BELANJA,"9,500.00","8,000.00","(1,500.00)",(15.79),',
    ]  # fmt: skip
    (file,) = desk.bring("\n".join(lines)).report.files
    assert (file.header_line, file.profile, counts(file)) == (7, "apbd", (10, 2, 0, 0, 8))
    unknown = [problem for problem in file.problems if problem.code == "amount-unknown"]
    assert [(p.line, "3,760,000.00" in p.message, "3,285,000.00" in p.message) for p in unknown] == [
        (9, True, False), (10, False, True),
    ]  # fmt: skip
    assert [line for line, code in said(file, "warning") if code == "total-checked"] == [13]
    assert column(desk, "budgets", "amount") == {"1.05.02.5..3": 7_000, "1.05.03": 0}


@pytest.mark.parametrize(("name", "table"), [("siasn-ref-kursus", "trainings"), ("ref_kompetensi", "competencies")])
def test_g06_the_name_of_a_list_tells_its_table_where_headers_leave_several(desk, name, table):
    rows = '[{"id": "A1", "nama": "SEPALA/ADUM"}, {"id": "A2", "nama": "SEPALA/ADUM"}]'
    (file,) = desk.bring(rows, names=[f"{name}.json"]).report.files
    assert (file.table, file.stored) == (table, 2)
    assert {"table-by-name", "name-alike"} <= {code for _, code in said(file, "note")}


def test_g06_a_list_that_nothing_tells_is_asked_for_with_the_tables_it_could_be(desk):
    (file,) = desk.bring('[{"id": "1", "nama": "bulanan"}]', names=["siasn-ref-periodik.json"]).report.files
    (problem,) = file.problems
    assert (problem.severity, problem.code) == ("error", "table-ambiguous")
    assert all(name in problem.message for name in ("trainings", "competencies", "positions", "units", "--table"))
