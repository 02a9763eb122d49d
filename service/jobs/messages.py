"""Errors of jobs: a stable code, and a sentence in each language."""

import re
from collections.abc import Mapping
from typing import Any

from service.settings import LANGUAGES
from service.wording import Wording
from training_catalog.errors import BangkomError

TOO_MANY_ATTEMPTS = "too-many-attempts"
WORKER_DIED = "the process that did the job died"


def error_document(code: str, error: BangkomError) -> dict[str, Any]:
    """Return an error as a job keeps it."""
    return {
        "code": code, "message": str(error),
        "messages": {lang: error.said(Wording(lang).text) for lang in LANGUAGES},
    }  # fmt: skip


def code_of(error: BangkomError) -> str:
    """Return the stable code of an error: its kind in words.

    Examples
    --------
    >>> from training_catalog.errors import InvalidValueError, UnknownIdError
    >>> code_of(UnknownIdError("plan", "p-0")), code_of(InvalidValueError("level", 7, "1 to 5"))
    ('unknown-id', 'invalid-value')
    """
    words = re.findall("[A-Z][a-z]+", type(error).__name__.removesuffix("Error"))
    return "-".join(words).lower()


def too_many_attempts(n_attempts: int, trouble: Mapping[str, Any]) -> dict[str, Any]:
    """Return the error of a job that has had its attempts, with what stopped the last one."""
    said = {
        lang: Wording(lang).text("tried {n} times without success; the last time: {trouble}",
                                 n=n_attempts, trouble=trouble["messages"].get(lang, trouble["message"]))
        for lang in LANGUAGES
    }  # fmt: skip
    return {"code": TOO_MANY_ATTEMPTS, "message": said["en"], "messages": said, "cause": trouble["code"]}
