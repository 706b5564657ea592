"""Dates, hours and names as they stand on the paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from app.kernel.text import LocalizedText, in_every_language
from app.training.certificates.values import CertificateModule
from app.training.learning.rules.duration import number_spans

NAME_WIDTH_MM = 222.0
MM_PER_POINT = 25.4 / 72
NAME_SIZES = (("large", 38.0), ("medium", 30.0), ("small", 22.0))
"""CSS class and size in points; kept equal to page.css by a test."""

_NBSP = "\u00a0"


@dataclass(frozen=True)
class NameLines:
    size: str
    lines: tuple[str, ...]


def date_in_words(day: date) -> LocalizedText:
    """Returns 24 de noviembre de 2026 / 24 November 2026, never broken over two lines."""
    es = format_date(day, "d 'de' MMMM 'de' y", locale="es")
    en = format_date(day, "d MMMM y", locale="en")
    return LocalizedText(es=es.replace(" ", _NBSP), en=en.replace(" ", _NBSP))


WITH_A_POINT = frozenset({"completion/v1", "attendance/v1"})
"""Designs whose Spanish writes 10.5 with a point; drawn anew, their paper must come out as it
was.
"""


def hours_in_words(hours: str, design: str) -> LocalizedText:
    """Returns the hours in words; Spanish writes 10,5 with a comma, English 10.5 with a point.
    Nothing for a part in an event, which has none.
    """
    if not hours:
        return LocalizedText()
    amount = Decimal(hours)
    one = amount == 1
    spanish = "es_419" if design in WITH_A_POINT else "es"
    return LocalizedText(
        es=f"{format_decimal(amount, locale=spanish)}{_NBSP}{'hora' if one else 'horas'}",
        en=f"{format_decimal(amount, locale='en')}{_NBSP}{'hour' if one else 'hours'}",
    )


def taken_in_words(modules: tuple[CertificateModule, ...], total: int) -> LocalizedText:
    """Returns which modules were taken of how many: "los módulos 1–2 de 8", or "los 8 módulos" when
    it was all of them.
    """
    numbers = number_spans(module.number for module in modules).replace("-", "\u2011")
    if len(modules) >= total:
        only = LocalizedText(es="el único módulo", en="the only module")
        return (
            only
            if total == 1
            else LocalizedText(es=f"los {total}{_NBSP}módulos", en=f"all {total}{_NBSP}modules")
        )
    if len(modules) == 1:
        return LocalizedText(
            es=f"el módulo{_NBSP}{numbers} de{_NBSP}{total}",
            en=f"module{_NBSP}{numbers} of{_NBSP}{total}",
        )
    return LocalizedText(
        es=f"los módulos{_NBSP}{numbers} de{_NBSP}{total}",
        en=f"modules{_NBSP}{numbers} of{_NBSP}{total}",
    )


def place_in_words(institution: LocalizedText, country: LocalizedText) -> LocalizedText:
    """Returns institution and country, as far as they are known; a country's name is never broken
    over two lines.
    """
    return in_every_language(
        lambda language: ", ".join(
            filter(None, (institution.in_(language), country.in_(language).replace(" ", _NBSP)))
        )
    )


def name_lines(name: str, ems: Callable[[str], float]) -> NameLines:
    """Returns the name in the largest size at which it fits on one line, else in two even lines.

    WeasyPrint has no `text-wrap: balance`: left alone it would put one orphan word on the second
    line.
    """
    for size, points in NAME_SIZES:
        if ems(name) * points * MM_PER_POINT <= NAME_WIDTH_MM and (
            size != "small" or " " not in name
        ):
            return NameLines(size, (name,))
    words = name.split(" ")
    if len(words) == 1:
        return NameLines("small", (name,))
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    first, second = min(splits, key=lambda split: max(ems(split[0]), ems(split[1])))
    widest = max(ems(first), ems(second)) * MM_PER_POINT
    size = "medium" if widest * 30.0 <= NAME_WIDTH_MM * 0.8 else "small"
    return NameLines(size, (first, second))
