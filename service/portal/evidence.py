"""Models and what speaks for them: verdict in words, figures beside the rule's, approval and roll-back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from service.api.context import Call, known_caller, parts_of, rule
from service.api.jobs import submit
from service.api.problems import wording_of
from service.effect_answer import effects_document, kept_effects
from service.evidence_answer import evidence_tables, list_words, objection_texts
from service.model_answer import approve_model, model_rows, roll_back, stored_model
from service.model_watch import watch_document
from service.portal.drawings import Point, draw_calibration, reach_of
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go, show
from service.wording import Wording
from training_catalog.errors import ConflictError, InputError

# Figures of the comparison, each as model, rule, which is better, and what it means.
FIGURES = (
    ("model_concordance", "rule_concordance", "higher", "Concordance"),
    ("model_error", "rule_error", "lower", "Mean error of the gain, in levels"),
    ("model_brier", "rule_brier", "lower", "Brier score of completion"),
)
WORDS = {
    "Concordance": "How often, of two trainings of one outcome each, the better one is ranked first; 0.5 is chance.",
    "Mean error of the gain, in levels": "How far the expected gain is from the measured one, on average.",
    "Brier score of completion": "Squared error of the probability of completing; 0.25 is a coin.",
    "higher": "higher is better", "lower": "lower is better",
    "inside": "Of {all} bins, {inside} hold what was foretold within the interval of what was seen.",
}  # fmt: skip
CALIBRATIONS = {
    "completion": "Completion, as foretold and as seen",
    "benefit": "Levels closed, as foretold and as seen",
}
STATES = {
    "approved": "serves",
    "rejected": "not approved",
    "retired": "replaced",
    "withdrawn": "withdrawn",
    "trial": "compared live",
}
WAYS = {"mode": "By mode", "provider": "By provider", "competency": "By competency", "training": "By training"}
LONGEST = 50  # groups on a page; those of which most can be said come first


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a model beside the rule's."""

    name: str
    meaning: str
    direction: str
    model: str
    rule: str
    is_better: bool


def _figures(found: dict[str, Any], wording: Wording) -> list[Figure]:
    """Return model and rule side by side; nothing where none was judged, for there are no figures then."""
    rows: list[Figure] = []
    if not found.get("n_test", 1):
        return rows
    for model, rule_name, direction, name in FIGURES:
        if found.get(model) is None or found.get(rule_name) is None:
            continue
        one, other = float(found[model]), float(found[rule_name])
        rows.append(Figure(
            name=wording.text(name), meaning=wording.text(WORDS[name]), direction=wording.text(WORDS[direction]),
            model=wording.number(one, 3), rule=wording.number(other, 3),
            is_better=one > other if direction == "higher" else one < other,
        ))  # fmt: skip
    return rows


@get("/models", opt=rule("models.read"), **THREAD)
def models(request: Call) -> Response[str]:
    """Show the models, newest first, and what serves."""
    rows = model_rows(parts_of(request).database, wording_of(request))
    serving = next((row["model"] for row in rows if row["serves"]), None)
    may_write = "model:write" in known_caller(request).scopes
    way = request.query_params.get("by", "mode")
    way = way if way in WAYS else "mode"
    effects = effects_document(kept_effects(parts_of(request).database), way, wording_of(request))
    return show(request, "models.html.j2", rows=rows, serving=serving, states=STATES, may_write=may_write,
                effects=effects, ways=WAYS, longest=LONGEST)  # fmt: skip


@post("/models", opt=rule("models.write"), **THREAD)
def fit(request: Call) -> Response[bytes]:
    """Put in a fit, and show how far it is."""
    job = submit(request, "fit", {"seed": 0}).headers["Location"].rpartition("/")[2]
    return go(f"/jobs/{job}")


@get("/models/{model:str}", opt=rule("models.read"), **THREAD)
def model_page(request: Call, model: FromPath[str]) -> Response[str]:
    """Show a model's card."""
    return _card(request, model, Form())


def _card(call: Call, model: str, form: Form, status: int = 200) -> Response[str]:
    database, wording = parts_of(call).database, wording_of(call)
    stored = stored_model(database, model)
    row = next(one for one in model_rows(database, wording) if one["model"] == model)
    found = stored.manifest.get("figures", {}).get("comparison") or {}
    return show(
        call, "model.html.j2", status=status, form=form, row=row, card=stored.manifest, found=found, states=STATES,
        figures=_figures(found, wording), may_write="model:write" in known_caller(call).scopes,
        objections=objection_texts(stored.manifest, wording), evidence=evidence_tables(stored.manifest, wording),
        cuts=[date.fromisoformat(cut) for cut in stored.manifest.get("details", {}).get("cuts", "").split()],
        list_words=list_words(stored.manifest, wording),
        watch=watch_document(stored.manifest.get("watch", {}), wording),
        calibrations=_calibrations(stored.manifest.get("evidence", {}), wording),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One calibration: its name for the page, picture and bins."""

    name: str
    title: str
    picture: Markup
    bins: list[dict[str, Any]]


def _calibrations(card: dict[str, Any], wording: Wording) -> list[Calibration]:
    found = []
    for name, title in CALIBRATIONS.items():
        bins = card.get(name, [])
        points = [Point(**{key: one[key] for key in ("foretold", "seen", "lower", "upper")}) for one in bins]
        if not points:
            continue
        n_inside = sum(one.lower <= one.foretold <= one.upper for one in points)
        ends = tuple(wording.number(value, 2) for value in reach_of(points))
        found.append(Calibration(name=name, title=wording.text(title), bins=bins, picture=draw_calibration(
            f"calibration-{name}", title=wording.text(title),
            description=wording.text(WORDS["inside"], inside=wording.number(n_inside), all=wording.number(len(points))),
            axes=(wording.text("Foretold"), wording.text("Seen")), points=points, ends=(ends[0], ends[1]),
        )))  # fmt: skip
    return found


@post("/models/{model:str}", opt=rule("models.write"), **THREAD)
def decide_on_model(request: Call, model: FromPath[str]) -> Response[Any]:
    """Let a model serve, or the one before again."""
    form, wording, database = form_of(request), wording_of(request), parts_of(request).database
    action = form.button("action", ("approve", "rollback", "check"), wording.text("Choose one of the answers."))
    author = known_caller(request).subject
    try:
        if action == "approve":
            approve_model(database, model, author, form.get("words"), wording)
        elif action == "rollback":
            roll_back(database, author, model)
        elif action == "check":
            job = submit(request, "check", {"model": model}).headers["Location"].rpartition("/")[2]
            return go(f"/jobs/{job}")
    except InputError as error:
        form.faults["words"] = error.said(wording.text)
    except ConflictError as error:
        form.faults[""] = error.said(wording.text)
    return _card(request, model, form, 422) if form.faults else go(f"/models/{model}", f"model-{action}")


def evidence_handlers() -> list[Any]:
    """Return the routes of models."""
    return [models, fit, model_page, decide_on_model]
