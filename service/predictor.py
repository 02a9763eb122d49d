"""What predicts: the approved model, or the rule where there is none or it cannot be opened."""

from dataclasses import dataclass

from models.artifact import Manifest, unpack
from models.baseline import BaselineRule, BenefitPredictor
from models.benefit import PairModel
from service.evidence_answer import standing_words
from service.storage.database import Database, StoredModel
from training_catalog.errors import ArtifactRefusedError

RULE = "rule"
NO_APPROVED_MODEL = "no approved model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """What predicts, and how it is named in results.

    Parameters
    ----------
    predictor : The approved model, or the rule.
    identifier : ``m-...`` or ``rule``.
    state : ``model`` or ``rule``.
    verdict : The verdict's words; why the rule serves, where it does.
    refusal : Why a model that should serve was not opened; None where it was.
    """

    predictor: BenefitPredictor
    identifier: str
    state: str
    verdict: str
    refusal: ArtifactRefusedError | None = None


def load_predictor(database: Database, model_id: str | None = None) -> Predictor:
    """Load the approved model, or one of an id; where there is none, or it is refused, the rule serves and says why."""
    stored = database.load_model(model_id)
    if stored is None:
        return Predictor(predictor=BaselineRule(), identifier=RULE, state=RULE, verdict=NO_APPROVED_MODEL)
    try:
        model = _open(stored)
    except ArtifactRefusedError as error:
        return Predictor(predictor=BaselineRule(), identifier=RULE, state=RULE, verdict=str(error), refusal=error)
    words = f"{standing_words(stored.manifest)} {stored.manifest['verdict']}".strip()
    return Predictor(predictor=model, identifier=stored.model_id, state="model", verdict=words)


def _open(stored: StoredModel) -> PairModel:
    return unpack(stored.payload, Manifest.from_dict(stored.manifest))


def why_refused(stored: StoredModel) -> ArtifactRefusedError | None:
    """Return why a loaded model is not opened; None where it is."""
    try:
        _open(stored)
    except ArtifactRefusedError as error:
        return error
    return None
