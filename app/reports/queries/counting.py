"""Counts of people with the small ones hidden."""

from collections.abc import Mapping

from app.directory.values import MEMBER_COUNTRIES
from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.reports.rules import hidden
from app.reports.values import Cell

OTHERS, NOT_SAID = N_("Guests and others"), N_("Not said")
WOMEN, MEN = N_("Women"), N_("Men")
NAMES = {country.code: country.name for country in MEMBER_COUNTRIES}


def by_country(counts: Mapping[str, int]) -> tuple[Cell, ...]:
    """Countries of the region in the order of their codes, then whoever belongs to none; those with nobody left out."""
    names = {**NAMES, "": both(OTHERS)}
    return _cells(counts, {code: names.get(code) or LocalizedText(code, code) for code in sorted(counts, key=_last)})


def by_sex(counts: Mapping[str, int]) -> tuple[Cell, ...]:
    return _cells(counts, {"F": both(WOMEN), "M": both(MEN), "": both(NOT_SAID)})


def _cells(counts: Mapping[str, int], names: Mapping[str, LocalizedText]) -> tuple[Cell, ...]:
    kept_back = hidden(counts)
    return tuple(
        Cell(key, name, None if key in kept_back else counts[key]) for key, name in names.items() if counts.get(key)
    )


def _last(code: str) -> tuple[bool, str]:
    return not code, code
