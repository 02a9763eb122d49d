"""Whether a stored model still holds: drifted, stale, or as when it was fitted; kept in its card."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from models.drift import DRIFTED as SHIFTED
from models.drift import MOVED, SAME
from models.drift import NOT_ENOUGH_DATA as TOO_FEW
from models.verdict import DRIFTED, STALE
from recommender.policy import Policy
from recommender.watch import Reference, Watch, watch_model
from service.auth.journal import Entry, actor_of, record
from service.evidence_answer import plain_figures, verdict_code
from service.model_answer import standing_text, stored_model
from service.pipeline import Office, standards_version
from service.predictor import load_predictor
from service.settings import ModelSettings
from service.storage.database import Database
from service.storage.engine import transaction
from service.wording import Wording
from training_catalog.errors import ConflictError

AS_FITTED, OLD, OTHER_STANDARDS, OTHER_CATALOG = "as-fitted", "age", "framework", "catalog"
WORDS = {
    SHIFTED: "drifted", MOVED: "moved a little", SAME: "as at the fit", TOO_FEW: "not enough data",
    OLD: "It was fitted {days} days ago; at most {most} are allowed.",
    OTHER_STANDARDS: "Frameworks or competencies are no longer those it was fitted with.",
    OTHER_CATALOG: "The catalogue is no longer the one it was fitted with.",
    "completion": "Completion, seen less foretold", "gain": "Levels closed, seen less foretold",
}  # fmt: skip

FEATURE_TITLES = {  # of what lists are made from; a test holds them against `models.features`
    "rule_benefit": "What the rule expects a training to close",
    "covered_deficit": "Deficit that a training covers",
    "one_course": "What one course closes",
    "person_deficit": "All deficits of a person",
    "n_covered": "Competencies lacking that a training teaches",
    "levels_too_high": "Levels by which a training begins too high",
    "levels_too_low": "Levels by which a training ends too low",
    "assumed_share": "Share of the deficit that is assumed",
    "assessment_age": "Age of the assessments, years",
    "hours": "Learning hours of a training",
    "is_online": "Share held online",
    "is_blended": "Share that is blended",
    "n_targets": "Competencies that a training teaches",
    "rating": "Last performance rating",
    "rating_trend": "Trend of the performance rating",
    "n_completed": "Trainings completed in five years",
    "completion_rate": "Share of own trainings completed",
    "online_completion_rate": "Share of own online trainings completed",
    "mean_past_gain": "Test gains in own trainings",
    "is_interested": "Share that was asked for",
    "self_rating_excess": "Self-rating above the assessment",
    "years_of_service": "Years of service",
    "position_level": "Level that the position requires",
    "unit_shortage": "Vacant posts of the unit",
    "goes_with_past": "How well a training goes with past choices",
    "taken_by_class": "How many of the position class took it",
    "completion_above_usual": "How often it is completed, beside its mode",
}
TITLES = {**FEATURE_TITLES, **{name: WORDS[name] for name in ("completion", "gain")}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Parameters
    ----------
    model_id : Which model.
    code : ``drifted``, ``stale`` or ``as-fitted``.
    card : As kept with the model.
    """

    model_id: str
    code: str
    card: dict[str, Any]


def check_model(
    database: Database, office: Office, settings: ModelSettings, model_id: str | None = None, *,
    also: Callable[[sa.Connection, Checked], object] = lambda _connection, _checked: None,
) -> Checked:  # fmt: skip
    """Say whether a model still holds, and keep the answer in its card.

    Parameters
    ----------
    database, office : Where models are, and how things are now.
    settings : What makes a model stale.
    model_id : Which one; the serving one when None.
    also : Called last within the transaction that stores.

    Raises
    ------
    ConflictError
        When no model serves, and none is named; or when it cannot be opened.
    """
    stored = database.load_model(None) if model_id is None else stored_model(database, model_id)
    if stored is None:
        raise ConflictError("no model serves: there is nothing to check")
    predictor = load_predictor(database, stored.model_id)
    if predictor.refusal is not None:
        raise ConflictError("{model} cannot be checked: {why}", model=stored.model_id, why=predictor.refusal)
    stale = stale_because(stored.manifest, office, settings)
    found: Watch | None = None
    if "reference" in stored.manifest:
        reference = msgspec.convert(stored.manifest["reference"], Reference)
        found = watch_model(predictor.predictor, reference, office.workforce, office.catalog,
                            since=stored.created_on, on=office.on, policy=Policy())  # fmt: skip
    shifts = (*found.features, *found.outcomes) if found else ()
    code = DRIFTED if any(one.code == SHIFTED for one in shifts) else STALE if stale else AS_FITTED
    card = {
        "code": code, "on": office.on.isoformat(), "stale": stale, "people": found.n_people if found else 0,
        "outcomes": found.n_outcomes if found else 0, "shifts": [plain_figures(asdict(one)) for one in shifts],
    }  # fmt: skip
    checked = Checked(model_id=stored.model_id, code=code, card=card)
    with transaction(database.engine, is_writer=True) as connection:
        database.amend_model(connection, stored.model_id, watch=card)
        if code != stored.manifest.get("watch", {}).get("code", AS_FITTED):
            record(connection, database.clock(), Entry(actor=actor_of(database.author), kind=f"model-{code}",
                                                       subject=f"model:{stored.model_id}", details={}))  # fmt: skip
        also(connection, checked)
    return checked


def stale_because(manifest: Mapping[str, Any], office: Office, settings: ModelSettings) -> list[dict[str, Any]]:
    """Return why a model is stale: its age, or a version that has changed; each only where the setting names it."""
    reasons: list[dict[str, Any]] = []
    days = (office.on - date.fromisoformat(str(manifest["created_on"]))).days
    if OLD in settings.stale_by and days > settings.most_days:
        reasons.append({"code": OLD, "days": days, "most": settings.most_days})
    known = {OTHER_STANDARDS: (manifest.get("standards"), standards_version(office.catalog)),
             OTHER_CATALOG: (manifest.get("details", {}).get("catalog"), office.catalog.version)}  # fmt: skip
    for code, (then, now) in known.items():
        if code in settings.stale_by and then is not None and then != now:
            reasons.append({"code": code})
    return reasons


def watch_document(card: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """Return what a check found with its words; shifts that are sure come first."""
    shifts = [
        {**one, "title": wording.text(TITLES[one["name"]]) if one["name"] in TITLES else one["name"],
         "verdict": wording.text(WORDS[one["code"]])}
        for one in card.get("shifts", [])
    ]  # fmt: skip
    shifts.sort(key=lambda one: (one["code"] != SHIFTED, one["code"] != MOVED, -abs(one["size"] or 0.0), one["name"]))
    return {
        "code": card.get("code"), "on": card.get("on"), "people": card.get("people"), "outcomes": card.get("outcomes"),
        "stale": [wording.text(WORDS[one["code"]], **{k: v for k, v in one.items() if k != "code"})
                  for one in card.get("stale", [])],
        "shifts": shifts,
    }  # fmt: skip


def check_document(database: Database, checked: Checked, wording: Wording) -> dict[str, Any]:
    """Return the answer of a check."""
    manifest = {**stored_model(database, checked.model_id).manifest, "watch": checked.card}
    return {"model": checked.model_id, "verdict": verdict_code(manifest), "words": standing_text(manifest, wording),
            "watch": watch_document(checked.card, wording)}  # fmt: skip
