"""The OpenAPI document is true: every answer to what it describes, and to what it forbids, is as it says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

from service.api.documentation import openapi_document
from tests.service.api.conftest import service_on

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
    with service_on(f"sqlite:///{tmp_path_factory.mktemp('schema') / 'office.db'}") as running:
        yield running


@pytest.fixture
def document(office):
    loaded = schemathesis.openapi.from_asgi("/openapi.json", office.gate)
    return loaded.exclude(path_regex=NOT_CALLED)


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_every_answer_is_as_documented(case, office):
    checks = [check for check in CHECKS.get_all() if check.__name__ not in EXCLUDED]
    case.call_and_validate(checks=checks, headers={"X-API-Key": office.everything})


def test_no_type_is_left_open_or_undescribed(office):
    document = openapi_document(office.app)
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
