"""Short words for the stable codes of a plan, for tables; whole sentences for one person are in `service.phrases`."""

from service.wording import Wording

NO_FIGURE = "-"

UNMET = {
    "budget": "The budget line is used up",
    "seats": "The class is full",
    "minimum-class": "Too few people for the class",
    "overlap": "Overlaps with a chosen class",
    "hours-cap": "Yearly limit of learning hours reached",
    "max-trainings": "Most trainings in a year reached",
    "away-share": "Too many of the unit away on one day",
    "prerequisite": "Prerequisite not in the plan",
    "no-offering": "No class of a suitable training",
    "not-eligible": "No suitable training may be taken",
    "lower-benefit": "Others gain more from the same money and seats",
    "topic": "Another training for the same deficit was chosen",
    "hours-floor": "Floor of learning hours not reached",
    "unit-floor": "Too few people of the unit served",
    "earmark-floor": "Too little money for a topic",
}
IN_RUPIAH = frozenset({"budget", "earmark-floor"})  # clashes whose figures are money; the others count people

CLASSES = {
    "opened": "Opened",
    "no-demand": "Nobody was proposed for it",
    "minimum-class": "Too few participants for the minimum",
    "budget": "The fixed cost does not fit the budget line",
    "lower-benefit": "The money and seats do more good elsewhere",
    "seats": "Its seats are taken by a better choice",
}

WARNINGS = {  # subjects of one code are said together
    "no-price": "No travel price is on file for {subject}, so the cost of classes there is too low.",
    "no-line-for-class": "No budget line may pay the fixed cost of these classes, so they stay closed: {subject}.",
    "no-line-for-fee": "Choices that no budget line may pay, and that were therefore left out: {subject}.",
    "stopped-by-clock": "The time limit ended the search; another run may find a better plan.",
}

VERDICTS = {  # how the English verdict of a model begins, and what that means
    "Better than the rule": "The model is approved: it orders later outcomes better than the rule.",
    "No better than the rule": "The learned model is no better than the rule.",
    "Too few data": "There are too few past outcomes to learn from.",
    "no approved model": "No model is approved yet.",
}


def word_for(code: str, words: dict[str, str], wording: Wording) -> str:
    """Return the words for a code; one that is not known is shown as it is.

    Examples
    --------
    >>> word_for("seats", UNMET, Wording("en")), word_for("new-code", UNMET, Wording("en"))
    ('The class is full', 'new-code')
    """
    return wording.text(words[code]) if code in words else code
