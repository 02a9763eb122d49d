"""Names that are nearly the same under different codes, and codes that nearly are: told to the person, never merged."""

import re
from collections.abc import Callable

import pandas as pd

from service.imports.rows import Rows
from training_catalog.price_book import ITEMS

TABLES_WITH_CODES = ("competencies", "positions", "trainings", "units", "offerings", "budgets", "frameworks")
PLACED = {"price_book": "region", "offerings": "province"}  # the column by which prices are found
TABLES_WITH_NAMES = ("competencies", "positions", "trainings", "units")


def _form(names: pd.Series) -> pd.Series:
    """Bring names to the form in which nearly equal ones are equal: letters and digits, lower case."""
    return names.astype("str").str.casefold().str.replace(r"[\W_]+", "", regex=True)


def note_names_alike(rows: Rows, on_file: pd.DataFrame) -> None:
    """Note each name that also stands, but for spaces, case and punctuation, under another code.

    Parameters
    ----------
    rows : Rows of one file.
    on_file : The same table as stored.
    """
    if rows.table.name not in TABLES_WITH_NAMES or "name" not in rows.given:
        return
    key = rows.table.key[0]
    mine = pd.DataFrame({"code": rows.frame[key], "name": rows.frame["name"], "line": rows.line}).dropna()
    stored = pd.DataFrame({"code": on_file[key], "name": on_file["name"], "line": 0}).dropna()
    every = pd.concat([mine, stored], ignore_index=True)
    every["form"] = _form(every["name"])
    every = every[every["form"] != ""].drop_duplicates(["code", "form"])
    alike = every[every["form"].duplicated(keep=False)]
    for _, group in alike.groupby("form", sort=False):
        if (group["line"] > 0).any():
            codes = ", ".join(group["code"])
            rows.note("name-alike", "{codes} have the same name; are they one?", line=int(group["line"].max()),
                      column="name", value=group["name"].iloc[0], codes=codes)  # fmt: skip


def warn_of_codes_alike(rows: Rows, on_file: pd.DataFrame) -> None:
    """Warn of each code that is another one but for its case, or for dots that the other has lost.

    Parameters
    ----------
    rows : Rows of one file.
    on_file : The same table as stored.
    """
    if rows.table.name not in TABLES_WITH_CODES:
        return
    key = rows.table.key[0]
    mine = pd.DataFrame({"code": rows.frame[key], "line": rows.line}).dropna()
    every = pd.concat([mine, pd.DataFrame({"code": on_file[key], "line": 0}).dropna()], ignore_index=True)
    every = every.drop_duplicates("code")
    form = every["code"].astype("str").str.casefold()
    undotted = form.str.replace(".", "")
    every["form"] = undotted.where(undotted.isin(form[form == undotted]), form)
    alike = every[every["form"].duplicated(keep=False)]
    for _, group in alike.groupby("form", sort=False):
        if (group["line"] > 0).any():
            rows.note("code-alike", "{codes} differ in case or dots alone; are they one?", severity="warning",
                      line=int(group["line"].max()), column=key, value=group["code"].iloc[0],
                      codes=", ".join(group["code"]))  # fmt: skip


def _place_form(place: str) -> str:
    """Bring a province to the form in which its spellings are equal.

    Examples
    --------
    >>> _place_form("Prov. JAWA  BARAT"), _place_form("Jawa Barat")
    ('jawabarat', 'jawabarat')
    """
    return re.sub(r"[\W_]+", "", re.sub(r"^prov(?:insi|ince)?\b", "", place.casefold()))


def warn_of_places_and_items(rows: Rows, on_file: pd.DataFrame, frame_of: Callable[[str], pd.DataFrame]) -> None:
    """Warn of provinces spelled otherwise than in the price book, and of its prices that nothing asks for.

    Parameters
    ----------
    rows : Rows of one file.
    on_file : The same table as stored.
    frame_of : Returns a table as known, by name.
    """
    column = PLACED.get(rows.table.name)
    if column is None or column not in rows.given:
        return
    prices = on_file if rows.table.name == "price_book" else frame_of("price_book")
    known = set(prices["region"].dropna())
    forms = {_place_form(region): region for region in sorted(known)}
    for line, place in _told(rows, column):
        other = forms.get(_place_form(place))
        if place not in known and other is not None:
            rows.note("region-alike", "the price book has {other}; prices are found by the very same spelling",
                      severity="warning", line=line, column=column, value=place, other=other)  # fmt: skip
    for line, item in _told(rows, "item") if rows.table.name == "price_book" else ():
        if item not in ITEMS:
            rows.note("item-unknown", "nothing asks for this price; what is asked for: {items}", severity="warning",
                      line=line, column="item", value=item, items=", ".join(ITEMS))  # fmt: skip


def _told(rows: Rows, column: str) -> list[tuple[int, str]]:
    """Return line and value of the rows that have one."""
    is_told = rows.frame[column].notna().to_numpy()
    return list(zip(rows.line[is_told].tolist(), rows.frame.loc[is_told, column].tolist(), strict=True))
