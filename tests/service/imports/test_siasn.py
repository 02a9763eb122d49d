import json

import pytest
import xlsxwriter

from service.imports.siasn import is_private_field

MELUR, SATRIA = "199003152014022987", "197712312003121965"
PERSON = {
    "id": "8ae48289", "nipBaru": MELUR, "nipLama": "510", "nama": "Melur Pagi", "gelarDepan": "Dr.",
    "gelarBelakang": "S.Kom.", "tglLahir": "15-03-1990", "jenisKelamin": "F", "agamaId": "1", "agama": "Rahasia-1",
    "jenisKawinId": "2", "statusPerkawinan": "Rahasia-2", "nik": "3404014507850001", "noNpwp": "Rahasia-3",
    "bpjs": "Rahasia-4", "alamat": "Rahasia-5", "noHp": "Rahasia-6", "noSuratKeteranganDokter": "Rahasia-7",
    "noSuratKeteranganBebasNarkoba": "Rahasia-8", "kedudukanPnsId": "01", "kedudukanPnsNama": "Aktif",
    "statusPegawai": "PNS",
    "tmtCpns": "01-02-2014", "unorId": "U-1", "unorNama": "Bidang Data", "jabatanNama": "Analis",
    "jabatanStrukturalId": "", "jabatanFungsionalId": "JF-9", "tmtJabatan": "01-04-2020", "golRuangAkhir": "III/d",
    "asnJenjangJabatan": "Ahli Muda", "lokasiKerja": "Kota",
}  # fmt: skip
SECRET = ("Rahasia", "3404014507850001")
LEVELS = {"integritas": 3, "kerjasama": "2", "komunikasi": 4, "orientasiPadaHasil": 3, "pelayananPublik": 3,
          "pengembanganDiriDanOrla": 2, "mengelolaPerubahan": "", "pengambilanKeputusan": 3,
          "perekatBangsa": 9}  # fmt: skip
PEOPLE = f"nip,nama\n{MELUR},Melur\n{SATRIA},Satria\n"


def answer(data):
    return json.dumps({"code": 1, "data": data})


def stored_bytes(desk):
    return b"".join(path.read_bytes() for path in desk.folder.glob("office.db*"))


def test_one_person_comes_with_unit_and_position_and_without_what_is_private_field(desk):
    imported = desk.bring(answer(PERSON), names=["data-utama.json"])
    assert [f.table for f in imported.report.files] == ["units", "positions", "employees"]
    assert imported.report.ok
    person = desk.read("employees").iloc[0]
    assert person["name"] == "Dr. Melur Pagi, S.Kom."
    assert [person[c] for c in ("employee", "unit", "position", "employment_type", "status", "sex", "grade")] == [
        MELUR, "U-1", "JF-9", "PNS", "active", "F", "III/d",
    ]  # fmt: skip
    assert [f"{person[c]:%Y-%m-%d}" for c in ("birth_date", "service_start", "position_since")] == [
        "1990-03-15", "2014-02-01", "2020-04-01",
    ]  # fmt: skip
    assert desk.read("units").set_index("unit").loc["U-1", "name"] == "Bidang Data"
    assert desk.read("positions").set_index("position").loc["JF-9", "position_class"] == "Ahli Muda"
    told = {p.code: p.message for p in imported.report.files[0].problems}
    for name in ("agamaId", "agama", "jenisKawinId", "statusPerkawinan", "nik", "noNpwp", "bpjs", "alamat", "noHp",
                 "noSuratKeteranganDokter", "noSuratKeteranganBebasNarkoba"):  # fmt: skip
        assert name in told["column-sensitive"]
    assert "lokasiKerja" in told["header-unknown"]
    assert not any(word.encode() in stored_bytes(desk) for word in SECRET)
    assert not any(word in p.message for f in imported.report.files for p in f.problems for word in SECRET)


