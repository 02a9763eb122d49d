import io
import zipfile

import pytest

FILES = {
    "manifest": "propertyName,value\noneroster.version,1.2\n",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate\n"
    "T1,active,,Gelombang 1,term,2026-03-02,2026-03-06\n",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "O2,active,,Bidang Mutasi,department,,O1\nO1,active,,BKPSDM,district,,\nO9,tobedeleted,,Lama,department,,O1\n",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,middleName,identifier,email\n"
    "u1,active,,true,melur,Melur,Pagi,,199003152014021987,m@example.org\n"
    "199003152014022988,active,,false,satria,Satria,Awan,Budi,,s@example.org\n",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId\n"
    "r1,active,,u1,primary,student,O2\nr2,active,,u1,secondary,student,O1\n",
    "courses": "sourcedId,status,dateLastModified,title,courseCode,orgSourcedId,metadata.jp\n"
    "c1,active,,Dasar Audit,AUD-1,O1,24\n",
    "classes": "sourcedId,status,dateLastModified,title,courseSourcedId,classCode,classType,location,termSourcedIds\n"
    'k1,active,,Kelas A,c1,A,scheduled,Pontianak,"T1,T2"\n',
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
    "e1,active,,k1,O1,u1,student,,,\ne2,active,,k1,O1,199003152014022988,student,,2026-03-03,2026-03-05\n"
    "e3,active,,k1,O1,u1,teacher,,,\ne4,tobedeleted,,k1,O1,u1,student,,,\n",
    "demographics": "sourcedId,birthDate,sex\nu1,1980-01-01,female\n",
}  # fmt: skip


def packed(folder="", **changes):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (FILES | changes).items():
            if content is not None:
                archive.writestr(f"{folder}{name}.csv", content)
    return out.getvalue()


def reports(imported):
    assert {f.profile for f in imported.report.files} == {"oneroster"}
    return {f.table: (f.stored, f.refused, f.left_out) for f in imported.report.files}


@pytest.mark.parametrize("folder", ["", "ekspor/"])
def test_a_whole_roster_is_units_people_trainings_classes_and_enrolments(desk, folder):
    imported = desk.bring(packed(folder), names=["roster.zip"])
    assert reports(imported) == {
        "units": (2, 0, 1), "employees": (2, 0, 0), "trainings": (1, 0, 0), "offerings": (1, 0, 0),
        "history": (2, 0, 2),
    }  # fmt: skip
    assert desk.read("units")["parent"].tolist()[1:] == ["O1"]
    people = desk.read("employees").set_index("employee")
    assert people["name"].tolist() == ["Melur Pagi", "Satria Budi Awan"]
    assert (people["unit"].iloc[0], people["status"].tolist()[1]) == ("O2", "inactive")
    training, offering = desk.read("trainings").iloc[0], desk.read("offerings").iloc[0]
    assert (training["training"], training["name"], training["hours"]) == ("AUD-1", "Dasar Audit", 24)
    assert (offering["training"], str(offering["start_date"].date()), offering["city"]) == (
        "AUD-1", "2026-03-02", "Pontianak",
    )  # fmt: skip
    history = desk.read("history")
    assert history["employee"].tolist() == ["199003152014021987", "199003152014022988"]
    assert [str(day.date()) for day in history["end_date"]] == ["2026-03-06", "2026-03-05"]
    assert set(zip(history["training"], history["status"], strict=True)) == {("AUD-1", "enrolled")}


def test_what_is_sensitive_is_said_to_be_left_and_is_nowhere_on_file(desk):
    imported = desk.bring(packed(), names=["roster.zip"])
    assert "column-sensitive" in {p.code for f in imported.report.files for p in f.problems}
    people = desk.read("employees")
    assert not any(told in people.to_csv() for told in ("example.org", "1980-01-01"))
    assert people["sex"].iloc[0] == "M"  # as the number says, not as the demographics do


def test_a_file_of_deleted_records_alone_is_read_and_stores_nothing(desk):
    orgs = FILES["orgs"].replace(",active,", ",tobedeleted,")
    assert reports(desk.bring(orgs)) == {"units": (0, 0, 3)}


def test_courses_without_hours_take_those_that_are_given(desk):
    courses = FILES["courses"].replace(",metadata.jp", "").replace(",24", "")
    desk.bring(packed(courses=courses, classes=None, enrollments=None), names=["roster.zip"])
    assert desk.read("trainings")["hours"].isna().tolist() == [True]
    desk.bring(packed(courses=courses), names=["roster.zip"], supplied={"hours": "16"})
    assert desk.read("trainings")["hours"].tolist() == [16]


def test_enrolments_whose_class_or_person_is_missing_are_refused(desk, found):
    imported = desk.bring(packed(classes=None), names=["roster.zip"])
    assert {code for code, _ in found(imported)} <= {"required-missing", "reference-unknown"}
    assert desk.read("history")["employee"].tolist() == []
    again = desk.bring(packed(users=FILES["users"].replace("u1,", "u2,")), names=["roster.zip"])
    assert ("reference-unknown", 2) in found(again)


@pytest.mark.parametrize("file", ["classes", "enrollments"])
def test_classes_and_enrolments_on_their_own_are_refused_with_advice(desk, file):
    (report,) = desk.bring(FILES[file], names=[f"{file}.csv"]).report.files
    assert "ZIP" in report.problems[0].message
    assert report.table is None


def test_units_people_and_courses_may_come_on_their_own(desk):
    imported = desk.bring(FILES["orgs"], FILES["users"], FILES["courses"])
    assert {table: stored for table, (stored, *_) in reports(imported).items()} == {
        "units": 2, "employees": 2, "trainings": 1,
    }  # fmt: skip


def test_a_roster_that_is_damaged_is_refused_in_words(desk):
    content = bytearray(packed())
    start = content.index(b"users.csv") + len("users.csv")
    content[start : start + 40] = bytes(40)
    (report,) = desk.bring(bytes(content), names=["roster.zip"]).report.files
    assert report.problems[0].code == "file-unreadable"


def test_people_stay_on_leave_and_in_their_unit_and_histories_keep_their_outcome(desk):
    melur, satria = "199003152014021987", "199003152014022988"
    desk.bring(
        "unit,name\nU7,Bidang\n",
        f"nip,nama,unit,status\n{melur},Melur,,cuti\n{satria},Satria,U7,nonaktif\n",
        "kode pelatihan,nama pelatihan,jp\nAUD-1,Dasar Audit,24\n",
        f"nip,kode pelatihan,tanggal selesai,status\n{melur},AUD-1,2026-03-06,\n{satria},AUD-1,2026-03-05,gagal\n",
    )
    users = FILES["users"].replace("false", "true")
    for _ in range(2):
        imported = desk.bring(packed(users=users), names=["roster.zip"])
    assert all(f.stored == 0 for f in imported.report.files)
    people, history = desk.read("employees").set_index("employee"), desk.read("history").set_index("employee")
    assert people.loc[melur, ["unit", "status"]].tolist() == ["O2", "leave"]
    assert people.loc[satria, "unit"] == "U7"
    assert people["status"].isna()[satria]  # a user again is nobody inactive
    assert len(history) == 2
    assert history["status"].isna()[melur]  # completed
    assert history.loc[satria, "status"] == "failed"
