"""``bangkom effects``: what past trainings did."""

import click

from service.commands.opening import AS_JSON, open_both
from service.settings import Settings

WAYS = ("training", "mode", "provider", "competency")  # as in recommender.past_effects, which a test compares


@click.command()
@click.option("--by", "way", type=click.Choice(WAYS), default="mode", show_default=True,
              help="What effects are told by.")  # fmt: skip
@AS_JSON
@click.pass_obj
def effects(settings: Settings, /, *, way: str, as_json: bool) -> None:
    """Measure what past trainings did to later levels, ratings and service, with intervals.

    People who took a training are compared with comparable people who did not; where there are none, it says so.

    \b
    Example:
      bangkom effects --by training
    """
    from rich.table import Table

    from recommender.use_cases import measure_effects
    from service.effect_answer import effects_card, effects_document
    from service.pipeline import load_office, service_links

    terminal, database = open_both(settings, as_json=as_json)
    office = load_office(database, settings.on)
    terminal.say("Comparing the trained with comparable people ...")
    found = measure_effects(office.workforce, office.catalog, office.on, (way,))
    document = effects_document(effects_card(found, office.catalog, service_links(office)), way, terminal.wording)
    if as_json:
        terminal.emit(document)
        return
    for sentence in document["words"]:
        terminal.console.print(sentence)
    wording = terminal.wording
    heads = ("Group", "Effect, levels", "95 % interval", "People", "Verdict")
    table = Table(*[wording.text(head) for head in heads])
    for one in document["items"]:
        known = one["estimate"] is not None
        figures = [wording.number(one[name], 2) for name in ("estimate", "lower", "upper")] if known else []
        cells = (figures[0], f"{figures[1]} ... {figures[2]}") if known else ("", "")
        table.add_row(one["name"], *cells, wording.number(one["people"]) if one["people"] else "< 5", one["verdict"])
    terminal.console.print(table)