def test_the_excel_export_is_read_like_the_service_and_dropped_alike(desk, tmp_path):
    header = ["pns_id", "nip_baru", "nama", "gelar_depan", "gelar_belakang", "tanggal_lahir", "jenis_kelamin",
              "agama_nama", "jenis_kawin_id", "nik", "npwp_nomor", "kedudukan_hukum_nama", "status_cpns_pns",
              "tmt_cpns", "gol_akhir_nama", "jabatan_id", "jabatan_nama", "unor_id", "unor_nama",
              "is_valid_nik"]  # fmt: skip
    row = ["'a1", f"'{MELUR}", "'Melur Pagi", "'null", "null", "'15-03-1990", "'F", "'Rahasia-1", "'2",
           "'3404014507850001", "'Rahasia-3", "'Tugas Belajar", "'P", "'01-02-2014", "'III/d", "'J-1", "'Analis",
           "'U-1",
           "'Bidang Data", "'1"]  # fmt: skip
    other = [SATRIA if cell == f"'{MELUR}" else "1977-12-31" if "1990" in cell else "M" if cell == "'F" else
             "01-12-2003" if "2014" in cell else cell for cell in row]  # fmt: skip
    path = tmp_path / "siasn.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Data")
        for i, cells in enumerate((header, row, other)):
            sheet.write_row(i, 0, cells)
    imported = desk.take(path)
    assert imported.report.ok
    people = desk.read("employees").set_index("employee")
    assert people.loc[MELUR, ["name", "status", "unit", "position"]].tolist() == ["Melur Pagi", "study", "U-1", "J-1"]
    assert len(people) == 2
    assert [f.read for f in imported.report.files] == [1, 1, 2]
    assert "is_valid_nik" in next(p.message for p in imported.report.files[0].problems if p.code == "column-sensitive")
    assert not any(word.encode() in stored_bytes(desk) for word in SECRET)


def test_courses_and_leadership_trainings_become_history(desk):
    courses = [
        {"nipBaru": MELUR, "namaKursus": "PENULISAN", "tanggalKursus": "01-03-2021",
         "tanggalSelesaiKursus": "05-03-2021",
         "jumlahJam": 40, "institusiPenyelenggara": "LAN", "noSertipikat": "7", "path": {"881": {"dok_id": "881"}}},
        {"nipBaru": MELUR, "namaKursus": None, "jenisKursusNama": "ARSIP", "tahunKursus": 2019, "jumlahJam": None},
    ]  # fmt: skip
    leadership = [{"nipBaru": MELUR, "latihanStrukturalNama": "PKA", "tanggal": "02-05-2022", "tanggalSelesai": "",
                   "tahun": 2022, "jumlahJam": "900"}]  # fmt: skip
    imported = desk.bring(PEOPLE, answer(courses), json.dumps(leadership), names=["p.csv", "k.json", "d.json"])
    assert imported.report.ok
    history = desk.read("history").set_index("training_name")
    assert {n: f"{d:%Y-%m-%d}" for n, d in history["end_date"].items()} == {
        "PENULISAN": "2021-03-05", "ARSIP": "2019-12-31", "PKA": "2022-05-02",
    }  # fmt: skip
    assert history.loc["PENULISAN", ["hours", "provider", "status"]].tolist() == [40, "LAN", "completed"]
    told = [(f.file, p.message) for f in imported.report.files for p in f.problems if p.code == "date-assumed"]
    assert told == [
        ("k.json", "Only the year is told in 1 record; its 31 December is read as their last day."),
        ("d.json", "No last day is told in 1 record; the first day is read as it."),
    ]


STATES = {"13": "leave", "99": "retired", "02": "leave", "PPPK Aktif": "active", "Aktif (PPPK)": "active",
          "Mencapai BUP": "retired", "Pemberhentian Sementara": "inactive", "Tidak Aktif": "inactive"}  # fmt: skip


@pytest.mark.parametrize("told", STATES)
def test_a_legal_state_is_read_by_its_code_or_its_name(desk, told):
    people = [{"nipBaru": MELUR, "nama": "MELUR", "unorId": "u", "unorNama": "Unit",
               "kedudukanPnsId" if told.isdecimal() else "kedudukanPnsNama": told}]  # fmt: skip
    assert desk.bring(answer(people), names=["p.json"]).report.ok
    assert desk.read("employees")["status"].tolist() == [STATES[told]]


def test_a_legal_state_that_nobody_knows_is_refused_with_those_accepted(desk, found):
    people = [{"nipBaru": MELUR, "nama": "MELUR", "unorId": "u", "unorNama": "Unit", "kedudukanPnsNama": "Perbantuan"}]
    assert found(desk.bring(answer(people), names=["p.json"])) == [("choice-unknown", 2)]


def test_ratings_keep_their_scale_where_one_is_best_and_every_spelling_is_read(desk):
    yearly = [{"nipBaru": MELUR, "tahun": 2023, "KuadranKinerjaNilai": "1", "kuadranKinerja": "SANGAT BAIK"},
              {"nipBaru": SATRIA, "tahun": 2023, "KuadranKinerjaNilai": "", "kuadranKinerja": "KURANG"}]  # fmt: skip
    monthly = [{"nipBaru": MELUR, "tahun": 2024, "bulanSelesaiPenailan": 2, "kuadranKinerjaNilai": "2"}]
    old = [
        {"nipBaru": MELUR, "tahun": 2019, "nilaiSkp": "91,5", "nilaiPerilakuKerja": 85, "nilaiPrestasiKerja": "88,2"}
    ]
    imported = desk.bring(PEOPLE, answer(yearly), answer(monthly), answer(old),
                          names=["p.csv", "y.json", "m.json", "o.json"])  # fmt: skip
    assert imported.report.ok
    rows = {(r.employee, f"{r.period_end:%Y-%m-%d}", r.scale): r.rating for r in desk.read("performance").itertuples()}
    assert rows == {
        (MELUR, "2023-12-31", "skp-predikat"): 1, (SATRIA, "2023-12-31", "skp-predikat"): 4,
        (MELUR, "2024-02-29", "skp-predikat"): 2, (MELUR, "2019-12-31", "skp-angka"): 88.2,
    }  # fmt: skip


def test_the_nine_levels_become_assessments_and_an_empty_one_is_none(desk, found):
    imported = desk.bring(PEOPLE, answer({"nipBaru": MELUR, **LEVELS}), names=["p.csv", "k.json"],
                          supplied={"assessed_on": "2026-06-30"})  # fmt: skip
    assert found(imported) == [("level-unreadable", 2)]
    levels = desk.read("assessments").set_index("competency")["level"].to_dict()
    assert levels == {"M.01": 3, "M.02": 2, "M.03": 4, "M.04": 3, "M.05": 3, "M.06": 2, "M.08": 3}


def test_the_service_s_units_come_with_their_tree(desk):
    units = [{"Id": "A", "NamaUnor": "Kota", "DiatasanId": None}, {"Id": "B", "NamaUnor": "Dinas", "DiatasanId": "A"}]
    assert desk.bring(answer(units), names=["u.json"]).report.ok
    assert desk.read("units").set_index("unit").loc["B", "parent"] == "A"


def test_the_same_answer_again_changes_nothing(desk):
    desk.bring(answer(PERSON), names=["a.json"])
    again = desk.bring(answer(PERSON), names=["a.json"]).report
    assert [(f.stored, f.unchanged) for f in again.files] == [(0, 1)] * 3


@pytest.mark.parametrize(("header", "row"), [
    ("nip;nama_kursus;tanggal_selesai", f"{MELUR};Arsip;2024-01-31"),
    ("nip;tahun;skala;nilai_skp", f"{MELUR};2019;skp-angka;88"), ("nip_baru;nama;jabatan;unit_kerja", f"{MELUR};M;A;U"),
])  # fmt: skip
def test_files_of_our_own_with_headers_of_the_service_stay_our_own(desk, header, row):
    desk.bring(PEOPLE)
    report = desk.bring(f"{header}\n{row}\n").report
    assert (report.ok, [f.profile for f in report.files]) == (True, ["own"])


@pytest.mark.parametrize("header", ["agama_id", "jenisKawinNama", "NIK", "nomor_hp", "nomorIdBpjs", "tglSkck"])
def test_sensitive_headers_are_told_by_their_words_in_either_spelling(header):
    assert is_private_field(header)
    assert not is_private_field("teknik") | is_private_field("golRuangAkhir") | is_private_field("status_cpns_pns")
