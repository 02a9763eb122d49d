"""CSV as most programs write it: no quotation marks, and every line of one width. It is read by column."""

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from service.imports.columns import Coded, Columns

QUOTE = '"'


def _is_plain(text: str, delimiter: str) -> bool:
    """Return whether every line of a text is one line of cells, none of them empty, and each cell what stands there."""
    if not delimiter.isascii() or delimiter in {"\r", "\n", QUOTE, " "} or text[:1] in {"\r", "\n", "\ufeff", ""}:
        return False
    end = "\r\n" if "\r" in text else "\n"
    is_of_one_end = end == "\n" or text.count("\r") == text.count("\n") == text.count(end)
    return is_of_one_end and not any(odd in text for odd in (QUOTE, "\0", end * 2))


def read_regular(text: str, delimiter: str) -> Columns | None:
    r"""Read a text by column; None where it is not regular, and must be read line by line.

    Examples
    --------
    >>> list(read_regular("NIP,Nilai\n1,2\n", ","))
    [['NIP', 'Nilai'], ['1', '2']]
    >>> read_regular("NIP,Nilai\n1\n", ",") is None
    True
    """
    if not _is_plain(text, delimiter):
        return None
    header = text[: text.find("\n")] if "\n" in text else text
    names = [str(position) for position in range(header.count(delimiter) + 1)]
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):  # lines differ in width, or one is longer than a block
        return None
    return Columns([_coded(column) for column in table.unify_dictionaries().columns])


def _coded(column: pa.ChunkedArray) -> Coded:
    cells = column.combine_chunks()
    cells = cells.chunk(0) if isinstance(cells, pa.ChunkedArray) else cells
    different = cells.dictionary
    are_figures = pc.and_(pc.string_is_ascii(different), pc.ascii_is_decimal(different))  # the latter takes others too
    return Coded(different=different.to_pylist(), places=cells.indices.to_numpy(),
                 are_figures=are_figures.to_numpy(zero_copy_only=False))  # fmt: skip
