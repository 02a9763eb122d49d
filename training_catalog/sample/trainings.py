"""Three hundred trainings of the demo city, over six topics, three modes and every competency at several levels."""

from dataclasses import dataclass

from training_catalog.sample.competencies import LEADERSHIP, MANAGERIAL_TOPICS, TECHNICAL

N_TRAININGS = 300
GRADES = {2: "Dasar", 3: "Menengah", 4: "Lanjutan", 5: "Pakar"}


@dataclass(frozen=True, slots=True)
class SampleTraining:
    """A training.

    Parameters
    ----------
    code, name, topic : As on file.
    form, mode : Development form and mode.
    hours, days : JP and calendar days of a class.
    targets : (competency, level from, level to).
    place : ``city`` for classes of the personnel agency, ``away`` for classes elsewhere, ``online``.
    requires : Code of the training that comes first; empty for none.
    position_classes : Classes it is for; empty for everybody.
    """

    code: str
    name: str
    topic: str
    form: str
    mode: str
    hours: float
    days: int
    targets: tuple[tuple[str, int, int], ...]
    place: str
    requires: str = ""
    position_classes: str = ""


# form, mode, hours, days, place, title pattern; used in turn, so that each competency meets several of them
_PATTERNS = (
    ("B3", "face-to-face", 30, 4, "city", "Pelatihan {name} {grade}"),
    ("C3", "online", 21, 10, "online", "E-learning {name} {grade}"),
    ("B10", "face-to-face", 16, 2, "city", "Bimbingan Teknis {name} {grade}"),
    ("C4", "blended", 32, 12, "city", "Pelatihan Campuran {name} {grade}"),
    ("B3", "face-to-face", 40, 5, "away", "Diklat {name} {grade}"),
    ("B7", "face-to-face", 10, 2, "city", "Lokakarya {name} {grade}"),
    ("C4", "online", 20, 4, "online", "Pelatihan Jarak Jauh {name} {grade}"),
)  # fmt: skip
_LEADERSHIP = (
    ("Pelatihan Kepemimpinan Nasional Tingkat II", "JPT Pratama", 4, 300, 60, "away"),
    ("Pelatihan Kepemimpinan Administrator", "Administrator", 3, 254, 31, "city"),
    ("Pelatihan Kepemimpinan Pengawas", "Pengawas", 2, 240, 30, "city"),
)  # fmt: skip


def _single() -> list[SampleTraining]:
    """One training for each competency and target level, its pattern in turn."""
    named = {code: (name, topic) for code, (name, topic) in MANAGERIAL_TOPICS.items()}
    named |= {code: (name, topic) for code, (name, _, topic) in TECHNICAL.items()}
    trainings: list[SampleTraining] = []
    for i, (code, (name, topic)) in enumerate(named.items()):
        before = ""
        for k, level in enumerate((2, 3, 4)):
            form, mode, hours, days, place, title = _PATTERNS[(i + 2 * k) % len(_PATTERNS)]
            number = f"D{len(trainings) + 1:03d}"
            trainings.append(SampleTraining(
                number, title.format(name=name, grade=GRADES[level]), topic, form, mode, hours, days,
                ((code, level - 1, level),), place, requires=before if level == 4 and i % 3 == 0 else "",  # noqa: PLR2004 (the advanced grade)
            ))  # fmt: skip
            before = number
    return trainings


def _leadership(first: int) -> list[SampleTraining]:
    targets = ("M.02", "M.03", "M.06", "M.07", "M.08")
    return [
        SampleTraining(f"D{first + i:03d}", name, LEADERSHIP, "B1", "blended" if place == "city" else "face-to-face", hours,
                       days, tuple((c, level - 1, level) for c in targets), place, position_classes=position_class)
        for i, (name, position_class, level, hours, days, place) in enumerate(_LEADERSHIP)
    ]  # fmt: skip


def _paired(first: int, n_wanted: int) -> list[SampleTraining]:
    """Trainings that teach two competencies of one topic at one level."""
    by_topic: dict[str, list[tuple[str, str]]] = {}
    for code, (name, topic) in MANAGERIAL_TOPICS.items():
        by_topic.setdefault(topic, []).append((code, name))
    for code, (name, _, topic) in TECHNICAL.items():
        by_topic.setdefault(topic, []).append((code, name))
    pairs = [(topic, one, two) for topic, own in by_topic.items() for k in (1, 2, 3)
             for one, two in zip(own, own[k:], strict=False)]  # fmt: skip
    trainings = []
    for i in range(n_wanted):
        topic, (one, one_name), (two, two_name) = pairs[(i * 7) % len(pairs)]
        level = 2 + i % 3
        form, mode, hours, days, place, title = _PATTERNS[(i * 3 + i // 7) % len(_PATTERNS)]
        name = title.format(name=f"{one_name} dan {two_name}", grade=GRADES[level])
        targets = ((one, level - 1, level), (two, level - 1, level))
        trainings.append(SampleTraining(f"D{first + i:03d}", name, topic, form, mode, hours, days, targets, place))
    return trainings


def _all() -> tuple[SampleTraining, ...]:
    trainings = _single()
    trainings += _leadership(len(trainings) + 1)
    trainings += _paired(len(trainings) + 1, N_TRAININGS - len(trainings))
    return tuple(trainings)


TRAININGS: tuple[SampleTraining, ...] = _all()
