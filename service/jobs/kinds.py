"""What each kind of job does: the same functions as the commands, the job's success stored with what they store."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recommender.plan import Plan
from recommender.policy import Policy
from recommender.use_cases import FittedModel
from service.decisions import decide_and_keep
from service.exports.asked import AskedExport, write_asked
from service.exports.plan_files import plan_file
from service.exports.plan_names import names_from
from service.exports.refused import refused_file
from service.imports.importer import Imported, import_files
from service.jobs.job import unpack_files
from service.jobs.lease import Lease
from service.jobs.requests import (
    CheckRequest,
    ExportRequest,
    FitRequest,
    ImportRequest,
    PlanRequested,
    ReplanRequested,
    Request,
    check_request,
)
from service.model_answer import fit_document
from service.model_watch import AS_FITTED, Checked, check_document, check_model
from service.pipeline import Office, PlanRequest, fetch_plan, learn, load_office, replan_request
from service.plan_answer import again_name, plan_document
from service.policy_file import policy_of, read_factor
from service.settings import model_settings
from service.storage.database import Database
from service.wording import Wording

IN_LEVEL = 1000  # a search tells levels in thousandths: the value found, of the bound proven
LONGEST_NAME = 120  # characters of an uploaded file's name that are kept

Tell = Callable[[str, int, int], None]  # told the stage, and how much of it is done of how much


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job at work.

    Parameters
    ----------
    database : Writes in the name of who asked for the job.
    lease : The hold on the job.
    folder : An empty folder of its own.
    tell : Told how far it is.
    wording : Language of the result's sentences.
    """

    database: Database
    lease: Lease
    folder: Path
    tell: Tell
    wording: Wording


def perform(database: Database, lease: Lease, folder: Path, tell: Tell) -> None:
    """Do a job and store its success.

    Raises
    ------
    BangkomError
        When its input cannot be used, or the machine fails.
    LeaseLostError
        When somebody else has taken it over; nothing is stored then.
    """
    request = check_request(lease.job.kind, lease.job.request)
    if request.on is None:
        request.on = lease.job.submitted_at.astimezone().date()
    own = Database(database.engine, author=lease.job.author, clock=database.clock)
    task = Task(database=own, lease=lease, folder=folder, tell=tell, wording=Wording(request.lang))
    _WORK[type(request)](task, request)


def _import(task: Task, request: ImportRequest) -> None:
    """Import the payload; a dry run, or what is rolled back, succeeds on its own."""
    paths, n_told, is_stored = _put_down(task), 0, False

    def on_progress(_name: str) -> None:
        nonlocal n_told
        task.tell("reading" if n_told < len(paths) else "storing", min(n_told, len(paths)), len(paths))
        n_told += 1

    def also(connection: sa.Connection, imported: Imported) -> None:
        nonlocal is_stored
        task.lease.succeed(imported.report, refused_file(imported), connection)
        is_stored = True

    imported = import_files(task.database, paths, request.options(), task.wording, on_progress, also)
    if not is_stored:
        task.lease.succeed(imported.report, refused_file(imported))


def _put_down(task: Task) -> list[Path]:
    """Write the uploaded files, each into a folder of its own, under their names without folders."""
    paths = []
    for n, (name, content) in enumerate(unpack_files(task.lease.payload())):
        own = Path(name.replace("\\", "/").replace("\0", "")).name[-LONGEST_NAME:] or "file"
        path = task.folder / str(n) / own
        path.parent.mkdir()
        path.write_bytes(content)
        paths.append(path)
    return paths


def _fit(task: Task, request: FitRequest) -> None:
    def also(connection: sa.Connection, model_id: str, fitted: FittedModel) -> None:
        task.lease.succeed(fit_document(model_id, fitted, task.wording), connection=connection)

    office = _load(task, request)
    task.tell("fitting", 0, 0)
    learn(task.database, office, Policy(), request.seed, also=also)


