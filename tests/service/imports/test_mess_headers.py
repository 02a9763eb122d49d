"""Headers in the words of other offices: each column is read, and none that was meant is passed over in silence."""

import pytest

CLASS = "Kode Kelas;Kode Pelatihan;Tanggal Mulai;Tanggal Selesai;{}\nK1;P01;2027-03-01;2027-03-02;1.500.000\n"
MELUR, SATRIA = "199003152014021987", "198507072010012976"
# Table and column, a file with a gap for the header, and headers that offices use.
HEADERS = {
    "history.training_name": (f"NIP;Nama;{{}};Tanggal Selesai;JP\n{MELUR};Melur;Arsip;2025-01-02;8\n",
                              ["Kursus", "Nama Diklat/Kursus", "Bimtek", "Pelatihan yang diikuti", "Course"]),
    "history.end_date": (f"NIP;Nama Pelatihan;{{}};JP\n{MELUR};Arsip;2025-01-02;8\n",
                         ["Tgl. Akhir", "s/d", "Tanggal Pelaksanaan", "Completion date", "Tanggal Penyelesaian"]),
    "history.hours": (f"NIP;Nama Pelatihan;Tanggal Selesai;{{}}\n{MELUR};Arsip;2025-01-02;8\n",
                      ["Jml JP", "Lama (JP)", "JPL", "Jam Pelajaran", "Total JP"]),
    "history.status": (f"NIP;Nama Pelatihan;Tanggal Selesai;{{}}\n{MELUR};Arsip;2025-01-02;Tidak Lulus\n",
                       ["Status Kelulusan", "Lulus/Tidak", "Completion Status"]),
    "assessments.level": (f"NIP;Kode Kompetensi;{{}};Tanggal Penilaian\n{MELUR};M.01;3;2025-01-02\n",
                          ["Level Aktual", "Hasil Asesmen", "Current level"]),
    "assessments.competency": (f"NIP;{{}};Level;Tanggal Penilaian\n{MELUR};M.01;3;2025-01-02\n",
                               ["Kode", "Kode Komp."]),
    "requirements.level": ("Kode Jabatan;Kode Kompetensi;{}\nJ1;M.01;3\n",
                           ["Level Standar", "Level yang dipersyaratkan"]),
    "employees.employee": (f"{{}};Nama;Unit Kerja\n{SATRIA};Satria;U1\n",
                           ["N I P", "N.I.P.", "NIP ASN", "Employee No"]),
    "employees.name": (f"NIP;{{}};Unit Kerja\n{SATRIA};Satria;U1\n",
                       ["N A M A", "Nama & Gelar", "Nama ASN", "Nama (dgn gelar)", "Nm. Peg."]),
    "employees.grade": (f"NIP;Nama;{{}}\n{SATRIA};Satria;III/c\n", ["Pangkat/Gol.", "Gol/Ruang", "GOLRU"]),
    "employees.status": (f"NIP;Nama;{{}}\n{SATRIA};Satria;cuti\n", ["Sts.", "Keaktifan"]),
    "employees.sex": (f"NIP;Nama;{{}}\n{SATRIA};Satria;L\n", ["Jns Kelamin", "Jenis Kel."]),
    "employees.retirement_date": (f"NIP;Nama;{{}}\n{SATRIA};Satria;1/8/2043\n", ["Tgl. Pensiun", "Perkiraan Pensiun"]),
    "employees.unit": (f"NIP;Nama;{{}};Jabatan\n{SATRIA};Satria;U1;J1\n", ["SKPD", "Nama OPD"]),
    "trainings.hours": ("Kode Pelatihan;Nama Pelatihan;{}\nX1;Arsip Statis;8\n", ["Durasi JP", "Beban JP"]),
    "offerings.seat_cost": (CLASS, ["Biaya/Orang", "Tarif", "Biaya Kontribusi"]),
    "budgets.amount": ("Kode Anggaran;Tahun;Uraian;{}\nL1;2027;Kursus;1.000.000\n", ["Plafon", "Pagu Definitif"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "header"), [(place, name) for place, (_, names) in HEADERS.items() for name in names]
)
def test_headers_of_other_offices_are_read(office, place, header):
    table, _, column = place.partition(".")
    (file,) = office.bring(HEADERS[place][0].format(header)).report.files
    assert (file.table, file.stored, file.columns.get(header)) == (table, 1, column)


def test_a_history_that_tells_only_years_keeps_the_trainings_of_each(office, found):
    imported = office.bring(f"NIP;Nama Pelatihan;Tahun;JP\n{MELUR};Arsip;2023;8\n{MELUR};Arsip;2024;8\n")
    assert [str(day.date()) for day in office.read("history")["end_date"]] == ["2023-12-31", "2024-12-31"]
    assert ("date-assumed", None) in found(imported, "note")


def test_a_year_beside_a_day_is_no_day(office):
    (file,) = office.bring(f"NIP;Nama Pelatihan;Tahun;Tanggal Selesai\n{MELUR};Arsip;2024;2024-03-05\n").report.files
    assert file.columns["Tanggal Selesai"] == "end_date"
    assert "Tahun" not in file.columns


@pytest.mark.parametrize("header", ["Ket.", "Keterangan"])
def test_a_column_that_holds_what_another_lacks_is_warned_of(office, found, header):
    content = f"NIP;Nama Pelatihan;Tanggal Selesai;{header}\n{MELUR};Arsip;2025-01-02;Tidak Lulus\n"
    assert ("header-unknown", None) in found(office.bring(content), "warning")


def test_remarks_are_not_warned_of(office, found):
    content = f"NIP;Nama Pelatihan;Tanggal Selesai;Ket.\n{MELUR};Arsip;2025-01-02;ruang A\n"
    assert found(office.bring(content), "warning") == []


def test_the_code_of_a_unit_goes_before_its_name_wherever_it_stands(office):
    office.bring(f"NIP;Nama;Nama OPD;Kode OPD\n{SATRIA};Satria;Dinkes;U2\n")
    assert office.read("employees").set_index("employee").loc[SATRIA, "unit"] == "U2"


@pytest.mark.parametrize("title", ["Jumlah JP", "Total", "JML", "Sub Total JP"])
def test_a_sum_beside_a_number_is_no_training(office, found, title):
    imported = office.bring(f"NIP;Nama Pelatihan;JP\n{MELUR};Total Quality Management;8\n{MELUR};{title};8\n")
    assert office.read("history")["training_name"].tolist() == ["Total Quality Management"]
    assert found(imported, "note").count(("row-total", 3)) == 1


ROSTER = {
    "terms": "sourcedId,status,dateLastModified,title,type,startDate\nT1,active,,G1,term,2026-03-02\n",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex\nu1,active,,1980-01-01,female\n",
    "line-items": "sourcedId,status,dateLastModified,title,classSourcedId\nl1,active,,Ujian,c\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ROSTER)
def test_files_of_a_roster_that_hold_nothing_of_ours_are_no_table(office, found, name):
    assert found(office.bring(ROSTER[name])) == [("file-kind", None)]
