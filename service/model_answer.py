"""A fitted model as the document of ``fit --json``."""

from typing import Any

from recommender.use_cases import FittedModel
from service.phrases import verdict_text
from service.wording import Wording


def fit_document(model_id: str, fitted: FittedModel, wording: Wording) -> dict[str, Any]:
    """Return the answer: which model, what was decided about it, and the figures behind that."""
    return {
        "model": model_id, "verdict": fitted.verdict.code, "words": verdict_text(fitted.verdict.words, wording),
        "rows": fitted.n_rows, "cut": fitted.cut, "figures": fitted.comparison,
    }  # fmt: skip