def _check(task: Task, request: CheckRequest) -> None:
    """Check a model; where it no longer holds and that is asked for, the job goes on with a fit."""
    is_over = False

    def also(connection: sa.Connection, checked: Checked) -> None:
        nonlocal is_over
        is_over = checked.code == AS_FITTED or not request.fit
        if is_over:
            task.lease.succeed(check_document(task.database, checked, task.wording), connection=connection)

    office = _load(task, request)
    task.tell("checking", 0, 0)
    check_model(task.database, office, model_settings(), request.model, also=also)
    if not is_over:
        task.tell("fitting", 0, 0)
        learn(task.database, office, Policy(), 0, also=lambda connection, model_id, fitted: task.lease.succeed(
            fit_document(model_id, fitted, task.wording), connection=connection))  # fmt: skip


def _load(task: Task, request: Request) -> Office:
    task.tell("loading", 0, 0)
    return load_office(task.database, _day(request))


def _day(request: Request) -> Any:  # noqa: ANN401 (a date: `perform` has seen to it)
    return request.on


def _plan(task: Task, request: PlanRequested) -> None:
    asked = PlanRequest(
        year=request.year or _day(request).year, policy=policy_of(request.policy, "policy"),
        budget_factor=read_factor(request.budget_factor), name=request.name, time_limit=request.time_limit,
        seed=request.seed,
    )  # fmt: skip
    _decide(task, _load(task, request), asked)


def _replan(task: Task, request: ReplanRequested) -> None:
    task.tell("loading", 0, 0)
    earlier = fetch_plan(task.database, request.plan)
    office, asked = replan_request(task.database, earlier, _day(request), request.time_limit,
                                   again_name(request.cancelled, task.wording))  # fmt: skip
    _decide(task, office, asked, earlier=request.plan, cancelled=request.cancelled)


def _decide(task: Task, office: Office, asked: PlanRequest, **again: Any) -> None:  # noqa: ANN401 (of `decide_and_keep`)
    n_ranked, n_people = 0, office.workforce.n_people

    def on_progress(n: int) -> None:
        nonlocal n_ranked
        n_ranked += n
        task.tell(*(("ranking", n_ranked, n_people) if n_ranked < n_people else ("solving", 0, 0)))

    def on_found(value: float, bound: float) -> None:
        task.tell("solving", *(max(0, round(levels * IN_LEVEL)) for levels in (value, bound)))

    def also(connection: sa.Connection, plan_id: str, plan: Plan) -> None:
        task.lease.succeed(plan_document(plan_id, plan, task.wording, full=False), connection=connection)

    task.tell("ranking", 0, n_people)
    decide_and_keep(task.database, office, asked, on_progress=on_progress, on_found=on_found, also=also, **again)


def _export(task: Task, request: ExportRequest) -> None:
    task.tell("writing", 0, 0)
    if request.plan is not None:
        plan = fetch_plan(task.database, request.plan)
        names = names_from(load_office(task.database, plan.provenance.on).tables, lang=task.wording.lang)
        _, content = plan_file(plan, names, f".{request.format}", wording=task.wording)
        document = {"plan": request.plan, "rows": len(plan.assignments)}
        name = f"{request.plan}.{request.format}"
    else:
        asked = AskedExport(table=str(request.table), as_of=request.as_of, framework=request.framework,
                            employee=request.employee)  # fmt: skip
        path = task.folder / f"{request.table}.{request.format}".replace("/", "-").replace("\0", "")
        rows, table = write_asked(task.database, asked, path, lang=task.wording.lang, on=_day(request))
        document, name, content = {"table": table, "rows": rows}, path.name, path.read_bytes()
    task.lease.succeed({**document, "file": name}, (name, content))


_WORK: dict[type[Request], Callable[[Task, Any], None]] = {
    ImportRequest: _import,
    FitRequest: _fit,
    CheckRequest: _check,
    PlanRequested: _plan,
    ReplanRequested: _replan,
    ExportRequest: _export,
}
