"""Free text against what is on file, on titles and competencies whose right answer anybody sees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching import SURE, UNSURE, TextMatcher, match_titles, stems

TITLES = (
    "Pelatihan Pengelolaan Barang Milik Daerah", "Pelatihan Dasar Audit Internal", "Diklat Kepemimpinan Tingkat III",
    "Diklat Kepemimpinan Tingkat IV", "Bimtek Penyusunan Anggaran", "Pelatihan Asisten Penilai Pajak",
    "Pelatihan Penilai Pajak",
)  # fmt: skip


def match(written):
    best, confidence = match_titles(TITLES, [written])
    return (TITLES[best[0]] if best[0] >= 0 else None), confidence[0]


@pytest.mark.parametrize(("written", "title"), [
    ("PELATIHAN PENGELOLAAN BARANG MILIK DAERAH", TITLES[0]),
    ("Plthn Pengelolaan Brg Milik Daerah", TITLES[0]),
    ("pengelolan barang milk daerah", TITLES[0]),
    ("Pel. Dasar Audit Int.", TITLES[1]),
    ("Diklat Penyusunan  Anggaran Angkatan V Tahun 2019", TITLES[4]),
    ("Diklat Kepemimpinan Tingkt 3", TITLES[2]),
])  # fmt: skip
def test_misspelt_abbreviated_and_dressed_titles_are_matched(written, title):
    found, confidence = match(written)
    assert found == title
    assert confidence >= SURE


@pytest.mark.parametrize("written", [
    "Pelatihan Penyusunan Anggaran Berbasis Kinerja Daerah", "Penilai", "Diklat Kepemimpinan Tingkat II",
    "Asisten Penyusunan Anggaran",
])  # fmt: skip
def test_a_word_too_many_a_word_too_few_and_another_number_are_left_to_a_person(written):
    assert match(written)[1] < SURE


def test_titles_of_other_numbers_are_never_sure_however_long():
    titles = ["Pelatihan Teknis Penyusunan Rencana Kerja dan Anggaran Perangkat Daerah Jilid 1"]
    best, confidence = match_titles(titles, [titles[0].replace("Jilid 1", "Jilid 2"), titles[0]])
    assert best.tolist() == [0, 0]
    assert confidence[0] <= UNSURE < confidence[1] == 1.0


@pytest.mark.parametrize(("written", "on_file"), [("Dasar", "Menengah"), ("dsr.", "Lanjutan"), ("Lanjut", "Menengah")])
def test_titles_of_other_steps_are_never_sure_however_long(written, on_file):
    title = "Pelatihan Penyusunan Rencana Kerja, Anggaran, Pelaporan, Pemantauan dan Evaluasi Perangkat Daerah {}"
    best, confidence = match_titles([title.format(on_file)], [title.format(written), title.format(on_file)])
    assert best.tolist() == [0, 0]
    assert confidence[0] <= UNSURE < confidence[1] == 1.0
    assert match_titles([title.format("Lanjutan")], [title.format("Lanjut")])[1][0] >= SURE


@pytest.mark.parametrize("nothing", ["", "  ", "!!", "dan", "xyzzy"])
def test_a_title_without_any_word_on_file_matches_nothing(nothing):
    assert match(nothing) == (None, 0.0)


def test_a_title_that_holds_several_names_is_found_by_each_that_is_its_own():
    titles = [
        "Arsip",
        "SEPALA/ADUM/DIKLAT PIM TK.IV",
        "SESPA/DIKLAT PIM TK. II",
        "Kursus/Latihan",
        "Latihan/Magang Desa",
    ]
    written = ["Sepala", "Adum", "Diklat Pim Tk. IV", "Sespa", "Pelatihan", "Magang Desa"]
    best, confidence = match_titles(titles, written)
    assert best[[0, 1, 2, 3, 5]].tolist() == [1, 1, 1, 2, 4]
    assert (confidence[[0, 1, 2, 3, 5]] >= SURE).all()
    assert confidence[4] < SURE


def test_a_name_that_several_titles_hold_is_left_to_a_person():
    titles = ["Arsip/Tata Usaha Umum", "Kearsipan/Tata Usaha Umum"]
    assert match_titles(titles, ["Tata Usaha Umum"])[1][0] < SURE


OFFICE = (
    "Pelatihan Kepemimpinan Pengawas", "Pelatihan Kepemimpinan Administrator", "Diklat Kepemimpinan Tingkat III",
    "Diklat Kepemimpinan Tingkat IV", "Pelatihan Dasar CPNS", "Pelatihan Dasar Audit Internal",
    "Pengadaan Barang/Jasa Pemerintah", "Bimtek Sistem Akuntabilitas Kinerja Instansi Pemerintah",
    "Layanan Pengadaan Secara Elektronik", "Manajemen Aset", "Manajemen Arsip Nasional",
)  # fmt: skip
SHORT = {
    "PKP": 0, "Diklat PKA": 1, "PIM III": 2, "Diklatpim Tk. IV": 3, "DIKLAT PIM TK.III Angkatan V": 2, "Latsar": 4,
    "Latsar CPNS": 4, "PBJ": 6, "Bimtek PBJ": 6, "Bimtek SAKIP": 7, "Diklat SAKIP 2021": 7, "LPSE": 8,
}  # fmt: skip


@pytest.mark.parametrize("written", SHORT)
def test_what_a_title_is_called_for_short_proposes_it_and_leaves_it_to_a_person(written):
    best, confidence = match_titles(OFFICE, [written])
    assert OFFICE[best[0]] == OFFICE[SHORT[written]]
    assert 0.3 < confidence[0] < SURE


def test_a_title_on_file_that_is_short_is_proposed_for_what_it_stands_for():
    best, confidence = match_titles(["Arsip", "Bimtek LAKIP"], ["Laporan Akuntabilitas Kinerja Instansi Pemerintah"])
    assert best.tolist() == [1]
    assert UNSURE < confidence[0] < SURE


def test_a_short_form_of_several_titles_has_little_confidence():
    best, confidence = match_titles([*OFFICE, "Penyusunan Kebijakan Publik"], ["PKP", "PKA"])
    assert best[0] in {0, len(OFFICE)}
    assert confidence[0] <= UNSURE < confidence[1]


def test_a_title_that_holds_the_short_form_itself_goes_before_one_that_it_may_stand_for():
    best, confidence = match_titles([*OFFICE, "Bimtek PBJ"], ["PBJ", "Bimtek PBJ"])
    assert best.tolist() == [len(OFFICE)] * 2
    assert confidence[1] == pytest.approx(1.0)


def test_without_trainings_nothing_is_matched():
    best, confidence = match_titles([], ["Audit"])
    assert (best.tolist(), confidence.tolist()) == ([-1], [0.0])


@settings(max_examples=40)
@given(st.lists(st.text("abc dk1IV.-", max_size=24), max_size=5), st.permutations(range(len(TITLES))))
def test_titles_match_themselves_and_what_else_is_asked_changes_nothing(others, order):
    titles = [TITLES[i] for i in order]
    best, confidence = match_titles(titles, [*titles, *others])
    assert best[: len(titles)].tolist() == list(range(len(titles)))
    assert confidence[: len(titles)] == pytest.approx(1.0)
    assert ((confidence >= 0) & (confidence <= 1 + 1e-9)).all()
    for i, other in enumerate(others):
        alone = match_titles(titles, [other])
        assert alone[1][0] == pytest.approx(confidence[len(titles) + i])


NAMES = ("Pengelolaan Anggaran", "Audit Internal", "Komunikasi")
TEXTS = (
    "Pengelolaan Anggaran Budget management menyusun dan mengelola anggaran belanja",
    "Audit Internal Internal audit memeriksa pengendalian intern", "Komunikasi Communication menyampaikan gagasan",
)  # fmt: skip


@pytest.mark.parametrize(("query", "name"), [
    ("Bimbingan teknis mengelola anggaran perangkat daerah", 0), ("Auditor: pengendalian intern", 1),
    ("Communicating ideas in public", 2), ("managing budgets", 0),
])  # fmt: skip
def test_texts_find_their_competency_in_both_languages(query, name):
    index, confidence = TextMatcher(NAMES, TEXTS).best([query], 2)
    assert index[0, 0] == name
    assert confidence[0, 0] > confidence[0, 1] >= 0


def test_a_text_that_shares_nothing_has_no_confidence_and_others_do_not_change_it():
    matcher = TextMatcher(NAMES, TEXTS)
    index, confidence = matcher.best(["zzz", "audit"], 3)
    assert index[0].tolist() == [0, 1, 2]
    assert confidence[0].tolist() == [0, 0, 0]
    assert np.array_equal(matcher.best(["audit"], 3)[0][0], index[1])


def test_stems_of_both_languages_meet():
    assert stems("Perencanaan") == stems("perencanaan")
    assert stems("budgets and the managing") == ["budget", "manag"]
