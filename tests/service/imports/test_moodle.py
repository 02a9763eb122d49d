import pytest

PEOPLE = "nip,nama\n199003152014021987,Melur\n199003152014022988,Satria\n"
TRAININGS = "kode_pelatihan,nama,jp\nAUD-1,Dasar Audit,24\nETK-1,Etika Layanan,8\n"
ONE_COURSE = """ID,Name,ID number,Email address,Kuis,Kuis - Completion date,Course complete
7,Melur,199003152014021987,m@example.org,Completed,"11/03/26, 09:00","{melur}"
8,Satria,199003152014022988,s@example.org,Not completed,,{satria}
"""
MANY = """Full name,Username,Course full name,Course short name,Time enrolled,Time completed,Grade
Melur,199003152014021987,Dasar Audit,AUD-1,"Monday, 2 March 2026, 8:00 AM","Thursday, 12 March 2026, 10:15 AM",85.50
Melur,199003152014021987,Etika Layanan,ETK-1,"Monday, 2 March 2026, 8:00 AM",Never,-
Satria,199003152014022988,Kursus Baru,KB-9,,"Senin, 3 Agustus 2026, 23.59",70
"""


@pytest.fixture
def office(desk):
    desk.bring(PEOPLE, TRAININGS)
    return desk


def completions(desk):
    history = desk.read("history")
    return [(row.employee[-3:], row.training, str(row.end_date.date())) for row in history.itertuples()]


@pytest.mark.parametrize(("melur", "day"), [
    ("12/03/26, 10:15", "2026-03-12"), ("Kamis, 12 Maret 2026, 10:15", "2026-03-12"),
    ("2026-03-12 10:15", "2026-03-12"), ("Thursday, 12 March 2026, 10:15 PM", "2026-03-12"),
])  # fmt: skip
def test_the_report_of_one_course_needs_its_name_and_gives_those_who_completed(office, melur, day):
    content = ONE_COURSE.format(melur=melur, satria="")
    (report,) = office.bring(content, supplied={"training": "AUD-1"}).report.files
    assert (report.profile, report.table, report.stored, report.left_out) == ("moodle", "history", 1, 1)
    assert completions(office) == [("987", "AUD-1", day)]
    assert office.read("history")["training_name"].tolist() == ["Dasar Audit"]


def test_without_the_name_of_the_course_its_rows_are_refused(office, found):
    imported = office.bring(ONE_COURSE.format(melur="12/03/26, 10:15", satria=""))
    assert found(imported) == [("required-missing", 2)]


def test_american_dates_are_told_by_their_days(office):
    content = ONE_COURSE.format(melur="3/25/26, 10:15", satria='"4/1/26, 09:00"')
    office.bring(content, supplied={"training": "AUD-1"})
    assert completions(office) == [("987", "AUD-1", "2026-03-25"), ("988", "AUD-1", "2026-04-01")]


def test_a_report_of_many_courses_names_each_and_keeps_titles_that_are_not_on_file(office):
    (report,) = office.bring(MANY).report.files
    assert (report.read, report.stored, report.left_out) == (3, 2, 1)
    history = office.read("history").set_index("employee")
    first, second = history.loc["199003152014021987"], history.loc["199003152014022988"]
    assert (first["training"], str(first["start_date"].date()), first["post_score"]) == ("AUD-1", "2026-03-02", 85.5)
    assert (second["training_name"], str(second["end_date"].date())) == ("Kursus Baru", "2026-08-03")
    assert history["training"].isna().tolist() == [False, True]


def test_the_same_report_again_changes_nothing(office):
    office.bring(MANY)
    (report,) = office.bring(MANY).report.files
    assert (report.stored, report.unchanged) == (0, 2)


def test_a_history_of_our_own_is_not_taken_for_a_report(office):
    own = "nip,nama_kursus,tanggal_selesai,nilai,jumlah_jam\n199003152014021987,Dasar Audit,2026-03-12,80,24\n"
    (report,) = office.bring(own).report.files
    assert (report.profile, report.stored) == ("own", 1)
    assert office.read("history")["hours"].tolist() == [24]
