"""A live comparison: a second model makes the lists of half the people, drawn by lot, until enough is known."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from models.live import NEW_BETTER, OLD_BETTER, UNDECIDED, Trial, compare_live
from service.auth.journal import Entry, record
from service.evidence_answer import objection_texts
from service.model_answer import NEEDS_REASON, check_openable, stored_model
from service.storage.database import APPROVED, TRIAL, WITHDRAWN, Database, StoredModel
from service.storage.decisions import LIST
from service.storage.engine import transaction
from service.storage.schema import DECISIONS, FEEDBACK
from service.wording import Wording
from training_catalog.errors import ConflictError, InputError

DAYS_TO_ANSWER = 14  # from somebody's first list; who was shown theirs later does not count yet
TAKEN = ("interested", "enrolled", "completed")  # what is said of a suggestion that was taken up
WORDS = {
    NEW_BETTER: "The new model is better: {new} of {n_new} people took something up, of {n_old} others {old};"
    " difference {gain} ({lower} to {upper}). The comparison may be ended.",
    OLD_BETTER: "The new model is worse: {new} of {n_new} people took something up, of {n_old} others {old};"
    " difference {gain} ({lower} to {upper}). The comparison may be ended.",
    UNDECIDED: "Not decided yet, after {n_new} people with lists of the new model and {n_old} others: difference {gain}"
    " ({lower} to {upper}). Looking does no harm.",
    "none": "No comparison is running.",
}  # fmt: skip


def is_drawn(model_id: str, employee: str) -> bool:
    """Tell whether the lot gave somebody to the new model: for one comparison always the same, whoever asks.

    Examples
    --------
    >>> sum(is_drawn("m-1", str(n)) for n in range(1_000))
    507
    """
    return bool(hashlib.blake2b(f"{model_id}:{employee}".encode(), digest_size=1).digest()[0] & 1)


def begin_trial(database: Database, model_id: str, author: str, words: str, wording: Wording) -> StoredModel:
    """Let a model make the lists of half the people.

    Raises
    ------
    ConflictError
        When it serves already, cannot be opened, or another comparison is running.
    InputError
        When something stands against it and no reason is given: the rule of approving, for half the people.
    """
    stored = stored_model(database, model_id)
    running = trial_of(database)
    if running is not None or stored.state == APPROVED:
        raise ConflictError("{model} cannot be compared: it serves, or another comparison is running", model=model_id)
    check_openable(database, model_id)
    reason, against = words.strip(), objection_texts(stored.manifest, wording)
    if against and not reason:
        raise InputError(NEEDS_REASON, model=model_id, why="; ".join(against))
    begun = {"by": author, "since": database.clock().isoformat(), "reason": reason}
    _move(database, model_id, TRIAL, author, lambda connection: database.amend_model(connection, model_id, trial=begun))
    return stored


def end_trial(database: Database, author: str, model_id: str | None = None) -> str:
    """End the comparison, and return which model no longer makes lists.

    Raises
    ------
    ConflictError
        When none is running, or not one of the model named.
    """
    running = trial_of(database)
    if running is None or model_id not in {None, running.model_id}:
        raise ConflictError("no comparison is running")
    _move(database, running.model_id, WITHDRAWN, author, lambda _: None)
    return running.model_id


def _move(database: Database, model_id: str, state: str, author: str, also: Callable[[sa.Connection], object]) -> None:
    entry = Entry(actor=author, kind=f"model-{state}", subject=f"model:{model_id}", details={})

    def within(connection: sa.Connection) -> None:
        record(connection, database.clock(), entry)
        also(connection)

    database.set_model_state(model_id, state, also=within)


def trial_of(database: Database) -> StoredModel | None:
    """Return the model that is being compared; None for none."""
    return next((one for one in database.list_models() if one.state == TRIAL), None)


def trial_document(database: Database, wording: Wording) -> dict[str, Any]:
    """Return how the comparison stands, with its words."""
    running = trial_of(database)
    if running is None:
        return {"model": None, "code": None, "text": wording.text(WORDS["none"]), "since": None, "figures": None}
    since = datetime.fromisoformat(str(running.manifest["trial"]["since"]))
    outcome, is_new = _outcomes(database, running.model_id, since)
    trial = compare_live(outcome, is_new)
    taken, arm = outcome[: trial.stopped_at], is_new[: trial.stopped_at]
    figures = {name: wording.percent(value) for name, value in asdict(trial).items() if isinstance(value, float)}
    counts = {"n_new": trial.n_new, "n_old": trial.n_old, "new": int(taken[arm].sum()), "old": int(taken[~arm].sum())}
    text = wording.text(WORDS[trial.code], **figures, **{name: wording.number(n) for name, n in counts.items()})
    return {"model": running.model_id, "code": trial.code, "text": text, "since": since.astimezone().date(),
            "figures": _told(trial, counts)}  # fmt: skip


def _told(trial: Trial, counts: dict[str, int]) -> dict[str, Any]:
    return {**asdict(trial), "taken_new": counts["new"], "taken_old": counts["old"]}


def _outcomes(database: Database, model_id: str, since: datetime) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each person took something up, and whether the new model made their list; by first list."""
    made = sa.select(DECISIONS.c.decision, DECISIONS.c.subject, DECISIONS.c.model, DECISIONS.c.made_at)
    made = made.where(DECISIONS.c.kind == LIST, DECISIONS.c.made_at >= since)
    said = sa.select(FEEDBACK.c.decision, FEEDBACK.c.made_at).where(FEEDBACK.c.kind.in_(TAKEN))
    with transaction(database.engine) as connection:
        lists = connection.execute(made.order_by(DECISIONS.c.made_at, DECISIONS.c.decision)).all()
        answers = connection.execute(said).all()
    first: dict[str, tuple[bool, datetime]] = {}
    whose: dict[str, str] = {}
    for row in lists:
        first.setdefault(row.subject, (row.model == model_id, row.made_at))
        whose[row.decision] = row.subject
    within = timedelta(days=DAYS_TO_ANSWER)
    takers = {whose[row.decision] for row in answers
              if row.decision in whose and row.made_at <= first[whose[row.decision]][1] + within}  # fmt: skip
    ripe = [(person in takers, is_new) for person, (is_new, at) in first.items() if at + within <= database.clock()]
    return np.array([took for took, _ in ripe], dtype=np.float64), np.array([new for _, new in ripe], dtype=np.bool_)
