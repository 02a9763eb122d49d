"""What a table and a column are: one declaration feeds importer, templates, docs and storage."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "integer", "decimal", "money", "date", "level", "hours", "choice", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an import table.

    Parameters
    ----------
    name : Canonical English name.
    kind : How a cell is read: ``id`` is text and never a number, ``money`` whole rupiah,
        ``level`` a number on its framework's scale, ``hours`` JP, ``list`` ids separated by ``;``.
    required : A row without it is refused.
    header_id, header_en : Headers in the templates.
    meaning : One sentence, with unit.
    aliases : Other headers accepted, in any case and spacing.
    choices : For ``choice``: canonical value to accepted spellings.
    references : Table whose key the value must be in.
    """

    name: str
    kind: Kind
    header_id: str
    header_en: str
    meaning: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    references: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One import table with its natural key.

    Parameters
    ----------
    name : Canonical English name, as in ``bangkom import --table``.
    title_id, title_en : Name of the sheet in the templates.
    meaning : One sentence.
    key : Names of the columns that identify a row.
    columns : In template order.
    """

    name: str
    title_id: str
    title_en: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column of that canonical name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Canonical names in template order."""
        return tuple(column.name for column in self.columns)
