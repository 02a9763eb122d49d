import json
import re
from datetime import date
from itertools import count

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.exports.case import case_package
from service.imports.headers import plain
from service.imports.values import is_missing
from tests.examples import tries
from training_catalog.frames import canonical
from training_catalog.tables import table

ON = date(2027, 1, 4)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# Fields of the published data model, CASE 1.1: required, and accepted beside them.
FIELDS = {
    "CFDocument": ({"identifier", "uri", "creator", "title", "lastChangeDateTime"},
                   {"caseVersion", "adoptionStatus", "language", "extensions"}),
    "CFItems": ({"identifier", "uri", "fullStatement", "lastChangeDateTime"},
                {"alternativeLabel", "CFItemType", "humanCodingScheme", "abbreviatedStatement", "extensions"}),
    "CFAssociations": ({"identifier", "uri", "associationType", "originNodeURI", "destinationNodeURI",
                        "lastChangeDateTime"}, {"sequenceNumber"}),
}  # fmt: skip
NUMBER = count()
TEXT = st.text("abÉ=+-@'\"01; ", min_size=1, max_size=8).map(plain).filter(lambda text: not is_missing(text, "text"))
MAYBE = st.none() | TEXT


def package(items, associations=(), **document):
    head = {"identifier": "d", "title": "Kamus Teknis", "creator": "Dinas", **document}
    return json.dumps({"CFDocument": head, "CFItems": items, "CFAssociations": list(associations)})


def child(code, parent, sequence=None):
    ends = {"originNodeURI": {"identifier": code}, "destinationNodeURI": {"identifier": parent}}
    return {"associationType": "isChildOf", "sequenceNumber": sequence, **ends}


@pytest.fixture
def bring(desk):
    def of(content):
        reports = desk.bring(content, names=["kamus.json"]).report.files
        assert {report.profile for report in reports} == {"case"}
        return {report.table: report for report in reports}

    return of


def test_a_package_is_a_framework_and_its_competencies_in_their_tree(desk, bring):
    items = [
        {"identifier": "i1", "humanCodingScheme": "T.1", "fullStatement": "Teknis"},
        {"identifier": "i2", "humanCodingScheme": "T.1.2", "abbreviatedStatement": "Audit", "CFItemType": "teknis",
         "fullStatement": "Mampu memeriksa."},
        {"identifier": "i3", "fullStatement": "Tanpa kode", "CFItemType": "Clarification"},
    ]  # fmt: skip
    reports = bring(package(items, [child("i1", "d", 1), child("i2", "i1", 2), child("i3", "i1")]))
    assert reports["frameworks"].stored == 1
    framework = desk.read("frameworks").set_index("framework").loc["KAMUS-TEKNIS"]
    assert (framework["name"], framework["source"]) == ("Kamus Teknis", "Dinas")
    rows = desk.read("competencies")
    rows = rows[rows["framework"] == "KAMUS-TEKNIS"].set_index("competency")
    assert rows["name"].to_dict() == {"T.1": "Teknis", "T.1.2": "Audit", "i3": "Tanpa kode"}
    assert rows["parent"].dropna().to_dict() == {"T.1.2": "T.1", "i3": "T.1"}
    assert rows["definition"].dropna().to_dict() == {"T.1.2": "Mampu memeriksa."}
    assert rows["kind"].dropna().to_dict() == {"T.1.2": "technical", "i3": "other"}
    assert rows["sequence"].dropna().to_dict() == {"T.1": 1, "T.1.2": 2}


def test_items_that_share_a_code_keep_their_identifiers_and_the_report_says_so(desk, bring):
    items = [{"identifier": f"i{n}", "humanCodingScheme": "X", "fullStatement": f"Butir {n}"} for n in (1, 2)]
    report = bring(package(items))["competencies"]
    assert [(p.line, p.code) for p in report.problems if p.severity == "warning"] == [
        (2, "code-made"),
        (3, "code-made"),
    ]
    assert {"i1", "i2"} <= set(desk.read("competencies")["competency"])


@pytest.mark.parametrize("items", [[], None, "x"])
def test_a_package_without_items_is_its_framework_alone(bring, items):
    reports = bring(package(items))
    assert {table: report.stored for table, report in reports.items()} == {"frameworks": 1}


@pytest.mark.parametrize("item", [
    {"fullStatement": "Tanpa pengenal"}, {"identifier": "i1"}, {"identifier": ["x"], "fullStatement": {"a": 1}}, 7,
])  # fmt: skip
def test_a_misshapen_item_is_counted_and_the_others_are_stored(desk, bring, item):
    report = bring(package([item, {"identifier": "ok", "fullStatement": "Baik"}], ["x", {"associationType": []}]))
    assert report["competencies"].read == 2
    assert "ok" in set(desk.read("competencies")["competency"])


