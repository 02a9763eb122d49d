"""Long work over HTTP: put in as jobs, looked at, followed, cancelled."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, JSONBody, MultipartBody, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from service.api.context import Call, known_caller, parts_of, rule
from service.api.once import IdempotencyKey, once
from service.api.problems import ApiError, errors, wording_of
from service.api.record_types import PLAIN_TEXT
from service.auth.caller import Caller
from service.jobs.job import ENDED, Job, pack_files
from training_catalog.errors import UnknownIdError

POLL_SECONDS = 0.5
BEAT_SECONDS = 15.0  # a comment now and then shows a proxy that the stream is alive
MOST_FILES = 50
OVER = {"succeeded": "the job has succeeded already", "failed": "the job has failed already",
        "cancelled": "the job was cancelled already"}  # fmt: skip
TOO_MANY_FILES = "between 1 and {most} files are accepted"
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Word = Annotated[str, msgspec.Meta(max_length=200, pattern=PLAIN_TEXT)]


class JobError(msgspec.Struct, kw_only=True):
    """Why a job failed."""

    code: str
    message: str


class JobStatus(msgspec.Struct, kw_only=True):
    """A job.

    Parameters
    ----------
    id, kind, state : Which, of what kind, and how it stands.
    stage, done, total : How far it is; `total` is 0 where it can't be told.
    attempt, max_attempts : Attempts begun, and how many may be.
    files : Names of what was put in, of an import.
    result, error : What came out.
    file : Address of the file it made; null for none.
    """

    id: str
    kind: str
    state: State
    stage: str
    done: int
    total: int
    attempt: int
    max_attempts: int
    cancel_asked: bool
    submitted_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    files: list[str]
    result: dict[str, Any] | None
    error: JobError | None
    file: str | None


class JobPage(msgspec.Struct, kw_only=True):
    """Jobs, newest first; `next` is null on the last page."""

    items: list[JobStatus]
    next: str | None


def status_of(job: Job, lang: str) -> JobStatus:
    """Return a job as it is shown."""
    error = None
    if job.error is not None:
        words = job.error.get("messages", {}).get(lang) or job.error["message"]
        error = JobError(code=job.error["code"], message=words)
    same = ("kind", "state", "stage", "done", "total", "attempt", "max_attempts", "cancel_asked", "submitted_at",
            "started_at", "ended_at", "result")  # fmt: skip
    has_file = job.state == "succeeded" and (job.kind == "export" or _refused(job))
    return JobStatus(id=job.job_id, error=error, files=job.request.get("files", []),
                     file=f"/api/v1/jobs/{job.job_id}/file" if has_file else None,
                     **{name: getattr(job, name) for name in same})  # fmt: skip


def _refused(job: Job) -> bool:
    files = (job.result or {}).get("files", [])
    return job.kind == "import" and any(file.get("refused") for file in files)


def submit(call: Call, kind: str, request: dict[str, Any], *, key: str | None = None,
           payload: bytes | None = None) -> Response[JobStatus]:  # fmt: skip
    """Put a job in, and answer with where to look."""
    parts, caller, lang = parts_of(call), known_caller(call), wording_of(call).lang
    day = parts.settings.on
    asked = {"lang": lang, **({"on": day.isoformat()} if day else {}), **request}
    job_id = parts.queue.submit(kind, asked, author=caller.subject, owner=caller.subject, payload=payload, key=key)
    job = parts.queue.get(job_id)
    if job is None:
        raise UnknownIdError("job", job_id)
    return Response(content=status_of(job, lang), status_code=202, headers={"Location": f"/api/v1/jobs/{job_id}"})


def may_see(caller: Caller, job: Job) -> bool:
    """Tell whether a job is the caller's business: their own, or anybody's for an administrator."""
    return job.owner == caller.subject or "admin" in caller.scopes


def find_job(call: Call, job_id: str) -> Job:
    """Return a job that is the caller's business.

    Raises
    ------
    UnknownIdError
        When there is none: one of somebody else is not told apart.
    """
    job = parts_of(call).queue.get(job_id)
    if job is None or not may_see(known_caller(call), job):
        raise UnknownIdError("job", job_id)
    return job


def jobs_of(call: Call, *, limit: int, cursor: str | None = None, kind: str | None = None) -> JobPage:
    """Return a page of the caller's jobs, of all kinds or one; an administrator's are everybody's."""
    parts, caller, lang = parts_of(call), known_caller(call), wording_of(call).lang
    author = None if "admin" in caller.scopes else caller.subject
    found = parts.queue.list(limit=limit + 1, before=cursor, author=author, kind=kind)
    following = found[limit - 1].job_id if len(found) > limit else None
    return JobPage(items=[status_of(job, lang) for job in found[:limit]], next=following)


