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
    """Look after fitted models: list, show, check, trial, approve, rollback."""
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
@click.option("--text", "as_text", is_flag=True, help="In words and tables, instead of the whole card as JSON.")
@click.pass_obj
def show(settings: Settings, /, *, model_id: str, as_text: bool) -> None:
    """Show a model's card: where it comes from, what judged it, and how it does by slice and group."""
    from service.commands.model_tables import print_card
    from service.model_answer import model_document, stored_model

    terminal, database = open_both(settings, as_json=not as_text)
    stored = stored_model(database, model_id)
    if as_text:
        print_card(terminal, stored)
    else:
        terminal.emit(model_document(stored, terminal.wording))


@models.command()
@click.argument("model_id")
@click.option("--reason", default="", help="Why it may serve although something stands against it; goes on record.")
@click.pass_obj
def approve(settings: Settings, /, *, model_id: str, reason: str) -> None:
    """Let a model serve; verdict and reason stay in its card.

    A model that is not better than the rule, or does harm to some, needs a reason.

    \b
    Example:
      bangkom models approve m-1a2b3c4d5e6f --reason "agreed with the head of BKPSDM"
    """
    from service.auth.journal import actor_of
    from service.evidence_answer import objections_to
    from service.model_answer import approve_model, standing_text

    terminal, database = open_both(settings)
    stored = approve_model(database, model_id, actor_of(database.author), reason, terminal.wording)
    terminal.say("{model} serves from now on.", model=model_id)
    if objections_to(stored.manifest):
        terminal.say("Its verdict was: {verdict}", verdict=standing_text(stored.manifest, terminal.wording))
        sys.exit(ATTENTION)


@models.command()
@click.argument("model_id", required=False)
@click.option("--fit", "fits", is_flag=True, help="Fit anew where the model no longer holds.")
@AS_JSON
@click.pass_obj
def check(settings: Settings, /, *, model_id: str | None, fits: bool, as_json: bool) -> None:
    """Check whether a model still holds: drifted, stale, or as when it was fitted; the serving one unless named.

    Let the system's own timer call it once a month; exit status 1 says that it no longer holds.

    \b
    Example:
      bangkom models check --fit
    """
    from recommender.policy import Policy
    from service.commands.model_tables import print_watch
    from service.model_answer import fit_document
    from service.model_watch import AS_FITTED, check_document, check_model
    from service.pipeline import learn, load_office
    from service.settings import model_settings

    terminal, database = open_both(settings, as_json=as_json)
    terminal.say("Checking the model ...")
    office = load_office(database, settings.on)
    checked = check_model(database, office, model_settings(), model_id)
    document = check_document(database, checked, terminal.wording)
    holds = checked.code == AS_FITTED
    if fits and not holds:
        document["fit"] = fit_document(*learn(database, office, Policy(), 0), terminal.wording)
    if as_json:
        terminal.emit(document)
    else:
        print_watch(terminal, document)
    if not holds:
        sys.exit(ATTENTION)


@models.command()
@click.argument("model_id", required=False)
@click.option("--reason", default="", help="Why it may serve although something stands against it; goes on record.")
@click.option("--end", is_flag=True, help="End the comparison; the serving model makes all lists again.")
@AS_JSON
@click.pass_obj
def trial(settings: Settings, /, *, model_id: str | None, reason: str, end: bool, as_json: bool) -> None:
    """Compare a model live with the serving one: by lot it makes the lists of half the people.

    Without a model, say how the comparison stands. It may be looked at, and ended, at any time.

    \b
    Example:
      bangkom models trial m-1a2b3c4d5e6f
    """
    from service.auth.journal import actor_of
    from service.trial import begin_trial, end_trial, trial_document

    terminal, database = open_both(settings, as_json=as_json)
    author = actor_of(database.author)
    if end:
        terminal.say("{model} no longer makes lists.", model=end_trial(database, author, model_id))
    elif model_id is not None:
        begin_trial(database, model_id, author, reason, terminal.wording)
        terminal.say("{model} makes the lists of half the people from now on.", model=model_id)
    document = trial_document(database, terminal.wording)
    if as_json:
        terminal.emit(document)
    else:
        terminal.console.print(document["text"])


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
