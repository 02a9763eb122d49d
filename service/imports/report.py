"""What an import says of every file and row: the shape of ``bangkom import --json``."""

from collections.abc import Sequence

import msgspec

MOST_LISTED = 1_000  # problems of one kind of a file or sheet that a report lists; all are counted

# Stable problem codes. docs/imports.md lists each with its meaning; a test compares the two.
CODES = {
    "file-unreadable": "The file cannot be read.",
    "file-password": "The workbook is protected by a password.",
    "file-too-large": "The file is larger, or unpacks to more, than is accepted.",
    "file-kind": "The file is not what its name says.",
    "sheet-empty": "A sheet holds nothing.",
    "sheet-hidden": "A hidden sheet is passed over.",
    "sheet-several": "Several sheets hold the same table; one must be named.",
    "tables-beside": "A sheet holds several tables side by side; each is read on its own.",
    "tables-stacked": "A sheet holds several tables under each other; each is read on its own.",
    "table-other": "Another table of a sheet than the one asked for is passed over.",
    "rows-hidden": "Hidden lines of a sheet are read.",
    "cells-struck": "Cells that a sheet strikes out are read.",
    "columns-hidden": "Hidden columns of a sheet are read.",
    "sheet-unknown": "The workbook has no sheet of the name asked for.",
    "table-unknown": "The headers match no table.",
    "table-ambiguous": "The headers match several tables.",
    "table-by-name": "Where headers leave several tables, the name of the file or sheet told which.",
    "header-missing": "A required column is missing.",
    "header-unknown": "A column is not known and is not read.",
    "header-repeated": "A column names once more what another one says, and is not read.",
    "column-sensitive": "A column with sensitive data is not read.",
    "profile-differs": "The headers are not those of the profile asked for.",
    "value-emptied": "Blank cells empty values that are on file.",
    "value-supplied": "A column has the one value that was asked for with --set.",
    "encoding-assumed": "The encoding was assumed.",
    "encoding-mixed": "Some lines are of another encoding than the others.",
    "lines-unwrapped": "Lines that quotation marks held as a whole were split.",
    "lines-joined": "A quotation mark joins several rows to one.",
    "letters-garbled": "Letters look as if they were read in a wrong encoding before.",
    "answer-goes-on": "A file holds only the first of the pages that a service has.",
    "errors-unseen": "The file is of a kind in which cells with errors read as blank.",
    "zeros-lost": "The file is of a kind in which zeros in front of codes get lost.",
    "cell-cleaned": "Invisible or decorating characters were taken out.",
    "percent-read": "Numbers with a percent sign were read without it.",
    "percent-shown": "Percentages of a sheet are read as it shows them.",
    "zeros-shown": "Codes of a sheet are read with the zeros that it shows.",
    "cells-merged": "One cell stands for several lines.",
    "cell-fault": "The cell shows an error, or holds a formula that was never calculated.",
    "cell-nested": "The cell holds a list or an object.",
    "required-missing": "A required value is missing.",
    "id-digits-lost": "A number in an id column has lost its last digits.",
    "id-structure": "An 18-digit employee number that no NIP can be.",
    "id-other": "An employee number is no NIP, where most of the file's are.",
    "id-national": "A national identity number stands where an employee number belongs.",
    "national-removed": "National identity numbers were taken out of texts; they are not stored.",
    "id-contradicts": "The employee number contradicts another column.",
    "id-derived": "Missing values were read from the employee number.",
    "scale-derived": "The scale of a rating was told by its name.",
    "date-unreadable": "The date is impossible or not clear.",
    "date-order-assumed": "No date of the file tells whether the day or the month comes first.",
    "year-assumed": "Years of two digits are read where they stand last.",
    "date-assumed": "A last day is read from a first day or a year.",
    "date-future": "What has happened is of a day to come.",
    "date-doubtful": "A class lasts for years.",
    "date-overlaps": "A standard begins while the one before still holds.",
    "seats-contradict": "A class has fewer seats than it needs people to open.",
    "level-contradicts": "A training leads to a lower level than it begins at.",
    "amount-exceeded": "Of a budget line more is reserved and spent than it holds.",
    "amount-twice": "Codes of budget lines begin with that of another, which may be their total.",
    "days-split": "A column holds first and last day in one cell, and is read as two.",
    "date-contradicts": "The last day is before the first.",
    "number-unreadable": "The number is not clear.",
    "number-style-assumed": "No number of the file tells whether one is thousands or decimals.",
    "money-unclear": "The amount is not clear.",
    "hours-in-days": "A duration in days is no JP; the JP stays unknown.",
    "hours-unknown": "A training without JP counts with 0.",
    "level-unreadable": "The level is not on the scale.",
    "choice-unknown": "The value is none of the accepted ones.",
    "reference-unknown": "The value names nothing that is on file.",
    "reference-created": "A unit or position that was not on file was made.",
    "code-made": "Codes were made of titles and dates, because the file has none.",
    "year-differs": "A year column says another year than a date.",
    "post-earlier": "A post that a person held earlier is left out.",
    "post-ended": "The latest post of a person has a last day.",
    "person-by-name": "A name stands where an employee number belongs; people are not matched by name.",
    "name-alike": "Rows of different codes have the same name, but for spaces, case and punctuation.",
    "rows-none": "There is no row below the header.",
    "row-short": "A line ends before a column that is read, where others do not.",
    "row-header": "The header once more, or a line that numbers the columns, is left out.",
    "row-footer": "A note or signature under a table is left out.",
    "amount-scaled": "Amounts are given in thousands or millions of rupiah, and read so.",
    "audience-unknown": "A training is for a position class or employment type that nobody on file has.",
    "region-alike": "A province is spelled otherwise than in the price book, by which prices are found.",
    "item-unknown": "Nothing asks for a price of this code.",
    "code-alike": "Codes differ in case or dots alone.",
    "row-shifted": "A line has more cells than the header.",
    "row-repeated": "The row says the same as an earlier one.",
    "row-conflict": "Two rows of one key differ, in one file or in two; neither is stored.",
    "row-total": "A total or heading is left out.",
    "row-metadata": "A line above the header is left out.",
    "row-blank": "A line without the level, rating, value or training it is about, or with nothing in a column that is "
    "read, is left out.",
    "row-sample": "A sample line is left out.",
    "row-incomplete": "The source itself says not to use a line, or does not name it.",
    "amount-unknown": "A budget line without an amount is left out; unknown is not zero.",
    "list-known": "A list of the names of a scale that is on file.",
    "parts-absent": "A rating is the mean of those of its parts that are there.",
    "levels-beside": "Columns that name competencies are read as assessments.",
    "standards-met": "How many standards of a file are met, and by how much the others are missed.",
    "total-checked": "A total of the file was compared with the lines read.",
    "parent-circle": "Parents or prerequisites go in a circle.",
    "scale-empty": "The largest value of a scale is not above its smallest.",
}


