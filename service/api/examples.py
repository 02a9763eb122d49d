"""Examples of the OpenAPI document: a small office, one row of each table, and what is asked and answered about it."""

from typing import Any

import msgspec

from service.api.example_answers import ANSWERS, LIST, MOMENT, NIP, PLAN
from service.api.problems import PROBLEM_TYPE, REFUSED_VALUE, Fault, problem_bytes
from service.api.record_types import title_of
from service.records import public_id
from service.storage.schema import KEY_SEPARATOR
from service.wording import Wording
from training_catalog.schema import Table
from training_catalog.tables import TABLES

JOB = "j-f1f4297494ee4bc1"
Example = dict[str, Any]

# One row of each table, in an order in which they can be stored one after the other.
ROWS: dict[str, Example] = {
    "frameworks": {"framework": "ASN", "name": "Kamus kompetensi ASN", "level_min": 1.0, "level_max": 5.0,
                   "direction": "higher"},
    "competencies": {"competency": "M.01", "name": "Integritas", "framework": "ASN", "kind": "managerial"},
    "units": {"unit": "U1", "name": "Dinas Kesehatan", "city": "Pontianak", "authorised_staff": 120},
    "positions": {"position": "J1", "name": "Analis Kebijakan", "position_class": "functional"},
    "requirements": {"position": "J1", "competency": "M.01", "level": 3.0, "valid_from": "2026-01-01"},
    "position_defaults": {"position_class": "functional", "competency": "M.01", "level": 2.0},
    "employees": {"employee": NIP, "name": "Eka Lestari", "unit": "U1", "position": "J1", "employment_type": "PNS",
                  "service_start": "2005-01-01"},
    "assessments": {"employee": NIP, "competency": "M.01", "level": 2.0, "assessed_on": "2026-11-02",
                    "method": "test"},
    "rating_scales": {"scale": "SKP", "name": "Predikat SKP", "minimum": 1.0, "maximum": 5.0, "direction": "higher"},
    "performance": {"employee": NIP, "period_end": "2026-12-31", "scale": "SKP", "rating": 4.0},
    "trainings": {"training": "P1", "name": "Integritas pelayan publik", "mode": "online", "hours": 24.0},
    "training_targets": {"training": "P1", "competency": "M.01", "level_from": 2.0, "level_to": 4.0},
    "prerequisites": {"training": "P2", "requires": "P1"},
    "accounts": {"account": "5.1.02.02.12", "name": "Belanja kursus dan pelatihan", "purpose": "fee"},
    "budgets": {"line": "L1", "year": 2027, "name": "Pelatihan", "unit": "U1", "amount": 250_000_000},
    "offerings": {"offering": "P1-1", "training": "P1", "start_date": "2027-03-01", "end_date": "2027-03-03",
                  "mode": "online", "seat_cost": 1_500_000, "seats_min": 10, "seats_max": 40, "budget_line": "L1"},
    "history": {"employee": NIP, "training": "P1", "training_name": "Integritas pelayan publik",
                "end_date": "2024-05-17", "status": "completed"},
    "training_titles": {"title": "Diklat integritas", "training": "P1", "status": "confirmed"},
    "price_book": {"item": "uang-harian", "region": "Kalimantan Barat", "amount": 380_000},
    "hour_rules": {"form": "webinar", "name": "Webinar", "per": "day", "rate": 8.0},
    "unit_outcomes": {"unit": "U1", "indicator": "IKM", "period_end": "2026-12-31", "value": 86.5},
    "interests": {"employee": NIP, "training": "P1", "kind": "interested", "stated_on": "2027-01-04"},
    "absences": {"employee": NIP, "start_date": "2027-06-01", "end_date": "2027-06-10", "kind": "leave"},
}  # fmt: skip

SEAT: Example = {
    "seat": "s-0b1c2d3e4f5a", "plan": PLAN, "employee": NIP, "offering": "P1-1", "year": 2027, "state": "enrolled",
    "fee_line": "L1", "travel_line": "L1", "fee_reserved": 1_500_000, "travel_reserved": 0, "fee_spent": 0,
    "travel_spent": 0,
}  # fmt: skip
LINE: Example = {"line": "L1", "year": 2027, "parent": "", "amount": 250_000_000, "imported_reserved": 0,
                 "imported_spent": 0, "reserved": 1_500_000, "spent": 0, "free": 248_500_000}  # fmt: skip
FEEDBACK: Example = {"list": LIST, "employee": NIP, "training": "P1", "kind": "interested", "offering": "P1-1"}

