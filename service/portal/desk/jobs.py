"""Long work on pages: how far a job is, what came out, and cancelling it."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from service.api.context import Call, rule
from service.api.jobs import JobStatus, attachment, find_job, job_file, jobs_of, status_of, stop_job
from service.api.problems import ApiError, wording_of
from service.jobs.job import ENDED
from service.portal.desk.view import asked_for
from service.portal.page import THREAD, go, show

BINARY = "application/octet-stream"
MOST_JOBS = 25  # of a page of the list
WORDS = {
    "plan": "Making a plan", "replan": "Planning again", "import": "Importing files", "fit": "Learning from the past",
    "check": "Checking a model",
    "export": "Writing a file", "queued": "Waiting for its turn", "running": "At work", "succeeded": "Done",
    "failed": "Failed", "cancelled": "Cancelled", "loading": "Loading what is on file",
    "ranking": "Ranking trainings for people", "solving": "Searching for the best plan", "reading": "Reading files",
    "storing": "Storing rows", "fitting": "Fitting the model",
    "checking": "Checking the model", "writing": "Writing", "": "Beginning",
}  # fmt: skip
TONES = {"queued": "", "running": "care", "succeeded": "good", "failed": "bad", "cancelled": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where what a job made is to be seen."""

    path: str
    title: str


TITLES = {"import": "Report of every row", "plan": "Open the plan", "replan": "See what changed"}


def outcome_of(job: JobStatus) -> Outcome | None:
    """Return where to look after a job; None where there is nothing."""
    result = job.result or {}
    if job.state != "succeeded":
        return None
    if job.kind == "import":
        return Outcome(path=f"/imports/{job.id}", title=TITLES["import"])
    if job.kind in {"plan", "replan"}:
        tail = "/changes" if job.kind == "replan" else ""
        return Outcome(path=f"/plans/{result.get('plan')}{tail}", title=TITLES[job.kind])
    return None


def _view(call: Call, job_id: str) -> dict[str, Any]:
    job = status_of(find_job(call, job_id), wording_of(call).lang)
    return {"job": job, "words": WORDS, "tones": TONES, "has_ended": job.state in ENDED, "outcome": outcome_of(job)}


@get("/jobs", opt=rule("jobs.read"), **THREAD)
def job_list(request: Call) -> Response[str]:
    """Show the caller's jobs, newest first."""
    cursor = asked_for(request, "before") or None
    jobs = jobs_of(request, limit=MOST_JOBS, cursor=cursor)
    return show(request, "desk/jobs.html.j2", jobs=jobs.items, following=jobs.next, words=WORDS, tones=TONES)


@get("/jobs/{job_id:str}", opt=rule("jobs.read"), **THREAD)
def job_page(request: Call, job_id: FromPath[str]) -> Response[str]:
    """Show how far a job is, or what came out."""
    return show(request, "desk/job.html.j2", **_view(request, job_id))


@get("/jobs/{job_id:str}/part", opt=rule("jobs.read"), **THREAD)
def job_part(request: Call, job_id: FromPath[str]) -> Response[str]:
    """Show the part of a job's page that changes."""
    return show(request, "desk/job_part.html.j2", **_view(request, job_id))


@get("/jobs/{job_id:str}/file", opt=rule("jobs.read"), **THREAD)
def hand_out_job_file(request: Call, job_id: FromPath[str]) -> Response[bytes]:
    """Hand out the file that a job made."""
    name, content = job_file(request, job_id)
    return Response(content=content, media_type=BINARY, headers=attachment(name))


@post("/jobs/{job_id:str}/cancel", opt=rule("jobs.read"), **THREAD)
def cancel(request: Call, job_id: FromPath[str]) -> Response[bytes]:
    """Ask a job to stop; one that has ended stays as it is."""
    try:
        stop_job(request, job_id)
    except ApiError:
        return go(f"/jobs/{job_id}")
    return go(f"/jobs/{job_id}", "cancel-asked")


def job_handlers() -> list[Any]:
    """Return the routes of jobs."""
    return [job_list, job_page, job_part, hand_out_job_file, cancel]
