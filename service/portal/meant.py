"""Which trainings somebody means who typed a code or some words."""

from service.api.context import Call, parts_of
from service.spelling import folded

N_FOUND = 5


def trainings_meant(call: Call, asked: str) -> list[tuple[str, str]]:
    """Return code and name of the trainings that somebody means by a code or a part of a name."""
    parts = parts_of(call)
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings
    pairs = list(zip(trainings.ids.tolist(), trainings.names.tolist(), strict=True))
    exact = [(code, name) for code, name in pairs if code == asked]
    words = folded(asked).split()
    told = ((code, name, folded(name)) for code, name in pairs)
    return exact or [(code, name) for code, name, text in told if all(word in text for word in words)][:N_FOUND]