def job_file(call: Call, job_id: str) -> tuple[str, bytes]:
    """Return name and content of the file that a job of the caller made.

    Raises
    ------
    UnknownIdError
        When there is no such job, or it made none.
    """
    find_job(call, job_id)
    found = parts_of(call).queue.result_file(job_id)
    if found is None:
        raise UnknownIdError("file", job_id)
    return found


def stop_job(call: Call, job_id: str) -> JobStatus:
    """Ask a job of the caller to stop.

    Raises
    ------
    ApiError
        409 when it has ended.
    """
    find_job(call, job_id)
    if not parts_of(call).queue.cancel(job_id):
        raise ApiError(409, "job-ended", OVER.get(find_job(call, job_id).state, "the job has ended"))
    return status_of(find_job(call, job_id), wording_of(call).lang)


@get("/jobs", operation_id="list_jobs", opt=rule("jobs.read"), responses=errors(), summary="Your jobs, newest first",
     sync_to_thread=True)  # fmt: skip
def list_jobs(
    request: Call, limit: Annotated[int, QueryParameter(ge=1, le=200, description="Most items.")] = 50,
    cursor: Annotated[str | None, QueryParameter(pattern=r"^j-[0-9a-f]{1,64}$", description="From `next`.")] = None,
) -> JobPage:  # fmt: skip
    """Return the caller's jobs; an administrator's are everybody's."""
    return jobs_of(request, limit=limit, cursor=cursor)


@get("/jobs/{job_id:str}", operation_id="read_job", opt=rule("jobs.read"), responses=errors(404), sync_to_thread=True,
     summary="One job")  # fmt: skip
def read_job(request: Call, job_id: FromPath[str]) -> JobStatus:
    """Return how a job stands."""
    return status_of(find_job(request, job_id), wording_of(request).lang)


@get("/jobs/{job_id:str}/file", operation_id="read_job_file", opt=rule("jobs.read"), responses=errors(404),
     media_type="application/octet-stream", summary="The file a job made", sync_to_thread=True)  # fmt: skip
def read_job_file(request: Call, job_id: FromPath[str]) -> Response[bytes]:
    """Return the file that a job made: an export, or the refused rows of an import."""
    name, content = job_file(request, job_id)
    return Response(content=content, media_type="application/octet-stream", headers=attachment(name))


def attachment(name: str) -> dict[str, str]:
    """Return the header with which a browser keeps a file under a name."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return {"Content-Disposition": f'attachment; filename="{plain}"'}


@delete("/jobs/{job_id:str}", operation_id="cancel_job", opt=rule("jobs.read"), status_code=202,
        responses=errors(404, 409), summary="Cancel a job", sync_to_thread=True)  # fmt: skip
def cancel_job(request: Call, job_id: FromPath[str]) -> JobStatus:
    """Ask a job to stop; what it has stored as a whole before stays."""
    return stop_job(request, job_id)


@get("/jobs/{job_id:str}/events", operation_id="follow_job", opt=rule("jobs.read"), responses=errors(404),
     summary="Follow a job (server-sent events)", media_type="text/event-stream")  # fmt: skip
async def follow_job(request: Call, job_id: FromPath[str]) -> ServerSentEvent:
    """Send the job's status whenever it changes, until it has ended."""
    await asyncio.to_thread(find_job, request, job_id)
    return ServerSentEvent(_events(request, job_id), headers={"X-Accel-Buffering": "no"})


