"""The OpenAPI document is true: every answer to what it describes, and to what it forbids, is as it says."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from service.api.documentation import openapi_document
from service.api.examples import ROWS
from service.auth.caller import SCOPES
from service.auth.keys import create_key
from service.reference import open_office
from tests.examples import tries
from tests.service.api.conftest import fill, real_server, service_on, small_office
from training_catalog.tables import TABLES

N_OPERATIONS = 150  # more than these
# What a schema can't say: whether a code is on file, and a level on its scale.
EXCLUDED = "positive_data_acceptance"
ENDLESS = "/events$"  # what follows a job ends with it, and no worker runs beside this server
# Drawn for each operation, the same each time; beside those that cover its schema. BANGKOM_TEST_EXAMPLES asks for more.
EXAMPLES, SEED = str(tries(4)), "1"


@pytest.fixture
def office(tmp_path):
    """Return the address of a real server, and a key that may do everything."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    database = open_office(url)
    fill(database, small_office())
    key = create_key(database, "test", actor="test", scopes=SCOPES)[1]
    with real_server(url) as (address, _):
        yield address, key


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_every_answer_to_what_the_document_says_and_to_what_it_forbids_is_as_documented(office, tmp_path):
    address, key = office
    schemathesis, report = Path(sys.executable).with_name("schemathesis"), tmp_path / "report.json"
    command = [schemathesis, "run", f"{address}/openapi.json", "-H", f"X-API-Key: {key}", "--checks", "all",
               "--exclude-checks", EXCLUDED, "--mode", "all", "--phases", "examples,coverage,fuzzing",
               "--exclude-path-regex", ENDLESS, "--max-examples", EXAMPLES, "--seed", SEED,
               "--generation-deterministic", "--continue-on-failure", "--request-timeout", "60",
               "--report-json-path", report]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert said.returncode == 0, said.stdout[-20_000:] + said.stderr
    assert json.loads(report.read_text(encoding="utf-8")), said.stdout
    tested = int(said.stdout.partition("Tested:")[2].split()[0])
    assert tested > N_OPERATIONS
    assert f"Selected: {tested}/{tested + 1}" in said.stdout


NO_EXAMPLE = {  # of what is shown, too much to be told by one; their schemas say each field
    "Difference", "Effects", "ModelCard", "PersonDocument", "TrialStand"
}  # fmt: skip


def contents(document):
    """Yield (operation, status or 'body', kind, content) of all that the document shows."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{method} {path}", "body", kind, content
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {}).items():
                    yield f"{method} {path}", status, kind, content


def test_all_that_is_asked_and_answered_has_an_example_of_its_schema(service):
    document, n_shown = openapi_document(service.app), 0
    for label, status, kind, content in contents(document):
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        if "example" not in content:
            assert name in NO_EXAMPLE or "json" not in kind or content["schema"].get("type") == "null", (label, status)
            continue
        schema = {**content["schema"], "components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(content["example"])
        n_shown += 1
    assert n_shown > 1_500


@pytest.mark.parametrize("name", ["employees", "budgets"])
def test_an_example_of_an_error_is_what_the_service_says(service, name):
    document = openapi_document(service.app)
    shown = document["paths"][f"/api/v1/{name}"]["get"]["responses"]["401"]["content"]["application/problem+json"]
    told = service.get(f"/{name}", key="").json()
    for field in ("type", "title", "status", "detail"):
        assert shown["example"][field] == told[field]


def test_the_rows_of_the_examples_can_be_stored_one_after_the_other(tmp_path):
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    open_office(url).engine.dispose()
    with service_on(url) as service:
        service("PUT", "/trainings/P2", json={"training": "P2", "name": "Integritas lanjutan"})  # P1 comes before it
        for name, row in ROWS.items():
            told = service("POST", f"/{name}", json={"items": [row]}).json()
            assert told["refused"] == 0, (name, told)
    assert list(ROWS) == [table.name for table in TABLES]


def test_what_is_open_is_declared_open_and_versions_and_places_are_told(service):
    document = openapi_document(service.app)
    opened = {path for path, item in document["paths"].items() for operation in item.values()
              if operation.get("security") == []}  # fmt: skip
    assert opened == {"/health/live", "/health/ready", "/metrics", "/auth/login", "/auth/callback", "/api/v1/sessions"}
    unit = document["paths"]["/api/v1/units/{record_id}"]
    assert {"200", "201"} < set(unit["put"]["responses"])
    assert "304" in unit["get"]["responses"]
    assert all("ETag" in unit[method]["responses"]["200"]["headers"] for method in ("get", "put", "patch"))
    assert "Location" in document["paths"]["/api/v1/plans"]["post"]["responses"]["202"]["headers"]
    assert "/api/v1/plans/{plan_id}.{kind}" in document["paths"]


def test_no_type_is_left_open_or_undescribed(service):
    document = openapi_document(service.app)
    assert document["openapi"].startswith("3.1")
    assert {"key", "bearer"} == set(document["components"]["securitySchemes"])
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                assert operation["operationId"], path
                assert operation["summary"], path
                assert path.startswith(("/health", "/metrics")) or "401" in operation["responses"], path
                for status, answer in operation["responses"].items():
                    kinds = answer.get("content", {})
                    assert status < "400" or "application/problem+json" in kinds or path == "/health/ready", path
