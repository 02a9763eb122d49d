"""``bangkom fit`` and ``bangkom models``: learn, and look after what was learned."""

import sys

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
    from service.model_answer import model_rows

    terminal, database = open_both(settings, as_json=as_json)
    rows = model_rows(database, terminal.wording)
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
    from service.model_answer import stored_model

    terminal, database = open_both(settings, as_json=True)
    stored = stored_model(database, model_id)
    terminal.emit({"state": stored.state, **stored.manifest})


@models.command()
@click.argument("model_id")
@click.pass_obj
def approve(settings: Settings, /, *, model_id: str) -> None:
    """Let a model serve; the verdict stays in its card."""
    from models.verdict import APPROVED as BETTER
    from service.auth.journal import actor_of
    from service.model_answer import approve_model
    from service.phrases import verdict_text

    terminal, database = open_both(settings)
    stored = approve_model(database, model_id, actor_of(database.author))
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
    from service.auth.journal import actor_of
    from service.model_answer import roll_back

    terminal, database = open_both(settings)
    serving = roll_back(database, actor_of(database.author))
    if serving is None:
        terminal.say("No earlier model: the rule serves.")
    else:
        terminal.say("{model} serves from now on.", model=serving)
