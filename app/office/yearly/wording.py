"""A year in sentences, in one language."""

from collections import Counter
from collections.abc import Sequence

from babel.dates import get_month_names

from app.infra.body import current_body
from app.infra.language import date_text, ntranslate, translate
from app.kernel.text import N_, Language, date_locale
from app.office.yearly.values import Absence, AbsenceKind, CourseOfYear, EventOfYear, YearReport

GOVERNANCE = N_("Organs, congress and others")
COURSES = {
    CourseOfYear.HELD: N_("held"),
    CourseOfYear.TO_COME: N_("to come"),
    CourseOfYear.CANCELLED: N_("cancelled"),
}
BESIDE_THE_PLAN = N_("Beside the plan")
TO_HAND_ON = N_("Guests, others, and those who did not wish to be counted")


def months_in(language: Language) -> dict[int, str]:
    """Returns the twelve months in short, "ene" to "dic", as CLDR says them."""
    names = get_month_names("abbreviated", "stand-alone", locale=date_locale(language))
    return {month: names[month] for month in range(1, 13)}


def told(events: Sequence[EventOfYear], language: Language) -> str:
    """Returns how many of the events were held, are to come and were cancelled: "2 held, 1 to come"."""
    counted = Counter(one.course for one in events)
    held, to_come = counted[CourseOfYear.HELD], counted[CourseOfYear.TO_COME]
    cancelled = counted[CourseOfYear.CANCELLED]
    words = []
    if held:
        words.append(ntranslate(language, "%(num)d held", "%(num)d held", held))
    if to_come:
        words.append(ntranslate(language, "%(num)d to come", "%(num)d to come", to_come))
    if cancelled:
        words.append(ntranslate(language, "%(num)d cancelled", "%(num)d cancelled", cancelled))
    return ", ".join(words)


def group_name(report: YearReport, group: str, language: Language) -> str:
    """Returns the short name of a group where the body has one."""
    if not group:
        return translate(language, GOVERNANCE)
    return current_body().short_names.get(group, report.group_names[group]).in_(language)


def lead_of(report: YearReport, language: Language) -> str:
    """Returns two sentences that can be read aloud: how much of the year was held, and how many
    countries came to half of it.
    """
    sums = report.sums
    if not sums.planned:
        return translate(language, "Nothing was dated in this year.")
    said = ntranslate(
        language,
        "The region held %(held)s of %(num)d event.",
        "The region held %(held)s of %(num)d events.",
        sums.planned,
        held=sums.held,
    )
    if sums.to_come:
        said += " " + ntranslate(
            language,
            "%(num)d is to come.",
            "%(num)d are to come.",
            sums.to_come,
        )
    told = [one.events for one in report.countries if one.events is not None]
    if report.recorded and told:
        half = sum(2 * events >= report.recorded for events in told)
        said += " " + ntranslate(
            language,
            "%(num)d country came to half of them or more.",
            "%(num)d countries came to half of them or more.",
            half,
        )
    return said


def absence_words(one: Absence, report: YearReport, language: Language) -> tuple[str, str]:
    """Returns the sentence about an absence, and the line below it."""
    names = {country.code: country.name for country in report.countries}
    country = names[one.country].in_(language)
    group = group_name(report, one.group, language)
    last = (
        translate(language, "Last came on %(day)s", day=date_text(language, one.last_on))
        if one.last_on
        else ""
    )
    if one.kind is AbsenceKind.NEVER:
        return translate(
            language, "%(country)s came to none of %(of)s", country=country, of=one.of
        ), ""
    if one.kind is AbsenceKind.SINCE:
        return (
            translate(
                language,
                "%(country)s missed the last %(missed)s",
                country=country,
                missed=one.missed,
            ),
            last,
        )
    if one.kind is AbsenceKind.MOST:
        return (
            translate(
                language,
                "%(country)s missed %(missed)s of %(of)s of %(group)s",
                country=country,
                missed=one.missed,
                of=one.of,
                group=group,
            ),
            "",
        )
    return (
        translate(
            language,
            "%(country)s missed the last %(missed)s of %(group)s",
            country=country,
            missed=one.missed,
            group=group,
        ),
        last,
    )
