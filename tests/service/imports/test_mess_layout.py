"""Layouts as planners send them: headers, totals, notes and columns where nobody expects them."""

from datetime import date

import pytest

MELUR, SATRIA = "199003152014021987", "198507072010012976"


def stored_line(office, content, table, column, **options):
    """Return the one file's report and the last stored value of a column."""
    (file,) = office.bring(content, **options).report.files
    return file, office.read(table)[column].iloc[-1]


def test_brackets_that_say_how_to_fill_in_a_column_are_no_part_of_its_name(office):
    office.bring(f'"NIP\n(18 digit)";"Nama Lengkap (dengan gelar)";Unit Kerja *\n{SATRIA};Satria;U1\n')
    assert SATRIA in set(office.read("employees")["employee"])


def test_a_bracket_that_makes_another_column_of_it_stays(office):
    (file,) = office.bring(f"NIP;Nama;Jabatan (TMT)\n{SATRIA};Satria;1/3/2026\n").report.files
    assert "position" not in file.columns.values()


SCALED = {
    "header": "Kode Anggaran;Tahun;Pagu (Rp ribu)\nL1;2027;1.500\n",
    "above": "Anggaran 2027;;\n(dalam ribuan rupiah);;\nKode Anggaran;Tahun;Pagu\nL1;2027;1500\n",
    "decimal": "Kode Anggaran;Tahun;Pagu (juta)\nL1;2027;1,5\n",
    "list": "Tahun;2027\nDalam ribuan rupiah;\nKode Rekening;Uraian;Sebelum;Sesudah\n5.1.1;Diklat;1.000;1.500\n",
}


@pytest.mark.parametrize("name", SCALED)
def test_amounts_in_thousands_or_millions_are_read_so_and_said(office, name):
    file, amount = stored_line(office, SCALED[name], "budgets", "amount")
    assert amount == 1_500_000
    assert [p.code for p in file.problems if p.severity == "warning"] == ["amount-scaled"]


def test_totals_of_amounts_in_thousands_are_compared_in_rupiah(office, found):
    content = "Kode Anggaran;Tahun;Pagu (ribu)\nL1;2027;1.500\nL2;2027;0,5\nJUMLAH;;1.500,5\n"
    assert ("total-checked", 4) in found(office.bring(content), "note")


