import csv

UNITS = "unit,name,city\nU1,Dinas Satu,Pontianak\nU2,Dinas Dua,\n"


def test_changes_and_earlier_states_are_shown(bangkom, tmp_path, monkeypatch):
    monkeypatch.setenv("BANGKOM_AUTHOR", "sari")
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "mended.csv").write_text(UNITS.replace("Dinas Satu", "Dinas Tunggal"), encoding="utf-8")
    assert [bangkom("import", tmp_path / name).code for name in ("units.csv", "units.csv", "mended.csv")] == [0] * 3
    first, second = bangkom("database", "changes", "units", "U1", "--json").document["changes"]
    assert (first["before"], first["after"]["name"], first["source"]) == (None, "Dinas Satu", "units.csv")
    assert (second["before"], second["after"]) == ({"name": "Dinas Satu"}, {"name": "Dinas Tunggal"})
    assert (second["author"], second["source"], second["key"]) == ("sari", "mended.csv", {"unit": "U1"})
    shown = bangkom("database", "changes", "units", "U1").out
    assert all(word in shown for word in ("sari", "mended.csv", "Dinas Satu", "Dinas Tunggal"))
    assert bangkom("database", "changes", "units", "U9").out.count("U9") == 0
    refused = bangkom("database", "changes", "unit", "U1")
    assert (refused.code, "accepted: frameworks" in refused.err) == (3, True)


def test_a_table_is_exported_as_it_stood_on_a_day(bangkom, tmp_path):
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    assert bangkom("import", tmp_path / "units.csv").code == 0
    for day, n_rows in (("2020-01-01", 0), ("2999-01-01", 2)):
        assert bangkom("export", "units", tmp_path / "out.csv", "--as-of", day).code == 0
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
            assert len(list(csv.reader(stream))) == 1 + n_rows
