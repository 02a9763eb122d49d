"""Short words for the stable codes of a plan, for tables; whole sentences for one person are in `service.phrases`."""

from service.wording import Wording

NO_FIGURE = "-"
MOST_LINES = 30  # of a notice; the rest is counted

UNMET = {
    "budget": "The budget line does not suffice",
    "seats": "The class is full",
    "minimum-class": "Too few people for the class",
    "overlap": "Overlaps with a chosen class",
    "hours-cap": "Longer than the yearly limit of learning hours allows",
    "max-trainings": "Most trainings in a year reached",
    "away-share": "Too many of the unit away on one day",
    "prerequisite": "Prerequisite not in the plan before it",
    "no-offering": "No class of a suitable training",
    "not-eligible": "No suitable training may be taken",
    "lower-benefit": "The money, seats or people do more good elsewhere",
    "topic": "Another training for the same deficit was chosen",
    "earmark": "The most money for a topic does not suffice",
    "already": "Another class of the same training was chosen",
    "no-payer": "No budget line pays for opening the class",
    "unit-floor": "Too few people of the unit served",
    "earmark-floor": "Too little money for a topic",
}
IN_RUPIAH = frozenset({"budget", "earmark-floor"})  # clashes whose figures are money; the others count people

CLASSES = {
    "opened": "Opened",
    "no-demand": "Nobody was proposed for it",
    "minimum-class": "Too few participants for the minimum",
    "budget": "What is left of the budget line does not pay its fixed cost",
    "lower-benefit": "The money and seats do more good elsewhere",
    "seats": "Its seats are taken by a better choice",
}

WARNINGS = {  # subjects of one code are said together
    "no-budget": "No budget line of {subject} is on file, so only what costs nothing was planned.",
    "no-price": "No travel price is on file for {subject}, so the cost of classes there is too low.",
    "demands-not-proved": "It is not proven that the demands listed as not met cannot be met: the time limit ended the"
    " search for them. More time may meet them.",
    "no-line-for-class": "No budget line may pay the fixed cost of these classes, so they stay closed: {subject}.",
    "no-line-for-fee": "Choices that no budget line may pay, and that were therefore left out: {subject}.",
    "lapsed-enrolment": "Enrolments without an outcome long after their class ended, which no longer count: {subject}.",
    "stopped-by-clock": "The time limit ended the search; another run may find a better plan.",
    "stopped-when-proven": "The time limit ended the search among plans as good as this; another run may take another.",
}

RULES = {  # that a recount may find broken
    "budget": "More money than there is",
    "earmark": "More than a topic may take",
    "seats": "More people than seats",
    "minimum-class": "Fewer people than the class needs",
    "hours-cap": "More learning hours than allowed in the year",
    "max-trainings": "More trainings than allowed in the year",
    "once-per-training": "The same training twice",
    "overlap": "Two classes at one time",
    "topic": "Two trainings for one deficit",
    "prerequisite": "A prerequisite is missing",
    "away-share": "Too many of the unit away on one day",
    "pinned": "A pinned choice is missing",
    "mandatory": "A mandatory training is missing",
    "objective": "The value of the plan is another",
    "duplicate": "One choice twice",
    "bound": "The value lies above its bound",
}


def word_for(code: str, words: dict[str, str], wording: Wording) -> str:
    """Return the words for a code; one that is not known is shown as it is.

    Examples
    --------
    >>> word_for("seats", UNMET, Wording("en")), word_for("new-code", UNMET, Wording("en"))
    ('The class is full', 'new-code')
    """
    return wording.text(words[code]) if code in words else code


def lower(words: str) -> str:
    """Return words as they stand within a sentence."""
    return words[:1].lower() + words[1:]


def cut(lines: tuple[str, ...], wording: Wording) -> tuple[str, ...]:
    """Keep the first lines of a long list and count the rest."""
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[:MOST_LINES], wording.text("... and {n} more.", n=wording.number(len(lines) - MOST_LINES)))


def clock_warnings(status: str, *, was_stopped: bool) -> tuple[tuple[str, str], ...]:
    """Return what is to be known of a plan whose search the time limit ended: one proved best has none above it."""
    if not was_stopped:
        return ()
    return (("stopped-when-proven" if status == "optimal" else "stopped-by-clock", ""),)


def warning_texts(warnings: tuple[tuple[str, str], ...], wording: Wording) -> tuple[str, ...]:
    """Say warnings in words, those of one code together; one whose code is not known is shown as it is."""
    subjects: dict[str, list[str]] = {}
    for code, subject in warnings:
        subjects.setdefault(code, []).append(subject)
    return tuple(
        wording.text(WARNINGS[code], subject=", ".join(cut(tuple(about), wording)))
        if code in WARNINGS
        else f"{code}: {', '.join(cut(tuple(about), wording))}"
        for code, about in subjects.items()
    )
