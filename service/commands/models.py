"""``bangkom fit`` and ``bangkom models``: learn, and look after what was learned."""

import sys
from typing import Any

import click
from rich.table import Table

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings
from service.terminal import ATTENTION


@click.command()
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the comparison's bootstrap.")
@AS_JSON
@click.pass_obj
def fit(settings: Settings, /, *, seed: int, as_json: bool) -> None:
    """Learn from past trainings, and hold the model against the rule on later ones.

    Only a model that is better than the rule serves; otherwise the rule does, and says so.

    \b
    Example:
      bangkom fit
    """
    from recommender.policy import Policy
    from service.model_answer import fit_document
    from service.pipeline import learn, load_office

    terminal, database = open_both(settings, as_json=as_json)
    terminal.say("Learning from past trainings ...")
    office = load_office(database, settings.on)
    model_id, fitted = learn(database, office, Policy(), seed)
    document = fit_document(model_id, fitted, terminal.wording)
    if as_json:
        terminal.emit(document)
    else:
        terminal.console.print(f"{model_id}: {terminal.wording.text(fitted.verdict.code)}. {document['words']}")


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """Look after fitted models: list, show, approve, rollback."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@AS_JSON
@click.pass_obj
def list_models(settings: Settings, /, *, as_json: bool = False) -> None:
    """List models, newest first."""
    from service.phrases import verdict_text

    terminal, database = open_both(settings, as_json=as_json)
    rows = [
        {"model": m.model_id, "state": m.state, "created_on": m.created_on,
         "verdict": verdict_text(str(m.manifest.get("verdict", "")), terminal.wording)}
        for m in database.list_models()
    ]  # fmt: skip
    if as_json:
        terminal.emit({"models": rows})
        return
    table = Table(*[terminal.wording.text(header) for header in ("Model", "State", "Made on", "Verdict")])
    for row in rows:
        table.add_row(row["model"], terminal.wording.text(row["state"]), str(row["created_on"]), row["verdict"])
    terminal.console.print(table)


@models.command()
@click.argument("model_id")
@click.pass_obj
def show(settings: Settings, /, *, model_id: str) -> None:
    """Show a model's card: where it comes from, what judged it."""
    terminal, database = open_both(settings, as_json=True)
    stored = _known(database, model_id)
    terminal.emit({"state": stored.state, **stored.manifest})


@models.command()
@click.argument("model_id")
@click.pass_obj
def approve(settings: Settings, /, *, model_id: str) -> None:
    """Let a model serve; the verdict stays in its card."""
    from models.verdict import APPROVED as BETTER
    from service.phrases import verdict_text
    from service.storage.database import APPROVED

    terminal, database = open_both(settings)
    stored = _known(database, model_id)
    database.set_model_state(model_id, APPROVED)
    terminal.say("{model} serves from now on.", model=model_id)
    if stored.manifest.get("details", {}).get("code") != BETTER:
        terminal.say(
            "Its verdict was: {verdict}",
            verdict=verdict_text(str(stored.manifest.get("verdict", "")), terminal.wording),
        )
        sys.exit(ATTENTION)


@models.command()
@click.pass_obj
def rollback(settings: Settings, /) -> None:
    """Let the model before serve again; without one, the rule."""
    from service.storage.database import APPROVED, RETIRED

    terminal, database = open_both(settings)
    known = database.list_models()
    for serving in [m for m in known if m.state == APPROVED]:
        database.set_model_state(serving.model_id, "withdrawn")
    earlier = next((m for m in known if m.state == RETIRED), None)
    if earlier is None:
        terminal.say("No earlier model: the rule serves.")
        return
    database.set_model_state(earlier.model_id, APPROVED)
    terminal.say("{model} serves from now on.", model=earlier.model_id)


def _known(database: Any, model_id: str) -> Any:
    """Return a stored model or say which there are."""
    from training_catalog.errors import UnknownIdError

    stored = database.load_model(model_id)
    if stored is None:
        raise UnknownIdError("model", model_id, tuple(m.model_id for m in database.list_models())[:3])
    return stored
