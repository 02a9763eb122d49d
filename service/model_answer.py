"""A fitted model as the document of ``fit --json``."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recommender.use_cases import FittedModel
from service.auth.journal import Entry, record
from service.evidence_answer import objection_texts, objections_to, standing_words, verdict_code
from service.phrases import verdict_text
from service.predictor import why_refused
from service.storage.database import APPROVED, REPLACED_AT, RETIRED, TRIAL, WITHDRAWN, Database, StoredModel
from service.wording import Wording
from training_catalog.columns import SUGGESTIONS
from training_catalog.errors import ArtifactRefusedError, ConflictError, InputError, UnknownIdError

MAKE_LISTS = (APPROVED, TRIAL)
REFUSED = "{model} cannot serve: {why}"
RULE_INSTEAD = "The rule serves in its place: {why}."
NEEDS_REASON = "{model} may serve only for a reason that is recorded, because {why}; state one"


def fit_document(model_id: str, fitted: FittedModel, wording: Wording) -> dict[str, Any]:
    """Return the answer: which model, what was decided about it, and the figures behind that."""
    return {
        "model": model_id, "verdict": fitted.verdict.code, "words": verdict_text(fitted.verdict.words, wording),
        "harms": fitted.evidence.does_harm, "rows": fitted.n_rows, "cut": fitted.cut, "figures": fitted.comparison,
    }  # fmt: skip


def model_rows(database: Database, wording: Wording) -> list[dict[str, Any]]:
    """Return all models, newest first, each with its verdict."""
    refused = {m.model_id: refusal_of(database, m.model_id) for m in database.list_models() if m.state in MAKE_LISTS}
    return [
        {"model": m.model_id, "state": m.state, "created_on": m.created_on, "code": verdict_code(m.manifest),
         "verdict": _with_refusal(standing_text(m.manifest, wording), refused.get(m.model_id), wording),
         "serves": m.state == APPROVED and refused[m.model_id] is None}
        for m in database.list_models()
    ]  # fmt: skip


def refusal_of(database: Database, model_id: str) -> ArtifactRefusedError | None:
    """Return why a stored model is not opened, so that the rule serves in its place; None where it is."""
    return why_refused(stored_model(database, model_id))


def _with_refusal(verdict: str, refusal: ArtifactRefusedError | None, wording: Wording) -> str:
    return verdict if refusal is None else f"{wording.text(RULE_INSTEAD, why=refusal.said(wording.text))} {verdict}"


def check_openable(database: Database, model_id: str) -> None:
    """Raise where a model that is to make lists cannot be opened.

    Raises
    ------
    ConflictError
        Saying why.
    """
    refusal = refusal_of(database, model_id)
    if refusal is not None:
        raise ConflictError(REFUSED, model=model_id, why=refusal)


def model_document(stored: StoredModel, wording: Wording) -> dict[str, Any]:
    """Return a model's card with its verdict as it stands and what stands against it, in words."""
    return {
        "state": stored.state, "code": verdict_code(stored.manifest), "words": standing_of(stored, wording),
        "objections": [{"code": code, "text": text} for code, text in zip(
            objections_to(stored.manifest), objection_texts(stored.manifest, wording), strict=True)],
        **stored.manifest,
    }  # fmt: skip


def stored_model(database: Database, model_id: str) -> StoredModel:
    """Return a stored model.

    Raises
    ------
    UnknownIdError
        With those that there are.
    """
    stored = database.load_model(model_id)
    if stored is None:
        raise UnknownIdError("model", model_id, tuple(m.model_id for m in database.list_models())[:SUGGESTIONS])
    return stored


def standing_of(stored: StoredModel, wording: Wording) -> str:
    """Say a loaded model's verdict, and before it that the rule makes its lists where it cannot be opened."""
    refusal = why_refused(stored) if stored.state in MAKE_LISTS else None
    return _with_refusal(standing_text(stored.manifest, wording), refusal, wording)


def standing_text(manifest: Mapping[str, Any], wording: Wording) -> str:
    """Say a model's verdict; that it drifted or is stale goes before what the fit found."""
    return verdict_text(f"{standing_words(manifest)} {manifest.get('verdict', '')}".strip(), wording)


def approve_model(database: Database, model_id: str, author: str, words: str, wording: Wording) -> StoredModel:
    """Let a model serve; its author and their reason are entered in the log of access and in the model's card.

    Raises
    ------
    ConflictError
        When it cannot be opened.
    InputError
        When something stands against it (`service.evidence_answer.objections_to`) and no reason is given.
    """
    stored = stored_model(database, model_id)
    check_openable(database, model_id)
    reason, against = words.strip(), objection_texts(stored.manifest, wording)
    if against and not reason:
        raise InputError(NEEDS_REASON, model=model_id, why="; ".join(against))
    approval = {"by": author, "on": database.clock().astimezone().date().isoformat(), "reason": reason,
                "against": list(objections_to(stored.manifest))}  # fmt: skip
    _set_state(database, model_id, APPROVED, author, words=reason, approval=approval)
    return stored


def _set_state(database: Database, model_id: str, state: str, author: str, *, words: str = "", **card: object) -> None:
    entry = Entry(actor=author, kind=f"model-{state}", subject=f"model:{model_id}",
                  details={"words": words} if words else {})  # fmt: skip

    def also(connection: sa.Connection) -> None:
        record(connection, database.clock(), entry)
        database.amend_model(connection, model_id, **card)

    database.set_model_state(model_id, state, also=also)


def roll_back(database: Database, author: str, model_id: str | None = None) -> str | None:
    """Withdraw the serving model, and return which one serves now: the one it replaced; None for the rule.

    A model that cannot be opened is passed over: the rule would serve in its place.

    Parameters
    ----------
    database : Where models are.
    author : Under whom it is entered in the log of access.
    model_id : The model that must be serving; any when None.

    Raises
    ------
    ConflictError
        When another one serves.
    """
    known = database.list_models()[::-1]
    serving = [m.model_id for m in known if m.state == APPROVED]
    if model_id is not None:
        stored_model(database, model_id)
        if model_id not in serving:
            raise ConflictError("{model} does not serve", model=model_id)
    for one in serving:
        _set_state(database, one, WITHDRAWN, author)
    replaced = sorted((m for m in known if m.state == RETIRED), key=lambda m: str(m.manifest.get(REPLACED_AT, "")))
    for earlier in reversed(replaced):
        if refusal_of(database, earlier.model_id) is None:
            _set_state(database, earlier.model_id, APPROVED, author)
            return earlier.model_id
    return None
