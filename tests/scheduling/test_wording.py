"""Every rule has a sentence in both languages, with hours that name their zone and without a trace of our ids."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from app.kernel.text import LANGUAGES, LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling import rules, wording
from app.scheduling.values import Finding, Holiday, Party, Rule
from tests.scheduling.builders import (
    ANA,
    BEATRIZ,
    CLOSED_REGION,
    COSTA_RICA,
    DOMINICAN_REPUBLIC,
    LABOUR,
    OPEN_REGION,
    PANAMA,
    PROTECTION,
    a_standing,
    span,
)  # fmt: skip

ASKED = span("16:59", "18:00")
HERE, PANAMA_TIME = "America/Costa_Rica", "America/Panama"


def clash(mine: tuple[Party, ...], *theirs: Party, **standing: object) -> Finding:
    (finding,) = rules.clashes(ASKED, mine, [a_standing(*theirs, **standing)])  # type: ignore[arg-type]  # passed on
    return finding


def said(finding: Finding, zone: str = HERE, *, may_see_title: bool = True) -> LocalizedText:
    return wording.sentence(finding, reader_timezone=zone, may_see_title=may_see_title)


def every_finding() -> Iterator[Finding]:
    yield clash((PROTECTION,), PROTECTION)
    yield clash((PROTECTION, LABOUR), PROTECTION, LABOUR, ANA)
    yield clash((PROTECTION, ANA), LABOUR, ANA)
    yield clash((ANA, BEATRIZ), ANA, BEATRIZ)
    yield clash((ANA,), ANA)
    yield clash((OPEN_REGION,), CLOSED_REGION, when=span("14:00", "23:00"))
    yield clash((CLOSED_REGION,), OPEN_REGION)
    yield from rules.remarks(ASKED, (PANAMA, DOMINICAN_REPUBLIC), (Holiday("PA", date(2026, 12, 10), HOLIDAY_NAME),))
    yield from rules.outside_hours(span("13:00", "23:30"), (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC))


HOLIDAY_NAME = LocalizedText("Día de la Madre", "Mother's Day")
A_CLOCK = re.compile(r"\d\d:\d\d")


@pytest.mark.parametrize("zone", [HERE, PANAMA_TIME])
@pytest.mark.parametrize("finding", list(every_finding()), ids=lambda finding: finding.rule.value)
def test_every_rule_has_a_sentence(finding: Finding, zone: str) -> None:
    text = said(finding, zone)
    assert text.es != text.en
    for language in LANGUAGES:
        sentence = text.in_(language)
        assert sentence.endswith(".")
        assert "%(" not in sentence
        assert "7777" not in sentence
        assert "900" not in sentence
        assert "  " not in sentence
        assert "None" not in sentence
        assert not re.search(r"UTC(?![−+]\d)", sentence)
        if finding.other:
            assert A_CLOCK.search(sentence)
            zones = re.findall(r"\(([^()]*, UTC−\d)\)", sentence)
            assert len(zones) == (1 if zone == HERE else 2), sentence


def test_every_rule_is_covered() -> None:
    assert {finding.rule for finding in every_finding()} == set(Rule)


def test_two_groups_that_share_somebody() -> None:
    text = said(clash((LABOUR, ANA), PROTECTION, ANA))
    assert text.es == (
        "El Grupo de Trabajo de Protección ya se reúne de 10:00 a 11:30 (hora de Costa Rica, UTC−6) en "
        "«Casos complejos», y dos grupos de trabajo no se reúnen a la vez; comparten a Ana Núñez."
    )
    assert text.en == (
        "The Protection Working Group already meets from 10:00 to 11:30 (Costa Rica, UTC−6) in “Complex cases”, "
        "and two working groups do not meet at once; both need Ana Núñez."
    )


def test_the_readers_own_hours_are_added_where_they_differ() -> None:
    text = said(clash((LABOUR,), PROTECTION), PANAMA_TIME)
    assert (
        "de 10:00 a 11:30 (hora de Costa Rica, UTC−6) —para usted, de 11:00 a 12:30 (hora de Panamá, UTC−5)—" in text.es
    )
    assert "from 10:00 to 11:30 (Costa Rica, UTC−6) —for you, from 11:00 to 12:30 (Panama, UTC−5)—" in text.en


def test_a_zone_of_the_same_hour_is_not_said_twice() -> None:
    assert said(clash((LABOUR,), PROTECTION), "America/Tegucigalpa") == said(clash((LABOUR,), PROTECTION))


def test_another_day_for_the_reader_is_named() -> None:
    late = clash((OPEN_REGION,), CLOSED_REGION, when=span("16:00", "23:00"))
    assert "el 11 de diciembre de 01:00 a 08:00" in said(late, "Asia/Tokyo").es
    assert "on 11 December from 01:00 to 08:00 (Tokyo, UTC+9)" in said(late, "Asia/Tokyo").en


def test_several_days_name_both_ends() -> None:
    start = span("14:00", "15:00").starts_at
    congress = a_standing(CLOSED_REGION, when=Timespan(start, start + timedelta(days=2)))
    (finding,) = rules.clashes(ASKED, (OPEN_REGION,), [congress])
    assert said(finding).es == (
        "«Casos complejos» tiene para sí el calendario regional desde las 08:00 del 10 de diciembre hasta las 08:00 "
        "del 12 de diciembre (hora de Costa Rica, UTC−6)."
    )


@pytest.mark.parametrize("mine_theirs", [((LABOUR,), PROTECTION), ((OPEN_REGION,), CLOSED_REGION)])
def test_a_confidential_title_is_for_those_who_may_see_it(mine_theirs: tuple[tuple[Party, ...], Party]) -> None:
    mine, theirs = mine_theirs
    finding = clash(mine, theirs, is_confidential=True)
    assert "Casos complejos" in said(finding).es
    hidden = said(finding, may_see_title=False)
    assert "otra reunión" in hidden.es.lower()
    assert "another meeting" in hidden.en.lower()
    assert "Casos complejos" not in hidden.es
    assert "Complex cases" not in hidden.en
    assert hidden.es[0].isupper()


def test_an_open_title_is_said_to_everybody() -> None:
    assert "Casos complejos" in said(clash((LABOUR,), PROTECTION), may_see_title=False).es


def test_several_people_agree_with_their_verb() -> None:
    assert said(clash((ANA, BEATRIZ), ANA, BEATRIZ)).es.startswith("Ana Núñez y Beatriz Ixchel ya participan de 10:00")


def test_hours_and_holidays_name_the_countries() -> None:
    hours, holiday = rules.remarks(
        span("20:00", "21:30"),
        (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC),
        [Holiday("CR", date(2026, 12, 10), HOLIDAY_NAME)],
    )
    assert said(hours).es == "Fuera del horario de 08:00 a 17:00, hora local, en República Dominicana (16:00–17:30)."
    assert said(hours).en == "Outside 08:00–17:00 local time in Dominican Republic (16:00–17:30)."
    assert said(holiday).es == "Feriado nacional en Costa Rica (Día de la Madre, 10 de diciembre)."
    assert said(holiday).en == "National holiday in Costa Rica (Mother's Day, 10 December)."


def test_several_groups_each_have_their_article() -> None:
    text = said(clash((PROTECTION, LABOUR), PROTECTION, LABOUR))
    assert text.es.startswith(
        "El Grupo de Trabajo de Protección y el Grupo de Trabajo de Migración Laboral ya se reúnen"
    )
    assert text.en.startswith("The Protection Working Group and the Labour Migration Working Group already meet from")
