"""Names of months as programs and people shorten them."""

MONTHS = {
    short: number
    for number, names in enumerate(
        (
            "ene jan",
            "feb",
            "mar",
            "abr apr",
            "may",
            "jun",
            "jul",
            "ago aug",
            "sep set",
            "oct",
            "nov",
            "dic dec",
        ),
        start=1,
    )
    for short in names.split()
}
"""The number of a month by its first three letters, in Spanish and in English."""
