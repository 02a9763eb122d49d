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
ROMAN_MONTHS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip
