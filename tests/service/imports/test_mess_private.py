"""Data that is never stored, under whatever name and wherever it would slip through: also not in refused rows."""

import json

import msgspec
import pytest

from service.exports.refused import refused_csv
from service.imports.sensitive import is_sensitive, without_national

SATRIA, EMBUN = "198507072010012976", "199212252019032931"
NAMES = ["AGAMA PEGAWAI", "Status Pernikahan", "KTP", "Nomor NIK", "NPWP 16", "BPJS Kesehatan", "Alamat Rumah",
         "No. Telp", "No WA", "Gol. Darah", "Penyandang Disabilitas", "Nama Ibu Kandung", "email_gov",
         "noNpwp", "agamaNama", "Sts Kawin", "NoKTP", "N.P.W.P", "Religion", "Tlp", "No. WhatsApp", "nomor_id_document",
         "Riwayat Kesehatan", "Nama Istri"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_sensitive_columns_are_known_by_their_other_names(office, name):
    (file,) = office.bring(f"NIP;Nama;Unit Kerja;{name}\n{SATRIA};Satria;U1;rahasia\n").report.files
    assert [p.message.endswith(f"{name}.") for p in file.problems if p.code == "column-sensitive"] == [True]


@pytest.mark.parametrize("name", ["N.P.W.P", "N P W P", "agamaNama"])
def test_a_name_is_known_as_it_is_written_too(name):
    assert is_sensitive(name)


@pytest.mark.parametrize("name", ["Golongan", "Alamat Kantor", "Jenis Kelamin", "Komunikasi"])
def test_other_columns_are_not_sensitive(office, name):
    (file,) = office.bring(f"NIP;Nama;Unit Kerja;{name}\n{SATRIA};Satria;U1;P\n").report.files
    assert "column-sensitive" not in {p.code for p in file.problems}


LINES = {
    "own": f"NIP;Nama;Agama;NIK;Unit Kerja\n{SATRIA};;Rahasia;6171010101900001;U1\n",
    "shifted": f"NIP;Nama;Agama;Unit Kerja\n{SATRIA};Satria; S.H.;Rahasia;U1\n",
    "national": "NIP;Nama;Unit Kerja\n6171 0101 0190 0001;Satria;U1\n",
    "within": f"NIP;Nama;Catatan;Unit Kerja\n{SATRIA};;NIK 6171010101900001 dicek;U1\n",
    "history": "NIP;Nama Pelatihan;Tanggal Selesai\n6171010101900001;Satria;2026-01-02\n",
}


@pytest.mark.parametrize("name", LINES)
def test_refused_rows_do_not_hold_what_is_never_stored(office, name):
    (part,) = office.bring(LINES[name]).refused
    told = refused_csv(part).decode("utf-8-sig")
    assert not [text for text in ("Rahasia", "6171010101900001", "6171 0101 0190 0001") if text in told]
    assert "Satria" in told or SATRIA in told


def test_a_national_number_that_names_nobody_is_not_shown(office):
    (file,) = office.bring(LINES["history"]).report.files
    assert [(p.code, p.value) for p in file.problems if p.severity == "error"] == [("id-national", None)]


@pytest.mark.parametrize("number", ["61.71.01.010190.0001", "6171010101900001", "'6171 0101 0190 0001"])
@pytest.mark.parametrize("column", ["NIP", "Tanggal Lahir"])
def test_a_report_shows_no_national_number_wherever_it_stands(office, number, column):
    other = {"NIP": SATRIA, "Tanggal Lahir": "1985-07-07"} | {column: number}
    imported = office.bring(f"NIP;Nama;Tanggal Lahir\n{other['NIP']};Satria;{other['Tanggal Lahir']}\n")
    told = msgspec.json.encode(imported.report).decode()
    assert imported.report.files[0].refused == 1
    assert number.strip("'") not in told


def test_refused_records_of_the_service_do_not_hold_it_either(office):
    record = {"nipBaru": "1,9E+17", "nama": "Satria", "unorId": "u", "unorNama": "U", "agama": "Rahasia",
              "jenisKawinNama": "Rahasia", "noSuratKeteranganDokter": "Rahasia"}  # fmt: skip
    imported = office.bring(json.dumps([record]), names=["a.json"])
    assert imported.refused
    assert "Rahasia" not in "".join(refused_csv(part).decode() for part in imported.refused)


def test_a_mended_refused_file_is_read_again(office):
    (part,) = office.bring(LINES["own"]).refused
    mended = refused_csv(part).decode("utf-8-sig").replace(f"{SATRIA};;", f"{SATRIA};Satria;")
    (file,) = office.bring(mended).report.files
    assert (file.stored, file.refused) == (1, 0)


NIK = "6171010101900001"


@pytest.mark.parametrize("written", [NIK, "617101-010190-0001", "6171 0101 0190 0001", "61.71.01.01.01.90.0001"])
def test_texts_are_stored_without_national_numbers_which_is_counted(office, written):
    lines = [f"{SATRIA};Satria ({written});U1", f"{EMBUN};Embun 1234567890123456, S.H.;U1"]
    (file,) = office.bring("NIP;Nama;Unit Kerja\n" + "\n".join(lines) + "\n").report.files
    assert file.stored == 2
    assert [(p.severity, p.column, p.line, p.message) for p in file.problems if p.code == "national-removed"] == [
        ("warning", "Nama", 2,
         ("National identity numbers were taken out of 1 cell of Nama, here first; they are not stored."))
    ]  # fmt: skip
    names = office.read("employees").set_index("employee")["name"]
    assert names[[SATRIA, EMBUN]].tolist() == ["Satria", "Embun 1234567890123456, S.H."]
    assert written not in msgspec.json.encode(file).decode()


def test_a_text_that_is_a_national_number_alone_is_missing(office):
    line = f"{SATRIA};{NIK};2026-01-02;"
    (file,) = office.bring(f"NIP;Nama Pelatihan;Tanggal Selesai;Penyelenggara\n{line}BKPSDM\n").report.files
    assert (file.stored, file.refused + file.left_out) == (0, 1)
    (file,) = office.bring(f"NIP;Nama;Golongan\n{SATRIA};Satria;{NIK}\n").report.files
    assert file.stored == 1
    assert office.read("employees").set_index("employee")["grade"].isna()[SATRIA]


def test_codes_of_sixteen_digits_stay_as_they_are(office):
    (file,) = office.bring(f"Kode Pelatihan;Nama Pelatihan;JP\n{NIK};Manajemen {NIK} Risiko;8\n").report.files
    assert file.stored == 1
    assert office.read("trainings").set_index("training").loc[NIK, "name"] == "Manajemen Risiko"


OTHERS = ["1990 0315 2014 0219 87", "19900315 201402 1 987", "800/6171010101900001234", "5.1.02.04.01.0001",
          "1.03.5.02.0.00.01.0000.0001", "9999 9999 9999 9999"]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_in_texts_stay(text):
    assert without_national(text) == text
