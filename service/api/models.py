"""Models over HTTP: fitted as jobs, listed with their verdicts, approved, rolled back."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody

from service.api.context import Call, known_caller, parts_of, rule
from service.api.effects import effect_router
from service.api.jobs import JobStatus, submit
from service.api.once import IdempotencyKey, once
from service.api.problems import errors, wording_of
from service.model_answer import approve_model, model_document, model_rows, roll_back, stored_model
from service.trial import begin_trial, end_trial, trial_document


class ModelRow(msgspec.Struct, kw_only=True):
    """A fitted model. `code` is the verdict as it stands; one approved that cannot be opened does not serve."""

    model: str
    state: str
    created_on: dt.date
    code: str
    verdict: str
    serves: bool


class ModelList(msgspec.Struct, kw_only=True):
    """Models, newest first, and what serves now: a model's id, or `rule`."""

    serving: str
    items: list[ModelRow]


class Objection(msgspec.Struct, kw_only=True):
    """What stands against letting a model serve: `not-better`, `harms`, `drifted` or `stale`, and in words."""

    code: str
    text: str


class ModelCard(ModelRow, kw_only=True):
    """A model with its card: where it comes from, what judged it, how it does by slice and group."""

    objections: list[Objection]
    card: dict[str, Any]


class ApproveAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why a model may serve; needed where something stands against it."""

    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class FitAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How to fit; the seed is that of the comparison's bootstrap."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0


@get("/models", operation_id="list_models", opt=rule("models.read"), responses=errors(), sync_to_thread=True,
     summary="Models and their verdicts")  # fmt: skip
def list_models(request: Call) -> ModelList:
    """Return the models, newest first."""
    return _listed(request)


def _listed(request: Call) -> ModelList:
    rows = model_rows(parts_of(request).database, wording_of(request))
    serving = next((row["model"] for row in rows if row["serves"]), "rule")
    return ModelList(serving=serving, items=[ModelRow(**row) for row in rows])


@post("/models", operation_id="fit_model", opt=rule("models.write"), status_code=202, responses=errors(413, 415),
      summary="Fit a model", sync_to_thread=True)  # fmt: skip
def fit_model(request: Call, data: JSONBody[FitAsk], idempotency_key: IdempotencyKey = None) -> Response[JobStatus]:
    """Put in a fit; its verdict is the job's result."""
    key = once(request, idempotency_key, msgspec.json.encode(data))
    return submit(request, "fit", {"seed": data.seed}, key=key)


class CheckAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which model to check, the serving one when none is named; whether to fit anew where it no longer holds."""

    model: str | None = None
    fit: bool = False


@post("/models/check", operation_id="check_model", opt=rule("models.write"), status_code=202,
      responses=errors(413, 415), summary="Check whether a model still holds", sync_to_thread=True)  # fmt: skip
def check_model(request: Call, data: JSONBody[CheckAsk], idempotency_key: IdempotencyKey = None) -> Response[JobStatus]:
    """Put in a check; whether the model drifted or is stale is the job's result, and stays in its card."""
    key = once(request, idempotency_key, msgspec.json.encode(data))
    return submit(request, "check", {"model": data.model, "fit": data.fit}, key=key)


class TrialAsk(ApproveAsk, kw_only=True, forbid_unknown_fields=True):
    """Whether to begin a live comparison or to end it; the reason where something stands against the model."""

    end: bool = False


class TrialStand(msgspec.Struct, kw_only=True):
    """How a live comparison stands: `new-better`, `old-better` or `undecided`, in words and in figures."""

    model: str | None
    code: str | None
    text: str
    since: dt.date | None
    figures: dict[str, Any] | None


def read_stand(request: Call) -> TrialStand:
    """Return how the comparison stands."""
    return TrialStand(**trial_document(parts_of(request).database, wording_of(request)))


@get("/models/trial", operation_id="read_trial", opt=rule("models.read"), responses=errors(), sync_to_thread=True,
     summary="How the live comparison stands")  # fmt: skip
def read_trial(request: Call) -> TrialStand:
    """Return how the comparison stands; its interval may be looked at as often as one likes."""
    return read_stand(request)


@post("/models/{model_id:str}/trial", operation_id="try_model", opt=rule("models.write"), status_code=200,
      responses=errors(404, 409, 413, 415), summary="Compare a model live", sync_to_thread=True)  # fmt: skip
def try_model(request: Call, model_id: FromPath[str], data: JSONBody[TrialAsk | None] = None) -> TrialStand:
    """Let a model make the lists of half the people, drawn by lot, beside the serving one; or end that."""
    database, author, ask = parts_of(request).database, known_caller(request).subject, data or TrialAsk()
    stored_model(database, model_id)
    if ask.end:
        end_trial(database, author, model_id)
    else:
        begin_trial(database, model_id, author, ask.reason, wording_of(request))
    return read_stand(request)


def _card(request: Call, model_id: str) -> ModelCard:
    stored = stored_model(parts_of(request).database, model_id)
    row = next(r for r in model_rows(parts_of(request).database, wording_of(request)) if r["model"] == model_id)
    objections = model_document(stored, wording_of(request))["objections"]
    return ModelCard(**row, objections=[Objection(**one) for one in objections], card=stored.manifest)


@get("/models/{model_id:str}", operation_id="read_model", opt=rule("models.read"), responses=errors(404),
     summary="A model's card", sync_to_thread=True)  # fmt: skip
def read_model(request: Call, model_id: FromPath[str]) -> ModelCard:
    """Return a model with its card."""
    return _card(request, model_id)


@post("/models/{model_id:str}/approve", operation_id="approve_model", opt=rule("models.write"), status_code=200,
      responses=errors(404, 409, 413, 415), summary="Let a model serve", sync_to_thread=True)  # fmt: skip
def approve(request: Call, model_id: FromPath[str], data: JSONBody[ApproveAsk | None] = None) -> ModelCard:
    """Let a model serve; the very next list is made with it. Where something stands against it, give the reason."""
    reason = data.reason if data else ""
    approve_model(parts_of(request).database, model_id, known_caller(request).subject, reason, wording_of(request))
    return _card(request, model_id)


@post("/models/{model_id:str}/rollback", operation_id="roll_back_model", opt=rule("models.write"), status_code=200,
      responses=errors(404, 409), summary="Let the model before serve again", sync_to_thread=True)  # fmt: skip
def rollback(request: Call, model_id: FromPath[str]) -> ModelList:
    """Withdraw the serving model; the one before serves again, or the rule."""
    roll_back(parts_of(request).database, known_caller(request).subject, model_id)
    return _listed(request)


def model_routers() -> list[Router]:
    """Return the routes of models and of what past trainings did."""
    own = Router(
        path="/",
        route_handlers=[list_models, fit_model, check_model, read_trial, try_model, read_model, approve, rollback],
        tags=["models"],
    )
    return [own, effect_router()]
