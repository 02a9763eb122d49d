"""CASE packages as other systems give them out: nodes by address alone, packages in lists and envelopes."""

import json

import pytest

ROOT, CHILD = "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003"
STAMP = {"lastChangeDateTime": "2026-01-01T00:00:00Z"}


def address(identifier):
    return f"https://case.example/CFItems/{identifier}"


def package(origin, destination):
    items = [{"identifier": one, "uri": address(one), "fullStatement": name, "humanCodingScheme": code, **STAMP}
             for one, name, code in ((ROOT, "Induk", "T.1"), (CHILD, "Anak", "T.1.1"))]  # fmt: skip
    link = {
        "identifier": "x",
        "associationType": "isChildOf",
        "originNodeURI": origin,
        "destinationNodeURI": destination,
    }
    return {"CFDocument": {"identifier": "d", "title": "Kamus", **STAMP}, "CFItems": items, "CFAssociations": [link]}


WHOLE = package({"identifier": CHILD}, {"identifier": ROOT})
PACKAGES = {
    "text": package(address(CHILD), address(ROOT)), "identifier-as-text": package(CHILD, ROOT),
    "address-alone": package({"title": "Anak", "uri": address(CHILD)}, {"title": "Induk", "uri": address(ROOT)}),
    "list": [WHOLE], "envelope": {"CFPackage": WHOLE},
}  # fmt: skip


@pytest.mark.parametrize("name", PACKAGES)
def test_a_parent_is_found_however_it_is_told(office, name):
    office.bring(json.dumps(PACKAGES[name]), names=["a.json"])
    parents = office.read("competencies").set_index("competency")["parent"]
    assert parents["T.1.1"] == "T.1"


def test_a_place_of_no_item_is_said(office):
    told = package({"identifier": "nobody"}, {"identifier": ROOT})
    files = office.bring(json.dumps(told), names=["a.json"]).report.files
    assert any("isChildOf, of no item (1)" in problem.message for file in files for problem in file.problems)


def test_several_packages_in_one_file_are_refused(office, found):
    imported = office.bring(json.dumps([WHOLE, WHOLE]), names=["a.json"])
    assert found(imported) == [("file-kind", None)]
