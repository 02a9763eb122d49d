"""Names of months in their Indonesian and English spellings, and as Roman numerals."""

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "januari january jan", "februari february feb pebruari peb", "maret march mar", "april apr",
            "mei may", "juni june jun", "juli july jul", "agustus august agu agt agst aug ags",
            "september sep sept", "oktober october okt oct", "november nopember nov nop", "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
FEWEST_LETTERS = 3  # of the beginning of a month's name
ROMAN_MONTHS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip


def month_of(name: str) -> int | None:
    """Return the month of a name, or of the beginning of one; None where it is of none.

    Examples
    --------
    >>> month_of("agus"), month_of("septemb"), month_of("ma"), month_of("mret")
    (8, 9, None, None)
    """
    if name in MONTHS or len(name) < FEWEST_LETTERS:
        return MONTHS.get(name)
    begun = {month for known, month in MONTHS.items() if known.startswith(name)}
    return begun.pop() if len(begun) == 1 else None
