"""Every rule has a sentence in both languages, with hours that name their zone and without a trace
of our ids.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from app.kernel.text import Language, LocalizedText, languages
from app.kernel.timespan import Timespan
from app.planning.scheduling import wording
from app.planning.scheduling.rules.book import AS_WRITTEN
from app.planning.scheduling.values import Finding, Holiday, Nature, Party, Rule, Severity, Standing
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
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
)
from tests.support.body import MEMBER_COUNTRIES

ASKED = span("16:59", "18:00")
HERE, PANAMA_TIME = "America/Costa_Rica", "America/Panama"


def clash(mine: tuple[Party, ...], *theirs: Party, **standing: object) -> Finding:
    (finding,) = rulings.clashes(ASKED, mine, [a_standing(*theirs, **standing)])  # type: ignore[arg-type]  # passed on
    return finding


def found(rule: Rule, **words: object) -> Finding:
    """As the book has it by default."""
    setting = AS_WRITTEN.setting_for(rule, ASKED)
    return Finding(rule, setting.severity, ASKED, approver=setting.approver, **words)  # type: ignore[arg-type]  # passed on


def an_event(
    n: int, title: str, english: str, *parties: Party, days: int, lasting: int = 0
) -> Standing:
    first, last = span("15:00", "17:00", days=days), span("15:00", "17:00", days=days + lasting)
    whole = Timespan(first.starts_at, last.ends_at)
    return Standing(f"event:{n}", LocalizedText(es=title, en=english), whole, HERE, False, parties)


def said(finding: Finding, zone: str = HERE, *, may_see_title: bool = True) -> LocalizedText:
    return wording.sentence(finding, reader_timezone=zone, may_see_title=may_see_title)


HOLIDAY_NAME = LocalizedText(es="Día de la Madre", en="Mother's Day")
FORUM = an_event(77771, "Foro de Comunicación", "Communication Forum", days=-9)
WORKSHOP = an_event(77772, "Taller laboral", "Labour workshop", days=-7, lasting=1)
CONGRESS = an_event(77773, "V Congreso", "V Congress", days=5)
THREE = (FORUM, WORKSHOP, CONGRESS)
COUNTRY_PARTIES = tuple(
    Party.country(c.code, c.name) for c in (PANAMA, DOMINICAN_REPUBLIC, COSTA_RICA)
)
LICENCE = Party.licence("zoom", LocalizedText(es="Zoom 500", en="Zoom 500"), 2)
FEAST = Standing(
    "holiday:PA:7777",
    HOLIDAY_NAME,
    span("05:00", "23:00"),
    PANAMA_TIME,
    False,
    (Party.country("PA", PANAMA.name, exclusive=True),),
    Nature.HOLIDAY,
)
ONE_FEAST = (Holiday("PA", date(2026, 12, 10), HOLIDAY_NAME),)


def every_finding() -> Iterator[Finding]:
    yield clash((PROTECTION,), PROTECTION)
    yield clash((PROTECTION, LABOUR), PROTECTION, LABOUR, ANA)
    yield clash((PROTECTION, ANA), LABOUR, ANA)
    yield clash((Party.congress(),), PROTECTION)
    yield clash((PROTECTION,), Party.congress())
    yield clash((ANA, BEATRIZ), ANA, BEATRIZ)
    yield clash((ANA,), ANA)
    yield clash((OPEN_REGION,), CLOSED_REGION, when=span("14:00", "23:00"))
    yield clash((CLOSED_REGION,), OPEN_REGION)
    yield from rulings.remarks(ASKED, (PANAMA, DOMINICAN_REPUBLIC), ONE_FEAST)
    yield from rulings.outside_hours(
        span("13:00", "23:30"), (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC)
    )
    yield from SNAPSHOTS.values()


def about(*parties: Party, **words: object) -> dict[str, object]:
    return {"other": a_standing(*parties), "parties": parties, **words}


GROUPS, PEOPLE = (PROTECTION,), (ANA, BEATRIZ)
COUNTRIES = (COSTA_RICA, DOMINICAN_REPUBLIC, PANAMA)
EARLIER = a_standing(PROTECTION, when=span("15:30", "16:45"))
LATER = a_standing(PROTECTION, when=span("18:10", "19:00"))
SNAPSHOTS = {
    "declared pair": found(Rule.GROUP_PAIR, **about(PROTECTION)),
    "licence of one place": found(Rule.LICENCE, **about(LICENCE), limit=1, count=2),
    "licence that is full": found(
        Rule.LICENCE, **about(LICENCE), others=(EARLIER, LATER), limit=2, count=3
    ),
    "binding holiday in the calendar": found(
        Rule.BINDING_HOLIDAY, other=FEAST, parties=FEAST.parties
    ),
    "binding holiday of a country": found(
        Rule.BINDING_HOLIDAY, countries=(PANAMA,), holidays=ONE_FEAST
    ),
    "too soon after": found(Rule.QUIET_BUFFER, other=EARLIER, parties=GROUPS, limit=30, count=14),
    "too soon before": found(Rule.QUIET_BUFFER, other=LATER, parties=PEOPLE, limit=30, count=10),
    "one country shares a delegate": found(
        Rule.SHARED_DELEGATES, **about(PROTECTION), countries=(COSTA_RICA,), limit=1, count=1
    ),
    "three countries share delegates": found(
        Rule.SHARED_DELEGATES, **about(PROTECTION, LABOUR), countries=COUNTRIES, limit=1, count=3
    ),
    "nine days": found(Rule.NOTICE, limit=15, count=9),
    "one day": found(Rule.NOTICE, limit=15, count=1),
    "no day": found(Rule.NOTICE, limit=30, count=0),
    "second in the week": found(
        Rule.GROUP_WEEK, parties=GROUPS, others=(WORKSHOP,), limit=1, count=2
    ),
    "fourth in the month": found(Rule.GROUP_MONTH, parties=GROUPS, others=THREE, limit=3, count=4),
    "third for countries in the week": found(
        Rule.COUNTRY_WEEK, parties=COUNTRY_PARTIES, others=(FORUM, WORKSHOP), limit=2, count=3
    ),
    "fourth role of a person": found(
        Rule.PERSON_LOAD, parties=(ANA,), others=THREE, limit=3, count=4
    ),
    "third meeting of several days": found(
        Rule.COUNTRY_LOAD, parties=COUNTRY_PARTIES[:1], others=(FORUM, WORKSHOP), limit=2, count=3
    ),
    "holiday of one country": found(Rule.HOLIDAY, countries=(PANAMA,), holidays=ONE_FEAST),
    "holiday of a quorum": replace(
        found(Rule.HOLIDAY, countries=(PANAMA, PANAMA), holidays=ONE_FEAST * 2, limit=2),
        severity=Severity.CONFIRM,
    ),
    "regional holiday": found(Rule.REGIONAL_HOLIDAY, countries=(PANAMA,), holidays=ONE_FEAST),
    "outside hours": found(Rule.OUTSIDE_HOURS, countries=(DOMINICAN_REPUBLIC,)),
    "another process": found(Rule.EXTERNAL, other=a_standing(nature=Nature.EXTERNAL)),
    "another process that calls on countries": found(
        Rule.EXTERNAL, other=a_standing(nature=Nature.EXTERNAL), parties=COUNTRY_PARTIES
    ),
    "busy by her own calendar": found(Rule.BUSY, **about(ANA)),
}
A_CLOCK = re.compile(r"\d\d:\d\d")


SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_the_sentence_is_the_one_agreed(name: str, language: Language) -> None:
    assert said(SNAPSHOTS[name]).in_(language) == SENTENCES[name][language]


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) == set(SNAPSHOTS)


@pytest.mark.parametrize("zone", [HERE, PANAMA_TIME])
@pytest.mark.parametrize("finding", list(every_finding()), ids=lambda finding: finding.rule.value)
def test_every_rule_has_a_sentence(finding: Finding, zone: str) -> None:
    text = said(finding, zone)
    assert text["es"] != text["en"]
    for language in languages():
        sentence = text.in_(language)
        assert sentence.endswith(".")
        assert "%(" not in sentence
        assert "7777" not in sentence
        assert "900" not in sentence
        assert "  " not in sentence
        assert "None" not in sentence
        assert not re.search(r"UTC(?![−+]\d)", sentence)
        if finding.other and finding.rule is not Rule.BINDING_HOLIDAY:
            assert A_CLOCK.search(sentence)
            zones = re.findall(r"\(([^()]*, UTC−\d)\)", sentence)
            assert len(zones) == (1 if zone == HERE else 2) * max(1, len(finding.others)), sentence


def test_every_rule_is_covered() -> None:
    assert {finding.rule for finding in every_finding()} == set(Rule)


def test_two_groups_that_share_somebody() -> None:
    text = said(clash((LABOUR, ANA), PROTECTION, ANA))
    assert text["es"] == (
        "El Grupo de Trabajo de Protección ya se reúne de 10:00 a 11:30 (hora de Costa Rica, UTC−6) en "
        "«Casos complejos», y dos grupos de trabajo no se reúnen a la vez; comparten a Ana Núñez; no cabe excepción."
    )
    assert text["en"] == (
        "The Protection Working Group already meets from 10:00 to 11:30 (Costa Rica, UTC−6) in “Complex cases”, "
        "and two working groups do not meet at once; both need Ana Núñez; no exception is possible."
    )


def test_the_readers_own_hours_are_added_where_they_differ() -> None:
    text = said(clash((LABOUR,), PROTECTION), PANAMA_TIME)
    assert (
        "de 10:00 a 11:30 (hora de Costa Rica, UTC−6) —para usted, de 11:00 a 12:30 (hora de Panamá, UTC−5)—"
        in text["es"]
    )
    assert (
        "from 10:00 to 11:30 (Costa Rica, UTC−6) —for you, from 11:00 to 12:30 (Panama, UTC−5)—"
        in text["en"]
    )


def test_a_zone_of_the_same_hour_is_not_said_twice() -> None:
    assert said(clash((LABOUR,), PROTECTION), "America/Tegucigalpa") == said(
        clash((LABOUR,), PROTECTION)
    )


def test_another_day_for_the_reader_is_named() -> None:
    late = clash((OPEN_REGION,), CLOSED_REGION, when=span("16:00", "23:00"))
    assert "el 11 de diciembre de 01:00 a 08:00" in said(late, "Asia/Tokyo")["es"]
    assert "on 11 December from 01:00 to 08:00 (Tokyo, UTC+9)" in said(late, "Asia/Tokyo")["en"]


def test_several_days_name_both_ends() -> None:
    start = span("14:00", "15:00").starts_at
    congress = a_standing(CLOSED_REGION, when=Timespan(start, start + timedelta(days=2)))
    (finding,) = rulings.clashes(ASKED, (OPEN_REGION,), [congress])
    assert said(finding)["es"] == (
        "«Casos complejos» tiene para sí el calendario regional desde las 08:00 del 10 de diciembre hasta las 08:00 "
        "del 12 de diciembre (hora de Costa Rica, UTC−6); solo se exceptúan sus propios eventos paralelos."
    )


@pytest.mark.parametrize("mine_theirs", [((LABOUR,), PROTECTION), ((OPEN_REGION,), CLOSED_REGION)])
def test_a_confidential_title_is_for_those_who_may_see_it(
    mine_theirs: tuple[tuple[Party, ...], Party],
) -> None:
    mine, theirs = mine_theirs
    finding = clash(mine, theirs, is_confidential=True)
    assert "Casos complejos" in said(finding)["es"]
    hidden = said(finding, may_see_title=False)
    assert "otra reunión" in hidden["es"].lower()
    assert "another meeting" in hidden["en"].lower()
    assert "Casos complejos" not in hidden["es"]
    assert "Complex cases" not in hidden["en"]
    assert hidden["es"][0].isupper()


def test_confidential_meetings_are_counted_without_their_titles() -> None:
    secret = replace(FORUM, is_confidential=True)
    fourth = found(
        Rule.GROUP_MONTH, parties=GROUPS, others=(secret, WORKSHOP, CONGRESS), limit=3, count=4
    )
    hidden = said(fourth, may_see_title=False)
    assert "Ya hay: otra reunión (1 de diciembre), «Taller laboral»" in hidden["es"]
    assert "Already planned: another meeting (1 December), “Labour workshop”" in hidden["en"]
    assert "«Foro de Comunicación» (1 de diciembre)" in said(fourth)["es"]


def test_the_title_in_a_personal_calendar_is_nobodys_business() -> None:
    assert "Casos complejos" not in said(SNAPSHOTS["busy by her own calendar"])["es"]


def test_all_eleven_countries_are_not_listed() -> None:
    everybody = tuple(Party.country(country.code, country.name) for country in MEMBER_COUNTRIES)
    third = found(Rule.COUNTRY_WEEK, parties=everybody, others=(FORUM, WORKSHOP), limit=2, count=3)
    assert "para los 11 países en la semana" in said(third)["es"]
    assert "for all 11 countries in the week" in said(third)["en"]


def test_who_may_is_said_only_while_it_is_to_be_decided() -> None:
    refused = SNAPSHOTS["nine days"]
    assert said(refused)["en"].endswith("the presidency can confirm it with a reason.")
    assert said(replace(refused, is_overridden=True))["en"].endswith("and the minimum is 15.")
    assert said(replace(refused, severity=Severity.WARN))["en"].endswith("and the minimum is 15.")


def test_days_over_the_end_of_a_month_name_both() -> None:
    over = replace(
        FORUM,
        span=Timespan(
            span("15:00", "17:00", days=20).starts_at, span("15:00", "17:00", days=23).ends_at
        ),
    )
    weekly = found(Rule.GROUP_WEEK, parties=GROUPS, others=(over,), limit=1, count=2)
    assert "(30 de diciembre – 2 de enero)" in said(weekly)["es"]


def test_an_open_title_is_said_to_everybody() -> None:
    assert "Casos complejos" in said(clash((LABOUR,), PROTECTION), may_see_title=False)["es"]


def test_several_people_agree_with_their_verb() -> None:
    assert said(clash((ANA, BEATRIZ), ANA, BEATRIZ))["es"].startswith(
        "Ana Núñez y Beatriz Ixchel ya participan de 10:00"
    )


def test_hours_and_holidays_name_the_countries() -> None:
    hours, holiday = rulings.remarks(
        span("20:00", "21:30"),
        (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC),
        [Holiday("CR", date(2026, 12, 10), HOLIDAY_NAME)],
    )
    assert (
        said(hours)["es"]
        == "Fuera del horario de 08:00 a 17:00, hora local, en República Dominicana (16:00–17:30)."
    )
    assert (
        said(hours)["en"] == "Outside 08:00–17:00 local time in Dominican Republic (16:00–17:30)."
    )
    assert (
        said(holiday)["es"] == "Feriado nacional en Costa Rica (Día de la Madre, 10 de diciembre)."
    )
    assert said(holiday)["en"] == "National holiday in Costa Rica (Mother's Day, 10 December)."


def test_several_groups_each_have_their_article() -> None:
    text = said(clash((PROTECTION, LABOUR), PROTECTION, LABOUR))
    assert text["es"].startswith(
        "El Grupo de Trabajo de Protección y el Grupo de Trabajo de Migración Laboral ya se reúnen"
    )
    assert text["en"].startswith(
        "The Protection Working Group and the Labour Migration Working Group already meet from"
    )
