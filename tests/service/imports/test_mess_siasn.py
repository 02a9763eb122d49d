"""Records of the national service as people really collect them: two spellings in one file, months that are none."""

import json

MELUR = "199003152014021987"


def periodic(**fields):
    rating = {"nipBaru": MELUR, "tahun": "2024", "hasilKinerjaNilai": "2", "perilakuKerjaNilai": "2"}
    return rating | fields


def test_a_field_in_two_spellings_is_read_from_either(office):
    records = [periodic(bulanSelesaiPenailan="3", KuadranKinerjaNilai="2"),
               periodic(bulanSelesaiPenilaian="6", kuadranKinerjaNilai="2")]  # fmt: skip
    office.bring(json.dumps({"data": records}), names=["a.json"])
    ratings = office.read("performance")
    named = ratings[ratings["scale"] == "skp-predikat"]
    assert [str(day.date()) for day in named["period_end"]] == ["2024-03-31", "2024-06-30"]


def test_a_month_that_is_none_is_refused_and_not_read_as_december(office):
    record = periodic(bulanSelesaiPenilaian="13", kuadranKinerjaNilai="2")
    imported = office.bring(json.dumps({"data": [record]}), names=["a.json"])
    assert {file.refused for file in imported.report.files} == {1}
    assert office.read("performance").empty


def test_a_name_that_says_another_rating_than_its_number_is_flagged(office, found):
    record = periodic(hasilKinerja="DIBAWAH ESPEKTASI", hasilKinerjaNilai="1", perilakuKerja="SESUAI ESPEKTASI",
                      kuadranKinerja="Sangat Baik", kuadranKinerjaNilai="1")  # fmt: skip
    imported = office.bring(json.dumps({"data": [record]}), names=["a.json"])
    assert found(imported, "warning") == [("header-repeated", 2)]
    assert imported.report.files[0].stored == 1
