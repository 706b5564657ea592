"""Every time zone of a country, out of the database of time zones that is pinned with the program."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from babel import Locale

from app.kernel.text import Language, LocalizedText, in_every_language

TABLE = ("zoneinfo", "zone.tab")
"""The table of zones by country (ISO 3166-1) within the package tzdata."""


@cache
def zones_by_country() -> Mapping[str, tuple[str, ...]]:
    """Returns the zones of each country by its code of two letters, in the order of the table."""
    found: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata").joinpath(*TABLE).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _coordinates, zone, *_comment = line.split("\t")
            found[code] = (*found.get(code, ()), zone)
    return found


def zones_of(codes: Iterable[str]) -> dict[str, str]:
    """Returns the country of each zone of these countries."""
    return {zone: code for code in codes for zone in zones_by_country().get(code, ())}


@cache
def place_of(zone: str) -> LocalizedText:
    """Returns the place that a zone is named after: "Tijuana", "Ciudad de México"."""
    return in_every_language(lambda language: _place(zone, language))


def _place(zone: str, language: Language) -> str:
    known = Locale.parse(language).time_zones.get(zone, {}).get("city")
    if known:
        return str(known)
    _area, *state, city = zone.replace("_", " ").split("/")
    return ", ".join((city, *state))
