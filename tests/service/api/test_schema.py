"""The OpenAPI document is true: every answer to what it describes, and to what it forbids, is as it says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from service.api.documentation import openapi_document
from service.auth.caller import SCOPES
from service.auth.keys import create_key
from service.reference import open_office
from tests.service.api.conftest import fill, real_server, small_office

load_all_checks()
# What a schema can't say, each with its reason:
EXCLUDED = {
    "positive_data_acceptance": "whether a code is on file, and a level on its scale, no schema can tell",
    "ignored_auth": "health, metrics and documents are open, and two ways of coming in are declared",
    "missing_required_header": "headers that are required only to come in are answered with 401",
    "unsupported_method": "HEAD and OPTIONS are answered for every path, and are no operations",
}
NOT_CALLED = r"(/events|/metrics)$"  # an endless stream, and a text that is not JSON


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """Return the address of a real server, and a key that may do everything."""
    url = f"sqlite:///{tmp_path_factory.mktemp('schema') / 'office.db'}"
    database = open_office(url)
    fill(database, small_office())
    key = create_key(database, "test", actor="test", scopes=SCOPES)[1]
    with real_server(url) as (address, _):
        yield address, key


@pytest.fixture(scope="session")
def document(office):
    return schemathesis.openapi.from_url(f"{office[0]}/openapi.json").exclude(path_regex=NOT_CALLED)


@pytest.mark.long
def test_every_answer_is_as_documented(document, office):
    checks = [check for check in CHECKS.get_all() if check.__name__ not in EXCLUDED]
    n_operations, failures = 0, []
    for found in document.get_all_operations():
        operation = found.ok()
        n_operations += 1

        @settings(max_examples=3, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def answers(case):
            case.call_and_validate(checks=checks, headers={"X-API-Key": office[1]})

        try:
            answers()
        except FailureGroup as group:
            failures += [f"{operation.label}: {failure}" for failure in group.exceptions]
    assert not failures, "\n\n".join(failures)
    assert n_operations > 150


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
