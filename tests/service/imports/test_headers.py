from service.imports.headers import find_header, is_clear, possible_headers
from training_catalog.tables import TABLES, table


def best(rows, **options):
    found = find_header(rows, TABLES, **options)
    assert is_clear(found)
    return found[0]


def test_a_header_below_titles_is_found():
    header = best([["Daftar Pegawai"], ["per", "2026"], ["NIP", "Nama", "Unit Kerja"], ["1", "A", "U"]])
    assert (header.table.name, header.row) == ("employees", 2)


def test_a_header_that_repeats_is_told_apart_by_its_left_neighbour():
    header = best([["NIP", "Nama", "Golongan", "TMT", "Jabatan Fungsional", "TMT"]])
    assert header.columns["position_since"] == 5
    assert (header.columns["grade_since"], header.unknown) == (3, ())


def test_two_lines_with_merged_cells_are_one_header():
    rows = [
        ["Kode Kelas", "Kode Pelatihan", "Waktu Pelaksanaan", "", "Kuota"],
        ["", "", "Mulai", "Akhir", ""],
        ["K1", "P1", "2027-01-01", "2027-01-02", "20"],
    ]
    header = best(rows)
    assert header.n_rows == 2
    assert (header.columns["start_date"], header.columns["end_date"]) == (2, 3)


def test_a_first_row_of_words_is_not_taken_for_a_second_line_of_the_header():
    assert best([["nip", "nama", ""], ["A-1", "Melur", "catatan"]]).n_rows == 1


def test_a_title_is_one_cell_and_no_header():
    assert possible_headers([["Judul"], ["", ""]]) == []


def test_sensitive_columns_are_named_and_get_no_place():
    header = best([["NIP", "Nama", "Agama", "No. NPWP", "Status Kawin"]])
    assert set(header.sensitive) == {"Agama", "No. NPWP", "Status Kawin"}
    assert set(header.columns) == {"employee", "name"}


def test_a_bare_code_is_the_key_of_the_table_that_was_named():
    (header,) = find_header([["kode", "biaya"]], (table("offerings"),), is_named=True)
    assert header.columns == {"offering": 0, "seat_cost": 1}
    (header,) = find_header([["kode", "kode kelas", "biaya"]], (table("offerings"),), is_named=True)
    assert (header.columns["offering"], header.columns["training"]) == (1, 0)


def test_a_value_for_all_rows_stands_for_a_column():
    rows = [["nip", "predikat"]]
    assert not is_clear(find_header(rows, (table("performance"),)))
    (header,) = find_header(rows, (table("performance"),), supplied=frozenset({"period_end", "year"}))
    assert not header.missing
    assert header.supplied == {"period_end"}
