"""The types of records, made of the declared tables."""

# mypy: disable-error-code="valid-type"
# the types are made at run time, of the tables' declarations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from training_catalog.schema import Column, Table

PLAIN_TEXT = r"^[^\x00-\x1f\x7f]*$"
MOST_IN_A_BATCH = 1_000
LARGEST = 9_007_199_254_740_991  # whole numbers beyond it lose digits in browsers
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=PLAIN_TEXT)]
Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]


def _type(column: Column) -> Any:  # noqa: ANN401 (a type made at run time)
    if column.kind == "choice" and column.choices:
        return Literal[tuple(choice for choice, _ in column.choices)]
    kinds = {"integer": Whole, "money": Whole, "decimal": float, "level": float, "hours": float, "date": dt.date}
    return kinds.get(column.kind, Text)


def title_of(name: str) -> str:
    """Return a table's name as that of one of its rows: ``unit_outcomes`` is `UnitOutcome`."""
    words = name.split("_")
    words[-1] = {"competencies": "competency", "history": "past_training", "performance": "rating"}.get(
        words[-1], words[-1].removesuffix("s")
    )  # fmt: skip
    return "".join(part.title() for word in words for part in word.split("_"))


def structs_of(declared: Table) -> tuple[type, type, type]:
    """Return the types of a record on its way in, in part, and out."""
    name = title_of(declared.name)
    required = [(c.name, _type(c)) for c in declared.columns if c.required or c.name in declared.key[:1]]
    optional = [(c.name, _type(c) | None, None) for c in declared.columns
                if not c.required and c.name not in declared.key[:1]]  # fmt: skip
    taken: dict[str, Any] = {"kw_only": True, "forbid_unknown_fields": True, "module": __name__}
    whole = msgspec.defstruct(f"{name}In", [*required, *optional], **taken, namespace={"__doc__": declared.meaning})
    part = msgspec.defstruct(
        f"{name}Change", [(c.name, _type(c) | None | msgspec.UnsetType, msgspec.UNSET) for c in declared.columns],
        **taken, namespace={"__doc__": f"{declared.meaning} Fields that are absent stay as they are."},
    )  # fmt: skip
    columns = [(c.name, _type_out(c)) for c in declared.columns]
    out = msgspec.defstruct(name, [("id", str), ("etag", str), *columns], kw_only=True, module=__name__,
                            namespace={"__doc__": declared.meaning})  # fmt: skip
    return whole, part, out


def _type_out(column: Column) -> Any:  # noqa: ANN401 (a type made at run time)
    kinds = {"integer": int, "money": int, "decimal": float, "level": float, "hours": float, "date": dt.date}
    return kinds.get(column.kind, str) | None


def page_of(name: str, item: type) -> type:
    """Return the type of a page of items."""
    return msgspec.defstruct(f"{name}Page", [("items", list[item]), ("next", str | None)], kw_only=True,
                             module=__name__, namespace={"__doc__": "A page; `next` is null on the last."})  # fmt: skip


def batch_of(name: str) -> type:
    """Return the type of a batch of items; each is read on its own later."""
    items = Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MOST_IN_A_BATCH)]
    return msgspec.defstruct(f"{name}Batch", [("items", items)], kw_only=True, forbid_unknown_fields=True,
                             module=__name__, namespace={"__doc__": "Records to store, each on its own."})  # fmt: skip
