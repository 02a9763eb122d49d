"""Cards of suggestions: what is the same again is put into HTML once, whoever it is for.

A card is made of what it shows and of nothing else, which is all of the key it is kept by: another figure, sentence or
language is another card, and nothing of one person can stand on another's page that would not stand there anyway. What
differs by session and list is left open, and filled in on each page.
"""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

import msgspec
from markupsafe import Markup, escape

from service.portal.forms import CSRF, Form
from service.portal.page import macros
from service.schemas.lists import RecommendedItem

WORDS = {  # why a training is not for somebody
    "wrong-time": "The dates do not suit me", "not-my-work": "It has little to do with my work",
    "known": "I know this already", "too-easy": "The level is too low", "too-hard": "The level is too high",
    "other": "Another reason",
}  # fmt: skip
CHOSEN, TYPED = ("mode", "competency"), ("from", "until", "hours")  # fields of the filters, in their order
MOST_FACES, MOST_ANSWERS, MOST_FILTERS = 5_000, 2_000, 1_000  # kept in a process; 1 and twice 2 kB each
_GAP = secrets.token_hex(16)  # stands for the fields that are filled in; nobody's text can hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A suggestion with what colleagues gained from it; None where too few were measured."""

    item: RecommendedItem
    colleagues: str | None
    is_claimed: bool


def draw_cards(shown: list[Shown], *, lang: str, csrf: str, list_id: str, said: Form) -> list[Markup]:
    """Return suggestions as HTML.

    Parameters
    ----------
    shown : In the order to show.
    lang : ``id`` or ``en``.
    csrf, list_id : What forms of the session and of this list carry.
    said : The form that was refused, shown again in its card; an empty one for none.
    """
    hidden = (f'<input type="hidden" name="{CSRF}" value="{escape(csrf)}">'
              f'<input type="hidden" name="list" value="{escape(list_id)}">')  # fmt: skip
    return [_card(one, lang, hidden, said) for one in shown]


def _card(one: Shown, lang: str, hidden: str, said: Form) -> Markup:
    training = one.item.training
    frame = macros("card.html.j2", lang)
    is_wanted = any(reason.code == "asked-for" for reason in one.item.reasons)
    if one.is_claimed:
        answers = str(frame.claimed())
    elif said.faults and said.get("training") == training:
        answers = str(frame.answers(training, one.item.name, WORDS, Markup(hidden), said, is_wanted))  # noqa: S704 (made above)
    else:
        answers = hidden.join(_answers(training, one.item.name, lang, is_wanted=is_wanted))
    face = _face(msgspec.json.encode(one.item), lang)
    colleagues = f"<p>{escape(one.colleagues)}</p>\n" if one.colleagues else ""
    name = escape(training)
    return Markup(  # noqa: S704 (each part is escaped where it is made)
        f'<article class="card" id="t-{name}" aria-labelledby="t-{name}-title">\n{face}{colleagues}{answers}</article>'
    )


def draw_filters(form: Form, gaps: tuple[tuple[str, str], ...], lang: str, *, is_filtered: bool) -> Markup:
    """Return the form that narrows a list; what is typed apart, it is the same for everybody with the same gaps.

    Parameters
    ----------
    form : As it was sent.
    gaps : Code and name of the competencies to choose among.
    lang : ``id`` or ``en``.
    is_filtered : Whether anything was filled in.
    """
    if form.faults:
        return Markup(macros("filters.html.j2", lang).filters(form, gaps, is_filtered))  # noqa: S704 (escaped there)
    chosen = tuple(form.get(name) for name in CHOSEN)
    made = _filters(chosen, gaps, lang, is_filtered=is_filtered)
    typed = (escape(form.get(name)) for name in TYPED)
    return Markup("".join(chain.from_iterable(zip_longest(made, typed, fillvalue=""))))  # noqa: S704 (escaped here and there)


@lru_cache(MOST_FILTERS)
def _filters(chosen: tuple[str, ...], gaps: tuple[tuple[str, str], ...], lang: str, *,
             is_filtered: bool) -> tuple[str, ...]:  # fmt: skip
    """Return the form in the pieces between which goes what is typed."""
    form = Form(
        values={name: [text] for name, text in zip(CHOSEN, chosen, strict=True)} | {name: [_GAP] for name in TYPED}
    )
    return tuple(str(macros("filters.html.j2", lang).filters(form, gaps, is_filtered)).split(_GAP))


@lru_cache(MOST_FACES)
def _face(item: bytes, lang: str) -> str:
    return str(macros("card.html.j2", lang).face(msgspec.json.decode(item, type=RecommendedItem)))


@lru_cache(MOST_ANSWERS)
def _answers(training: str, name: str, lang: str, *, is_wanted: bool) -> tuple[str, ...]:
    """Return the forms of a training, in the pieces between which hidden fields go."""
    gap = Markup(_GAP)  # noqa: S704 (hex digits)
    made = macros("card.html.j2", lang).answers(training, name, WORDS, gap, Form(), is_wanted)
    return tuple(str(made).split(_GAP))
