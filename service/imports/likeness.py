"""Names that are nearly the same under different codes, and codes that nearly are: told to the person, never merged."""

import pandas as pd

from service.imports.rows import Rows

TABLES_WITH_CODES = ("competencies", "positions", "trainings", "units", "offerings", "budgets", "frameworks")
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
    """Warn of each code that is another one but for its case.

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
    every["form"] = every["code"].astype("str").str.casefold()
    alike = every[every["form"].duplicated(keep=False)]
    for _, group in alike.groupby("form", sort=False):
        if (group["line"] > 0).any():
            rows.note("code-alike", "{codes} differ in case alone; are they one?", severity="warning",
                      line=int(group["line"].max()), column=key, value=group["code"].iloc[0],
                      codes=", ".join(group["code"]))  # fmt: skip