async def _events(call: Call, job_id: str) -> AsyncGenerator[ServerSentEventMessage, None]:
    """Yield each new status; who may no longer see the job is told no more, and nobody when the service stops."""
    lang, last, quiet = wording_of(call).lang, b"", 0.0
    while True:
        job = await asyncio.to_thread(parts_of(call).queue.get, job_id)
        if job is None or not may_see(known_caller(call), job):
            return
        shown = msgspec.json.encode(status_of(job, lang))
        if shown != last:
            yield ServerSentEventMessage(data=shown.decode(), event="status", id=str(job.done))
            last, quiet = shown, 0.0
        elif quiet >= BEAT_SECONDS:
            yield ServerSentEventMessage(comment="still here")
            quiet = 0.0
        if job.state in ENDED or parts_of(call).is_stopping:
            return
        await asyncio.sleep(POLL_SECONDS)
        quiet += POLL_SECONDS


class ImportForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Files to import, and how; as the options of ``bangkom import``.

    A field that is not known is refused: passed over, a misspelt ``dry_run`` would store what was only to be tried.
    """

    files: list[UploadFile]
    table: Word | None = None
    profile: Word | None = None
    encoding: Word | None = None
    delimiter: Word | None = None
    sheet: Word | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    number_style: Literal["1.234,5", "1,234.5"] | None = None
    header_line: Annotated[int, msgspec.Meta(ge=1)] | None = None
    supplied: list[Word] | Word = msgspec.field(default_factory=list, name="set")
    dry_run: bool = False
    all_or_nothing: bool = False


@post("/imports", operation_id="import_files", opt=rule("imports.make"), status_code=202, responses=errors(413, 415),
      summary="Import files", tags=["imports"])  # fmt: skip
async def import_files(
    request: Call, data: MultipartBody[ImportForm], idempotency_key: IdempotencyKey = None
) -> Response[JobStatus]:
    """Put in an import; its report is the job's result, and refused rows are its file."""
    files = [(file.filename or "file", await file.read()) for file in data.files]
    if not files or len(files) > MOST_FILES:
        raise ApiError(422, "values-refused", TOO_MANY_FILES, most=MOST_FILES)
    options = {name: getattr(data, name) for name in data.__struct_fields__ if name != "files"}
    supplied = [data.supplied] if isinstance(data.supplied, str) else data.supplied
    options |= {"supplied": dict(map(_pair, supplied)), "files": [name for name, _ in files]}
    payload = pack_files(files)

    def put_in() -> Response[JobStatus]:
        key = once(request, idempotency_key, payload + msgspec.json.encode(options))
        return submit(request, "import", options, key=key, payload=payload)

    return await asyncio.to_thread(put_in)


def _pair(told: str) -> tuple[str, str]:
    """Split COLUMN=VALUE."""
    name, _, value = (part.strip() for part in told.partition("="))
    if not name or not value:
        raise ApiError(422, "values-refused", "'{value}': accepted is COLUMN=VALUE, as in year=2027", value=told)
    return name, value


class ExportAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to write into a file: a table, as it is or was on a day."""

    table: Word
    format: Literal["csv", "xlsx", "parquet", "json"] = "csv"
    as_of: dt.date | None = None


@post("/exports", operation_id="export_table", opt=rule("exports.make"), status_code=202, responses=errors(413, 415),
      summary="Export a table", tags=["exports"], sync_to_thread=True)  # fmt: skip
def export_table(
    request: Call, data: JSONBody[ExportAsk], idempotency_key: IdempotencyKey = None
) -> Response[JobStatus]:
    """Put in an export; the file is the job's."""
    asked = {name: value for name, value in msgspec.to_builtins(data).items() if value is not None}
    return submit(request, "export", asked, key=once(request, idempotency_key, msgspec.json.encode(data)))


def job_router() -> Router:
    """Return the routes of jobs."""
    handlers = [list_jobs, read_job, read_job_file, cancel_job, follow_job]
    own = Router(path="/", route_handlers=handlers, tags=["jobs"])
    return Router(path="/", route_handlers=[own, import_files, export_table])
