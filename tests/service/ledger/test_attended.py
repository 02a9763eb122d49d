"""A completed seat is in the training history: once, whatever files say of it, until it is undone."""

from datetime import date

import pytest

from recommender.workforce_tables import build_workforce
from service import records
from service.completions import FROM_SEAT
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.ledger.approval import approve_plan
from service.ledger.events import seat_event
from service.people import erase_person, person_document
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.history import changes_of
from service.titles import with_titles
from service.wording import Wording
from tests.builders import rows, tables
from tests.offices import KINDS, copied_file, empty_tables, of_its_kind
from tests.service.ledger.plans import keep, put_lines
from training_catalog.catalog import build_catalog

ANI, BUDI = "198001012005011001", "198001012005011002"
WORDS = Wording("en")


def fill(database):
    frames = tables(
        units=rows("unit name", "U1 Dinas"),
        employees=rows("employee name unit", f"{ANI} Ani U1", f"{BUDI} Budi U1"),
        trainings=rows("training name hours", "P1 Etika~Pelayanan~Publik 20", "P2 Tim -"),
        offerings=rows("offering training start_date end_date", "K1 P1 2027-03-01 2027-03-05",
                       "K2 P2 2027-04-01 2027-04-02"),
    )  # fmt: skip
    with database.writing("test") as writing:
        for name, frame in frames.items():
            if len(frame):
                database.upsert(writing, name, frame)


def with_a_plan(url):
    """Lay out an office with a line of money and an approved plan of three seats."""
    empty_tables(url)
    database = open_database(url)
    put_lines(database, "FEE 2027 1000")
    fill(database)
    approve_plan(database, keep(database, f"{ANI} K1 200 FEE", f"{BUDI} K1 200 FEE", f"{ANI} K2 100 FEE"), "sari")
    database.engine.dispose()


@pytest.fixture(params=KINDS)
def office(request, tmp_path):
    for url in of_its_kind(request, tmp_path, with_a_plan):
        yield opened(url)


@pytest.fixture
def small(tmp_path):
    return opened(copied_file(tmp_path / "office.db", with_a_plan))


def opened(url):
    database = open_database(url)
    (plan,) = (stored.plan_id for stored in database.list_plans())

    def happen(kind, nip=ANI, offering="K1", **given):
        return seat_event(database, plan, nip, offering, kind, "sari", **given)

    return database, happen


def history(database, nip=ANI):
    """Return each row of a person's history as words."""
    with transaction(database.engine) as connection:
        frame = database.read_rows_of(connection, "history", nip)
    columns = ["training", "training_name", "start_date", "end_date", "status", "hours", "provider"]
    plain = frame[columns].astype(object).where(frame[columns].notna(), "-")
    return [" | ".join(str(v).removesuffix(" 00:00:00") for v in row) for row in plain.itertuples(index=False)]


