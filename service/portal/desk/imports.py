"""Imports on pages: files dropped on a form, put in as jobs, and the report of every row."""

import hashlib
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from service.api.context import Call, rule
from service.api.jobs import MOST_FILES, TOO_MANY_FILES, JobStatus, find_job, jobs_of, status_of, submit
from service.api.problems import wording_of
from service.imports.profiles import PROFILES
from service.imports.report import MOST_LISTED, Problem
from service.jobs.job import ENDED, pack_files
from service.portal.desk.jobs import TONES, WORDS
from service.portal.desk.reading import CHOICES, OPTION_LABELS, PROFILE_WORDS, field_of, read_options, with_labels
from service.portal.desk.view import asked_for, job_key, once_token, paged
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go, show
from service.wording import Wording
from training_catalog.errors import InputError, UnknownIdError
from training_catalog.tables import TABLES

FILES = "files"
MOST_IMPORTS = 20  # of a page of earlier imports
COUNTS = ("read", "stored", "unchanged", "refused", "left_out")
SEVERITIES = {"error": "bad", "warning": "care", "note": ""}


def table_choices(wording: Wording) -> list[tuple[str, str]]:
    """Return the tables that files may be of, by title; none chosen lets their headers tell."""
    titled = [(table.name, table.title_en if wording.lang == "en" else table.title_id) for table in TABLES]
    return [("", wording.text("found by the headers")), *sorted(titled, key=lambda pair: pair[1])]


def _kinds_of_files(wording: Wording) -> list[tuple[str, str]]:
    """Return the kinds of files that are known by their headers, in words."""
    return [(name, wording.text(PROFILE_WORDS[name])) for name in ("own", *PROFILES)]


def _form_page(call: Call, form: Form, status: int = 200) -> Response[str]:
    wording = wording_of(call)
    jobs = jobs_of(call, limit=MOST_IMPORTS, cursor=asked_for(call, "before") or None, kind="import")
    profiles = [("", wording.text("found by the headers")), *_kinds_of_files(wording)]
    return show(call, "desk/imports.html.j2", status=status, form=form, field=FILES, tables=table_choices(wording),
                profiles=profiles, jobs=jobs.items, following=jobs.next, words=WORDS, tones=TONES, most=MOST_FILES,
                labels={field_of(option): wording.text(label) for option, label in OPTION_LABELS.items()},
                choices={field_of(option): [(value, wording.text(text)) for value, text in words.items()]
                         for option, words in CHOICES.items()}, once=form.get("once") or once_token())  # fmt: skip


@get("/imports", opt=rule("imports.make"), **THREAD)
def import_form(request: Call) -> Response[str]:
    """Show the form for files, and earlier imports."""
    return _form_page(request, Form())


def _uploaded(form: Form) -> list[tuple[str, bytes]]:
    """Return the files of a form under their names; a field without files sends one without a name."""
    return [(file.filename, file.file.read()) for file in form.files.get(FILES, []) if file.filename]


@post("/imports", opt=rule("imports.make"), **THREAD)
def put_in_import(request: Call) -> Response[Any]:
    """Put files in as an import, and go on to see how far it is."""
    form, wording = form_of(request), wording_of(request)
    files = _uploaded(form)
    options = read_options(form, wording)
    if not 0 < len(files) <= MOST_FILES:
        form.faults[FILES] = wording.text(TOO_MANY_FILES, most=MOST_FILES)
    if form.faults:
        return _form_page(request, form, 422)
    options |= {name: form.has(name) for name in ("dry_run", "all_or_nothing")}
    options["files"] = [name for name, _ in files]
    payload = pack_files(files)
    key = job_key(request, form, {**options, "payload": hashlib.sha256(payload).hexdigest()})
    try:
        job = submit(request, "import", options, key=key, payload=payload)
    except InputError as error:
        form.faults[""] = with_labels(error.said(wording.text), wording)
        return _form_page(request, form, 422)
    return go(f"/jobs/{job.content.id}")


class Finding(Problem, kw_only=True):
    """A problem of a report, with its file."""

    file: str


def findings_of(report: dict[str, Any], severity: str, file: str) -> list[Finding]:
    """Return the problems of a report: of one kind and one file where asked for; errors first, then in their order."""
    order = list(SEVERITIES)
    found = [
        Finding(file=_name(n, one), **problem)
        for n, one in enumerate(report["files"]) for problem in one["problems"]
        if (not severity or problem["severity"] == severity) and file in ("", str(n))
    ]  # fmt: skip
    return sorted(found, key=lambda one: order.index(one.severity))


def _unlisted(report: dict[str, Any], severity: str, file: str) -> int:
    """Return how many problems a report counts without listing them, of one kind and file where asked for."""
    return sum(
        count["found"] - count["listed"]
        for n, one in enumerate(report["files"]) for count in one.get("counts", ())  # earlier reports list all
        if severity in ("", count["severity"]) and file in ("", str(n))
    )  # fmt: skip


def _name(n: int, part: dict[str, Any]) -> str:
    sheet = f" · {part['sheet']}" if part.get("sheet") else ""
    return f"{n + 1}. {part['file']}{sheet}"


def _import_of(call: Call, job_id: str) -> JobStatus:
    job = find_job(call, job_id)
    if job.kind != "import":
        raise UnknownIdError("import", job_id)
    return status_of(job, wording_of(call).lang)


@get("/imports/{job_id:str}", opt=rule("imports.make"), **THREAD)
def import_report(request: Call, job_id: FromPath[str]) -> Response[Any]:
    """Show what an import says of every file and row; one that has not succeeded shows how far it is."""
    job, wording = _import_of(request, job_id), wording_of(request)
    if job.state not in ENDED or job.result is None:
        return go(f"/jobs/{job_id}")
    severity, file = asked_for(request, "severity"), asked_for(request, "file")
    asked = severity if severity in SEVERITIES else ""
    findings = findings_of(job.result, asked, file)
    pages = paged(request, len(findings))
    titles, kinds = dict(table_choices(wording)), dict(_kinds_of_files(wording))
    parts = [{**part, "name": _name(n, part)} for n, part in enumerate(job.result["files"])]
    return show(request, "desk/import_report.html.j2", job=job, report=job.result, files=parts, titles=titles,
                kinds=kinds, findings=findings[pages.shown], pages=pages,
                labelled=lambda text: with_labels(text, wording),
                severity=severity, file=file, severities=SEVERITIES,
                n_unlisted=_unlisted(job.result, asked, file), most_listed=MOST_LISTED,
                sums={name: sum(part[name] for part in parts) for name in COUNTS})  # fmt: skip


def import_handlers() -> list[Any]:
    """Return the routes of imports."""
    return [import_form, put_in_import, import_report]
