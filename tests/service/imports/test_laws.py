"""Laws of every import: it adds up, a dry run tells the truth, and the same again changes nothing."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import tries
from training_catalog.tables import TABLES

CELLS = st.one_of(
    st.sampled_from([
        "", "-", "199003152014021987", "1.9E+17", "M.01", "ASN", "Biro", "2027-01-04", "31/02/2026", "31.12.9999",
        "3", "III", "3,5", "1.500.000", "1.5", "BAIK", "Lulus", "=1+1", "'=1", "0", "Jumlah", "#N/A", "2026", "Z",
    ]),
    st.text(max_size=6),
)  # fmt: skip


@st.composite
def files(draw):
    """Draw a CSV of a table with some of its columns and any cells."""
    table = draw(st.sampled_from(TABLES))
    columns = [c for c in table.columns if c.required or c.name in table.key or draw(st.booleans())]
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns) + 1), max_size=6))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([[draw(st.sampled_from([c.name, c.header_id])) for c in columns], *rows])
    return table.name, out.getvalue().encode("utf-8", "replace")


@pytest.mark.long
@settings(max_examples=tries(25, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files())
def test_any_cells_under_our_headers_add_up_and_a_second_time_changes_nothing(desk, drawn):
    table, content = drawn
    dry = desk.bring(content, table=table, dry_run=True).report
    real = desk.bring(content, table=table).report
    assert [f.problems for f in dry.files] == [f.problems for f in real.files]
    assert [f.read for f in dry.files] == [f.read for f in real.files]
    again = desk.bring(content, table=table).report
    assert [f.stored for f in again.files] == [0 for _ in again.files]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_reference_tables_are_identical_after_export_and_import(bangkom, desk, tmp_path, suffix):
    for name in ("price_book", "hour_rules", "rating_scales", "position_defaults", "accounts", "frameworks"):
        before = desk.read(name)
        assert bangkom("export", name, tmp_path / f"{name}{suffix}").code == 0
        (report,) = desk.take(tmp_path / f"{name}{suffix}").report.files
        assert report.unchanged == report.read == len(before) > 0
        assert desk.read(name).equals(before)