def bring(database, folder, text, name="riwayat.csv", table="history"):
    """Import a file, and return what its report counts."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    report = import_files(database, [path], ImportOptions(table=table, on=date(2027, 6, 1)), WORDS).report
    assert report.ok, report
    return (report.files[0].stored, report.files[0].unchanged)


ROW = "P1 | Etika Pelayanan Publik | 2027-03-01 | 2027-03-05 | completed | 20.0 | -"


def test_a_completed_seat_is_in_the_history_once(office):
    database, happen = office
    assert history(database) == []
    happen("enrol")
    assert history(database) == []
    for _ in range(2):
        happen("complete", key="k-1")
        assert history(database) == [ROW]
    assert history(database, BUDI) == []
    happen("fail", BUDI)
    assert history(database, BUDI) == [ROW.replace("completed", "failed")]
    happen("complete", offering="K2")  # a training without hours on file says none
    assert history(database)[1] == "P2 | Tim | 2027-04-01 | 2027-04-02 | completed | - | -"


def test_it_counts_for_the_next_plan_with_its_hours(small):
    database, happen = small
    happen("complete")
    read = with_titles(database.read_all())
    catalog = build_catalog(read, date(2027, 6, 1))
    past = build_workforce(read, catalog).history
    assert catalog.trainings.ids[past.training].tolist() == ["P1"]
    assert (past.hours.tolist(), past.end.astype(str).tolist()) == ([20.0], ["2027-03-05"])


@pytest.mark.parametrize(
    "said",
    [
        f"NIP,Kode Pelatihan,Nama Pelatihan,Tanggal Selesai,JP\n{ANI},P1,Etika,05/03/2027,20",
        f"NIP,Nama Pelatihan,Tanggal Selesai,JP\n{ANI},ETIKA PELAYANAN PUBLIK,05/03/2027,24",
        f"NIP,Kode Pelatihan,Tanggal Selesai,JP\n{ANI},P1,04/03/2027,20",  # the certificate is of a day before
        f"NIP,Nama Pelatihan,Tanggal Mulai,Tanggal Selesai\n{ANI},Etika Pelayanan Publik (2027),01/03/2027,06/03/2027",
    ],
)
@pytest.mark.parametrize("is_first", [False, True])
def test_a_file_that_tells_of_the_same_completion_does_not_double_it(office, tmp_path, said, is_first):
    database, happen = office
    if is_first:
        bring(database, tmp_path, said)
    happen("complete")
    once = history(database)
    bring(database, tmp_path, said)
    again = history(database)
    assert (len(again), len(once)) == (1, 1)
    bring(database, tmp_path, said)
    happen("complete")
    assert history(database) == again


def test_another_year_or_another_person_of_the_same_training_stays(office, tmp_path):
    database, happen = office
    happen("complete")
    bring(database, tmp_path, f"NIP,Kode Pelatihan,Tanggal Selesai\n{ANI},P1,05/03/2024\n{BUDI},P1,05/03/2027\n"
                              f"{ANI},P2,05/03/2027")  # fmt: skip
    assert (len(history(database)), len(history(database, BUDI))) == (3, 1)
    assert ROW in history(database)


def test_a_title_that_is_decided_later_is_the_same_completion(small, tmp_path):
    database, happen = small
    bring(database, tmp_path, f"NIP,Nama Pelatihan,Tanggal Selesai\n{ANI},Kursus jujur,05/03/2027")
    happen("complete")
    assert len(history(database)) == 2
    with database.writing("test") as writing:
        row = {"title": "Kursus jujur", "training": "P1", "status": "confirmed"}
        records.write_records(database, writing, "training_titles", [row], records.EVERYONE, WORDS)
    assert [row.split(" | ")[1] for row in history(database)] == ["Kursus jujur"]


@pytest.mark.parametrize("end", ["complete", "fail"])
def test_what_is_undone_leaves_the_history_and_its_traces_stay(office, end):
    database, happen = office
    happen(end)
    happen("undo")
    assert history(database) == []
    happen("complete")
    assert history(database) == [ROW]
    with transaction(database.engine) as connection:
        made = changes_of(connection, "history", ANI)
    assert [(change.author, change.source[: len(FROM_SEAT)]) for change in made] == [("sari", FROM_SEAT)] * 2


def test_undoing_a_seat_takes_nothing_that_a_file_says(small, tmp_path):
    database, happen = small
    happen("complete")
    bring(database, tmp_path, f"NIP,Kode Pelatihan,Tanggal Selesai,Penyelenggara\n{ANI},P1,05/03/2027,LAN")
    happen("undo")
    assert history(database) == [ROW.removesuffix("-") + "LAN"]


def test_undoing_brings_back_that_somebody_was_enrolled(office, tmp_path):
    database, happen = office
    bring(database, tmp_path, f"NIP,Kode Pelatihan,Tanggal Selesai,Status\n{ANI},P1,05/03/2027,terdaftar")
    before = history(database)
    happen("complete")
    assert history(database) == [ROW]
    happen("undo")
    assert history(database) == before


def test_whoever_is_erased_has_no_history_and_gets_none_again(office):
    database, happen = office
    happen("complete")
    assert person_document(database, ANI)["tables"]["history"][0]["training"] == "P1"
    erase_person(database, ANI)
    assert database.read("history").empty


def test_the_days_are_the_plans_where_the_class_is_gone_and_nobody_unknown_gets_a_row(small):
    database, happen = small
    with database.writing("test") as writing:
        records.delete_record(writing, "offerings", "K1")
    happen("complete")
    assert history(database) == []  # the plan of this test says no days either