# By the name of a component: what is asked, and what is answered.
OTHERS: dict[str, Example] = {
    "Ask": {"employees": [NIP], "limit": 5, "mode": "online"},
    "RankingAsk": {"employee": NIP, "trainings": ["P1"], "explain": True},
    "ExportAsk": {"table": "employees", "format": "xlsx"},
    "PlanAsk": {"year": 2027, "name": "Rencana 2027", "time_limit": 60.0},
    "ReplanAsk": {"cancelled": ["P1-1"]},
    "FitAsk": {"seed": 0},
    "CheckAsk": {"fit": True},
    "TrialAsk": {"reason": "disepakati tim pengembangan kompetensi"},
    "ApproveAsk": {"reason": "disepakati tim pengembangan kompetensi"},
    "SeatEvent": {"employee": NIP, "offering": "P1-1", "kind": "enrol"},
    "NewFee": {"fee": 1_750_000},
    "LogIn": {"name": "ani", "password": "kata sandi yang panjang"},
    "NewPassword": {"current": "kata sandi yang panjang", "new": "kata sandi lain yang panjang"},
    "FeedbackIn": FEEDBACK,
    "FeedbackOut": {**FEEDBACK, "feedback": "f-5f0c7a1e9b2d4c36"},
    "BatchReport": {
        "stored": 1, "unchanged": 0, "refused": 1,
        "items": [
            {"index": 0, "id": "P1", "status": "stored", "etag": '"c7"', "errors": []},
            {"index": 1, "id": "", "status": "refused", "etag": None, "errors": [
                {"pointer": "/items/1/hours", "code": "value-refused",
                 "message": "ditemukan: teks dalam tanda kutip; yang diterima: bilangan, null"}]},
        ],
    },
    "JobStatus": {
        "id": JOB, "kind": "plan", "state": "succeeded", "stage": "", "done": 1, "total": 1, "attempt": 1,
        "max_attempts": 3, "cancel_asked": False, "submitted_at": MOMENT, "started_at": "2027-01-04T08:00:01Z",
        "ended_at": "2027-01-04T08:01:02Z", "files": [], "result": {"plan": PLAN}, "error": None, "file": None,
    },
    "Balances": {"items": [LINE]},
    "SeatMoney": SEAT,
    "Repriced": {"items": [{**SEAT, "fee_reserved": 1_750_000}]},
    "Live": {"status": "ok"},
    "Ready": {"status": "ok", "database": "ok", "snapshot": "ok", "log": "ok", "predictor": "rule"},
}  # fmt: skip
IMPORT: Example = {"files": ["(isi pegawai.xlsx)"], "table": "employees", "dry_run": True}

# Of each status: type and detail of an error, in English, and the fields of the detail.
PROBLEMS: dict[int, tuple[str, str, dict[str, object]]] = {
    400: ("unreadable", "the body is not in UTF-8", {}),
    401: ("not-authenticated", "not authenticated; send X-API-Key or Authorization: Bearer", {}),
    403: ("not-allowed", "not allowed; needed: {needed}", {"needed": "people:write"}),
    404: ("not-found", "Not found", {}),
    409: ("in-use", "other records refer to it: {tables}", {"tables": "assessments"}),
    412: ("changed-since", "the record has changed since; read it again", {}),
    413: ("too-large", "the body is larger than {limit} bytes", {"limit": 2_097_152}),
    415: ("media-type", "the body is {found}; accepted: {accepted}",
          {"found": "text/plain", "accepted": "application/json"}),
    422: ("values-refused", "values are not accepted", {}),
    429: ("too-many-requests", "too many requests; try again in {seconds} s", {"seconds": 2}),
    500: ("internal-error", "an internal error; its number in the log is {request_id}",
          {"request_id": "0f5c1d2e3b4a"}),
    503: ("database", "the database cannot be reached", {}),
}  # fmt: skip


def examples_by_name() -> dict[str, Any]:
    """Return an example of each component that has one."""
    found = {**OTHERS, **ANSWERS}
    for declared in TABLES:
        row, name = ROWS[declared.name], title_of(declared.name)
        shown = {"id": _id_of(declared, row), "etag": '"c7"', **dict.fromkeys(declared.column_names), **row}
        change = {key: value for key, value in row.items() if key not in declared.key} or row
        other = f"record_types_{name}"  # the framework's word for a type whose name another one has
        batch = {"items": [row]}
        found |= {name: shown, other: shown, f"{name}In": row, f"{name}Change": change, f"{name}Batch": batch,
                  f"{name}Page": {"items": [shown], "next": None}}  # fmt: skip
    return {**found, "JobPage": {"items": [OTHERS["JobStatus"]], "next": None}}


def _id_of(declared: Table, row: Example) -> str:
    return public_id(KEY_SEPARATOR.join(str(row.get(part, "")) for part in declared.key))


def show_examples(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Put examples beside the schemas of an operation.

    Parameters
    ----------
    operation : As in the document; changed.
    examples : By name of a component.
    """
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        _show(content, examples, IMPORT if kind == "multipart/form-data" else None)
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            _show(content, examples, _problem(int(status)) if kind == PROBLEM_TYPE else None)


def _show(content: dict[str, Any], examples: dict[str, Any], example: Example | None) -> None:
    schema = content.get("schema", {})
    place = next((one["$ref"] for one in [schema, *schema.get("oneOf", [])] if "$ref" in one), "")
    known = examples.get(place.rpartition("/")[2]) if example is None else example
    if known is not None:
        content["example"] = known


def _problem(status: int) -> Example | None:
    """Return an example of an error, in the words that a caller reads."""
    if status not in PROBLEMS:
        return None
    code, detail, fields = PROBLEMS[status]
    wording = Wording("id")
    faults = [Fault(pointer="/hours", code=REFUSED_VALUE, message=wording.text("A value is needed here."))]
    body: Example = msgspec.json.decode(problem_bytes(
        status, code, wording.text(detail, **fields), wording, path="/api/v1/trainings/P1", request_id="0f5c1d2e3b4a",
        faults=faults if code == "values-refused" else None,
    ))  # fmt: skip
    return body