class Problem(msgspec.Struct, kw_only=True):
    """One thing found: an error refuses the row, a warning and a note do not."""

    severity: str
    line: int | None
    column: str | None
    value: str | None
    code: str
    message: str


class ProblemCount(msgspec.Struct, kw_only=True):
    """How often one kind of problem was found, and how many of these are listed: the first ones."""

    severity: str
    column: str | None
    code: str
    found: int
    listed: int


class FileReport(msgspec.Struct, kw_only=True):
    """One file or sheet; read = stored + unchanged + refused + left_out.

    Parameters
    ----------
    problems : What was found, by line; of each kind up to `MOST_LISTED`.
    counts : Every kind of problem, with the exact number.
    columns : Header as written to the canonical column that it was read into.
    preview : First rows as they were read, with their lines; a value that is missing or was refused is null.
    """

    file: str
    sheet: str | None = None
    table: str | None = None
    profile: str = "own"
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    date_order: str | None = None
    number_style: str | None = None
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    refused: int = 0
    left_out: int = 0
    problems: list[Problem] = []
    counts: list[ProblemCount] = []
    columns: dict[str, str] = {}
    preview: list[dict[str, str | int | float | None]] = []


class ImportReport(msgspec.Struct, kw_only=True):
    """A whole import."""

    dry_run: bool
    ok: bool
    files: list[FileReport]


def counted(problems: Sequence[Problem]) -> tuple[list[Problem], list[ProblemCount]]:
    """Return problems by line, of each kind (severity, column, code) the first ones alone, and how many there are."""
    counts: dict[tuple[str, str | None, str], ProblemCount] = {}
    listed = []
    for one in sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0)):
        kind = (one.severity, one.column, one.code)
        count = counts.setdefault(kind, ProblemCount(severity=one.severity, column=one.column, code=one.code, found=0,
                                                     listed=0))  # fmt: skip
        count.found += 1
        if count.listed < MOST_LISTED:
            count.listed += 1
            listed.append(one)
    return listed, list(counts.values())