PEOPLE = f"No;NIP;Nama;Unit Kerja\n1;{SATRIA};Satria;U1\n"
LEFT_OUT = {
    "header-again": (f"{PEOPLE}No;NIP;Nama;Unit Kerja\n", {"row-header": [3]}),
    "mark-in-the-middle": (f"\ufeff{PEOPLE}\ufeffNo;NIP;Nama;Unit Kerja\n", {"row-header": [3]}),
    "numbered": (PEOPLE.replace("Kerja\n", "Kerja\n(1);(2);(3);(4)\n"), {"row-header": [2]}),
    "numbered-with-sums": (PEOPLE.replace("Kerja\n", "Kerja\n1;2;3;4=2+3\n"), {"row-header": [2]}),
    "signed": (f"{PEOPLE}Jumlah;1;;\n;Bandung, 3 Maret 2026;;\n;Kepala;;\n;;;\n;NIP. 196001011985031001;;\n",
               {"row-total": [3], "row-footer": [4, 5, 7]}),
    "printed-pages": (f"Daftar Pegawai;;;\n{PEOPLE}Halaman 1 dari 2;;;\nDaftar Pegawai;;;\nNo;NIP;Nama;Unit Kerja\n",
                      {"row-metadata": [1], "row-header": [4, 5, 6]}),
    "numbered-beyond-its-rows": (f"{PEOPLE}2;;;\n3;;-;\n", {"row-blank": [3, 4]}),
    "parted-by-units": (PEOPLE.replace("Kerja\n", "Kerja\nA. Bidang Promosi;;;\n"), {"row-blank": [2]}),
    "noted": (f"{PEOPLE}Catatan: per 1 Maret 2026;;;\n", {"row-footer": [3]}),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_no_row_is_left_out_with_its_reason(office, name):
    content, expected = LEFT_OUT[name]
    (file,) = office.bring(content).report.files
    told = {}
    for problem in file.problems:
        if problem.code.startswith("row-"):
            told.setdefault(problem.code, []).append(problem.line)
    assert (told, file.refused, file.stored) == (expected, 0, 1)


def test_a_person_without_number_under_a_table_is_no_footer(office, found):
    imported = office.bring(f"{PEOPLE};;;\n;;Kartika Sari;\n;;Anak Agung, 3;U1\n")
    assert found(imported) == [("required-missing", 4), ("required-missing", 5)]


def test_a_file_of_which_no_line_holds_anything_that_is_read_is_refused(office, found):
    imported = office.bring("No;NIP;Nama\n1;;\n2;;\n")
    assert {line for code, line in found(imported) if code == "required-missing"} == {2, 3}


def test_a_line_with_something_beyond_its_header_is_no_blank_one(office, found):
    assert ("row-shifted", 3) in found(office.bring(f"{PEOPLE}2;;;;{MELUR};Melur\n"))


def test_rows_of_numbers_alone_are_rows(office, found):
    imported = office.bring("Kode Unit Kerja;Nama Unit Kerja;Kode Induk\n1;2;3\n")
    assert found(imported) == [("reference-unknown", 2)]


def test_a_training_called_total_is_no_total(office):
    lines = f"{MELUR};Total Quality Management;1/2/2024;13/2/2024\nJumlah;;;\n;Total JP;;\n"
    (file,) = office.bring(f"NIP;Nama Pelatihan;Tanggal Mulai;Tanggal Selesai\n{lines}").report.files
    assert (file.stored, file.refused) == (1, 0)
    assert office.read("history")["training_name"].tolist() == ["Total Quality Management"]


@pytest.mark.parametrize("total", ["Jumlah;2;;", "TOTAL;2,0;;", "Jumlah Total;0002;;"])
def test_how_many_people_there_are_is_none_of_them(office, found, total):
    imported = office.bring(f"Nama;NIP;Unit;Jabatan\nMelur;{MELUR};;\nSatria;{SATRIA};;\n{total}\n")
    assert ("row-total", 4) in found(imported, "note")
    assert set(office.read("employees")["employee"]) == {MELUR, SATRIA}


def test_somebody_called_like_a_total_is_one_by_their_number(office):
    (file,) = office.bring(f"Nama;NIP;Unit;Jabatan\nJumlah;{MELUR};;\n").report.files
    assert (file.stored, file.left_out) == (1, 0)


def test_a_header_of_three_lines_is_read(office):
    lines = ["NIP;Nama;Penempatan;;", ";;Kini;;Dahulu", ";;Unit Kerja;Jabatan;Catatan", f"{SATRIA};Satria;U2;J2;x"]
    (file,) = office.bring("\n".join(lines)).report.files
    assert file.columns["Penempatan / Kini / Jabatan"] == "position"
    assert office.read("employees").set_index("employee").loc[SATRIA, ["unit", "position"]].tolist() == ["U2", "J2"]


def test_short_lines_and_columns_without_header_are_named(office):
    (file,) = office.bring(f"NIP;Nama;;Unit Kerja\n{SATRIA};Satria;catatan;U1\n{MELUR};Melur Pagi\n").report.files
    warned = [(p.code, p.line) for p in file.problems if p.severity == "warning"]
    assert warned == [("row-short", 3), ("value-emptied", 3), ("header-unknown", None)]
    assert next(p.message for p in file.problems if p.code == "header-unknown").endswith(": C.")


def test_a_file_of_a_header_alone_says_so(office, found):
    assert found(office.bring("NIP;Nama;Unit Kerja\n"), "warning") == [("rows-none", None)]


def test_a_name_beside_its_code_is_no_contradiction(office, found):
    names = f"{SATRIA};Satria;U2;Dinas Kesehatan\n{MELUR};Melur Pagi;U1;Sekretariat\n"
    content = f"NIP;Nama;Kode Unit Kerja;Unit Kerja\n{names}"
    imported = office.bring(content)
    assert found(imported, "warning") == []
    assert ("header-repeated", None) in found(imported, "note")


def test_two_numbers_under_one_header_are_refused(office, found):
    assert found(office.bring(f"NIP;NIP;Nama\n{SATRIA};{MELUR};Satria\n")) == [("header-repeated", 2)]


BESIDE = {
    "by-code": f"NIP;Nama;M.01;M.02\n{MELUR};Melur Pagi;3;2\n{SATRIA};Satria;;1\nJumlah;;3;3\n",
    "by-name": f"Rekap;;;\nNIP;Nama;Integritas;kerja sama\n{MELUR};Melur Pagi;3;2\n{SATRIA};Satria;-;1\n",
    "under-a-group": f"NIP;Nama;Kompetensi;\n;;Integritas;Kerja Sama\n{MELUR};Melur Pagi;3;2\n{SATRIA};Satria;-;1\n",
}


@pytest.mark.parametrize("name", BESIDE)
def test_levels_beside_each_other_are_assessments_and_a_blank_is_none(office, name):
    imported = office.bring(BESIDE[name], supplied={"assessed_on": "2026-06-30"})
    assert imported.report.ok
    assert not [p for f in imported.report.files for p in f.problems if p.code == "header-unknown"]
    read = office.read("assessments")[["employee", "competency", "level"]]
    assert sorted(read.itertuples(index=False, name=None)) == [
        (SATRIA, "M.02", 1.0), (MELUR, "M.01", 3.0), (MELUR, "M.02", 2.0),
    ]  # fmt: skip


def test_a_level_that_is_none_is_refused_under_its_own_header(office):
    refused = office.bring(f"NIP;M.01;M.02\n{MELUR};9;2\n").report.files[0]
    assert [(p.code, p.column, p.line) for p in refused.problems if p.severity == "error"] == [
        ("level-unreadable", "M.01", 2)
    ]


def test_one_column_of_a_competencys_name_may_be_anything(office):
    (file,) = office.bring(f"NIP;Nama;Integritas\n{MELUR};Melur Pagi;tinggi\n").report.files
    assert (file.table, file.refused) == ("employees", 0)


def test_refused_rows_keep_the_unit_of_their_amounts(office):
    content = "Anggaran 2027;;\n(dalam ribuan rupiah);;\nKode Anggaran;Tahun;Pagu\nL1;27;1500\n"
    (refused,) = office.bring(content).refused
    mended = "\n".join(";".join(line) for line in refused.lines).replace(";27;", ";2027;")
    assert office.bring(mended).report.files[0].stored == 1
    assert office.read("budgets")["amount"].tolist() == [1_500_000]


def test_rows_that_a_stray_quotation_mark_joins_are_refused(office, found):
    imported = office.bring(f'NIP;Nama;Unit Kerja\n{MELUR};"Melur;U1\n{SATRIA};Satria";U2\n')
    assert found(imported) == [("lines-joined", 2)]
    assert set(office.read("employees")["employee"]) == {MELUR}


def test_a_text_of_several_lines_that_holds_delimiters_is_a_text(office, found):
    text = "membaca, menulis,\nmengarsip, menata, menilai"
    assert found(office.bring(f'Kode Kompetensi,Nama Kompetensi,Definisi\nT.09,Arsip,"{text}"\n')) == []


@pytest.mark.parametrize("name", ["CafÃ© Pagi", "Caf\ufffd Pagi", "Melur â€“ Pagi"])
def test_letters_that_were_read_wrongly_before_are_said(office, found, name):
    imported = office.bring(f"NIP;Nama;Unit Kerja\n{SATRIA};{name};U1\n")
    assert found(imported, "warning") == [("letters-garbled", None)]


def test_letters_of_other_languages_are_not_garbled(office, found):
    assert found(office.bring(f"NIP;Nama;Unit Kerja\n{SATRIA};Šimić São Âge Ação;U1\n"), "warning") == []


PARTS = "Kode Anggaran;Tahun;Uraian;Pagu\nL1;2027;A;1.000\n;;Sub Jumlah;{part}\nL2;2027;B;2.000\n;;Jumlah;3.000\n"


@pytest.mark.parametrize(("part", "severity"), [("1.000", "note"), ("1.500", "warning")])
def test_a_total_of_a_part_is_compared_with_that_part(office, found, part, severity):
    imported = office.bring(PARTS.format(part=part))
    assert ("total-checked", 3) in found(imported, severity)
    assert ("total-checked", 5) in found(imported, "note")
    assert found(imported) == []


def test_a_header_of_groups_with_columns_below_each_is_read_whole(workbook):
    file = workbook([["NIP", "Pelatihan", None, "Tanggal", None, "Hasil", None],
                    [None, "Nama", "JP", "Mulai", "Selesai", "Nilai", "Status"],
                    [MELUR, "Arsip", 10, date(2026, 1, 5), date(2026, 1, 6), 80, "Lulus"]])  # fmt: skip
    assert (file.stored, file.refused) == (1, 0)
    assert set(file.columns.values()) == {
        "employee", "training_name", "hours", "start_date", "end_date", "post_score", "status"}  # fmt: skip


def test_a_header_below_a_page_of_blank_lines_is_found(office):
    (file,) = office.bring(";;\n" * 60 + f"NIP;Nama;Unit Kerja\n{SATRIA};Satria;U1\n").report.files
    assert (file.header_line, file.stored) == (61, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [("NIP Nama\n1 Satria\n", "no delimiter was found"), ("NIP;Nma;Unit Kerja\n1;Satria;U1\n", "misspelt: Nma")],
)
def test_a_header_that_is_not_known_is_answered_with_what_may_be_amiss(office, content, words):
    (file,) = office.bring(content).report.files
    assert words in file.problems[0].message


def test_days_in_figures_with_one_month_are_read_as_two(office):
    head = "Kode Kelas;Kode Pelatihan;Tanggal Pelaksanaan"
    (file,) = office.bring(f"{head}\nQ1;P01;1-3/3/2027\nQ2;P01;2027\n").report.files
    assert (file.preview[0]["start_date"], file.preview[0]["end_date"]) == ("2027-03-01", "2027-03-03")
    assert (file.stored, file.refused) == (1, 1)


def test_a_line_right_above_a_header_is_none_of_its_lines(office, found):
    imported = office.bring(f"OPD;BKPSDM\nNIP;Nama;Unit Kerja;Jabatan\n{SATRIA};Satria;U1;J1\n")
    assert found(imported, "note")[0] == ("row-metadata", 1)
    assert imported.report.files[0].header_line == 2


def test_a_code_that_only_the_second_line_of_a_header_names_is_looked_at(office):
    (file,) = office.bring("Nama Pelatihan;JP\n;;ID\nArsip;3;P09\n").report.files
    assert (file.table, file.stored) == ("trainings", 1)


@pytest.mark.parametrize("heading", ["Sub Kegiatan Peningkatan Kompetensi", "Subbagian Umum", "Subsidi"])
def test_a_heading_that_begins_with_sub_adds_up_nothing(office, heading):
    content = ("Tahun;2027;;\nNo. Rekening;Uraian;Sebelum;Sesudah\n"
               f";{heading};;2.000.000\n5.1.02;Kursus;1.000.000;1.500.000\n;Sub Jumlah;;1.500.000\n")  # fmt: skip
    (file,) = office.bring(content).report.files
    assert (file.read, file.stored, file.refused, file.left_out) == (4, 1, 0, 3)
    told = [problem.message for problem in file.problems if problem.code == "total-checked"]
    assert [message.partition(" says")[0] for message in told] == ["Sub Jumlah"]


def test_the_headers_of_a_list_of_ranks_are_read(office):
    header = "No.;Nama Lengkap;NIP / NI PPPK;L/P;Pangkat/Gol. Ruang;Jabatan;TMT;Unit Organisasi"
    (file,) = office.bring(f"{header}\n1;Satria;{SATRIA};P;Penata (III/c);J1;1/2/2020;U2\n").report.files
    assert (file.table, file.stored) == ("employees", 1)
    person = office.read("employees").set_index("employee").loc[SATRIA]
    assert person[["unit", "position", "grade"]].tolist() == ["U2", "J1", "Penata (III/c)"]


def test_trainings_of_people_by_name_and_year_are_refused_with_the_numbers_to_choose_from(office, found):
    imported = office.bring("No;Nama;Nama Pelatihan;Tahun\n1;melur  pagi;Diklat X;2024\n2;Bukan Siapa;Diklat Y;2023\n")
    assert found(imported) == [("person-by-name", 2), ("person-by-name", 3)]


@pytest.mark.parametrize("lines", [
    ["Daftar Pelatihan, Kota Contoh", "Tahun 2026, Semester I", "Kode Pelatihan;Nama Pelatihan;Ket"],
    ["Kode Pelatihan;Nama Pelatihan;Nama Pelatihan, Tempat, Biaya"],
    ["Kode Pelatihan\tNama Pelatihan\tCatatan, bila ada"],
])  # fmt: skip
def test_commas_of_titles_split_no_line_where_something_else_does(office, lines):
    mark = "\t" if "\t" in lines[-1] else ";"
    rows = ["P91;Perencanaan, Penganggaran;a, b", "P92;Monitoring, Evaluasi;c, d"]
    content = "\n".join([*lines, *(row.replace(";", mark) for row in rows)])
    (file,) = office.bring(content, table="trainings").report.files
    assert (file.delimiter, file.stored) == (mark, 2)
    assert office.read("trainings").set_index("training").loc["P92", "name"] == "Monitoring, Evaluasi"


def test_commas_with_spaces_split_where_nothing_else_does(office):
    (file,) = office.bring("Kode Pelatihan, Nama Pelatihan\nP91, Arsip; Dinamis\nP92, Statis\n").report.files
    assert (file.delimiter, file.stored) == (",", 2)