@st.composite
def frameworks(draw):
    """Draw a framework of any values, and competencies in a tree, under codes that no other example has."""
    code = f"F{next(NUMBER)}"
    low, high = draw(st.sampled_from([(None, None), (1.0, 5.0), (0.5, 7.25)]))
    framework = {"framework": code, "name": draw(TEXT), "level_min": low, "level_max": high,
                 "direction": draw(st.sampled_from([None, "higher", "lower"])), "source": draw(MAYBE)}  # fmt: skip
    rows = []
    for n in range(draw(st.integers(0, 4))):
        name = draw(TEXT)
        rows.append({
            "competency": f"{code}.{n}", "name": name, "name_en": draw(MAYBE), "framework": code,
            "kind": draw(st.sampled_from([None, "technical", "socio-cultural", "other"])),
            "parent": draw(st.sampled_from([None, *[row["competency"] for row in rows]])),
            "weight": draw(st.none() | st.floats(0.1, 9)), "sequence": draw(st.none() | st.integers(0, 10**9)),
            "definition": draw(MAYBE | st.just(name)),
        })  # fmt: skip
    return framework, rows


@settings(max_examples=tries(8, 25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frameworks())
def test_a_framework_is_identical_after_export_and_import_and_in_the_published_shape(desk, drawn):
    framework, rows = drawn
    given_rows = {"frameworks": [framework], "competencies": rows}
    stored = {name: canonical(pd.DataFrame(drawn_rows, columns=table(name).column_names), table(name))
              for name, drawn_rows in given_rows.items()}  # fmt: skip
    written = case_package(stored, framework["framework"], ON)
    assert_published_shape(written)
    assert desk.bring(json.dumps(written), names=["kamus.json"]).report.ok
    read = {name: desk.read(name) for name in stored}
    read["competencies"] = read["competencies"][read["competencies"]["framework"] == framework["framework"]]
    assert case_package(read, framework["framework"], ON) == written
    for row in rows:
        found = read["competencies"].set_index("competency").loc[row["competency"]]
        assert {k: v for k, v in row.items() if v is not None} == {"competency": row["competency"], **found.dropna()}


def assert_published_shape(written):
    parts = {"CFDocument": [written["CFDocument"]], **{name: written[name] for name in ("CFItems", "CFAssociations")}}
    for name, entries in parts.items():
        required, optional = FIELDS[name]
        for entry in entries:
            assert required <= entry.keys() <= required | optional
            assert UUID.fullmatch(entry["identifier"])
            assert entry["lastChangeDateTime"] == "2027-01-04T00:00:00Z"
    known = {entry["identifier"] for entry in (*parts["CFItems"], *parts["CFDocument"])}
    for place in parts["CFAssociations"]:
        assert {place["originNodeURI"]["identifier"], place["destinationNodeURI"]["identifier"]} <= known
        assert isinstance(place.get("sequenceNumber", 0), int)


def test_the_command_writes_one_framework_that_changes_nothing_when_it_comes_back(bangkom, desk, tmp_path):
    before = {name: desk.read(name) for name in ("frameworks", "competencies")}
    path = tmp_path / "asn.json"
    assert bangkom("export", "frameworks", path).code == 3
    assert "ASN, ESCO, ONET" in bangkom("export", "frameworks", path).err
    assert bangkom("export", "frameworks", path, "--framework", "NONE").code == 3
    assert bangkom("export", "frameworks", path, "--framework", "ASN").code == 0
    assert {(f.table, f.unchanged, f.read) for f in desk.take(path).report.files} == {
        ("frameworks", 1, 1), ("competencies", 9, 9),
    }  # fmt: skip
    assert all(desk.read(name).equals(frame) for name, frame in before.items())


def test_a_competency_that_names_no_framework_goes_with_the_default_one_and_still_names_none(desk, bring):
    desk.bring("kode_kompetensi,nama_kompetensi\nX.1,Tanpa kerangka\n", table="competencies")
    before = desk.read("competencies")
    frames = {"frameworks": desk.read("frameworks"), "competencies": before}
    bring(json.dumps(case_package(frames, "ASN", ON)))
    assert desk.read("competencies").equals(before)
    assert before.set_index("competency")["framework"].isna()["X.1"]


def test_what_no_column_keeps_is_named_with_its_number(bring):
    items = [
        {"identifier": "i1", "fullStatement": "Teknis", "educationLevel": ["09"], "notes": "lihat", "language": "id",
         "extensions": {"lain": 1}},
        {"identifier": "i2", "fullStatement": "Audit", "notes": "lagi"},
    ]  # fmt: skip
    content = json.loads(package(items, [child("i1", "d"), child("i1", "i2"), {"associationType": "isRelatedTo"}],
                                 description="Panjang", adoptionStatus="Draft"))  # fmt: skip
    content["CFRubrics"] = [{"identifier": "r1"}]
    (note,) = [p.message for p in bring(json.dumps(content))["frameworks"].problems if p.code == "header-unknown"]
    for left in ("CFDocument.description", "CFDocument.adoptionStatus", "educationLevel (1)", "notes (2)",
                 "language (1)",
                 "extensions.lain (1)", "CFRubrics (1)", "CFAssociations: isRelatedTo (1)",
                 "CFAssociations: isChildOf again (1)"):  # fmt: skip
        assert left in note
    assert "fullStatement" not in note


def test_of_a_package_of_ours_nothing_is_left_out(desk, bring):
    ours = case_package({name: desk.read(name) for name in ("frameworks", "competencies")}, "ASN", ON)
    assert not [p for report in bring(json.dumps(ours)).values() for p in report.problems if p.code == "header-unknown"]
