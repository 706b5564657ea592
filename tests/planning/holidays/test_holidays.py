"""A country's holidays are its own to keep; a binding one closes its calendar of record and no
other's.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.language import say
from app.kernel.actor import Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.planning import holidays_around
from app.planning.arranging.services.planning import plan_event
from app.planning.holidays import rules
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.queries import holidays_of_year
from app.planning.holidays.services import keeping
from app.planning.holidays.values import HolidayScope
from app.planning.scheduling.queries.calendar import engagement_of
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Rule, Severity
from app.planning.scheduling.wording import sentence
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    actor,
    furnish,
)
from tests.planning.holidays.holidays import DAY, NAME, NINE_THERE, meet

HOLDER = "holiday:HN:2027-04-14"
OF_GUATEMALA = actor(Role.FOCAL_POINT, "GT", 7)


@pytest.fixture
def world(app_context: Flask) -> Flask:
    with transaction() as db:
        furnish(db)
        db.add(CountryHoliday(country_code="HN", on=DAY, name=NAME, source="python-holidays 0.109"))
    return app_context


def act(
    service: Callable[..., None], who: Actor = FOCAL_POINT, on: date = DAY, **given: Any
) -> None:
    with transaction() as db:
        service(db, actor=who, country_code="HN", on=on, now=NOW, **given)


def told() -> list[str]:
    with reading() as db:
        facts = db.scalars(
            select(JournalEntry)
            .where(JournalEntry.fact == "HolidayChanged")
            .order_by(JournalEntry.id)
        )
        return [f"{entry.subject_id} {entry.payload['change']}" for entry in facts]


def kept(on: date = DAY) -> CountryHoliday:
    with reading() as db:
        row = db.get_one(CountryHoliday, ("HN", on))
        db.expunge(row)
        return row


# Who may


@pytest.mark.parametrize("who", [OF_GUATEMALA, CONVENOR, PRESIDENCY])
@pytest.mark.parametrize(
    ("service", "given"),
    [
        (keeping.add_holiday, {"name": NAME}),
        (keeping.rename_holiday, {"name": NAME}),
        (keeping.strike_out_holiday, {}),
        (keeping.bring_back_holiday, {}),
        (keeping.set_binding, {"is_binding": True}),
    ],
)
def test_only_its_focal_point_and_the_secretariat_keep_a_countrys_holidays(
    world: Flask, who: Actor, service: Callable[..., None], given: dict[str, Any]
) -> None:
    with pytest.raises(NotAllowed):
        act(service, who, **given)
    assert told() == []


@pytest.mark.parametrize(
    ("who", "source"), [(FOCAL_POINT, "focal-point"), (ORGANIZER, "secretariat")]
)
def test_a_day_that_is_missing_is_added_once(world: Flask, who: Actor, source: str) -> None:
    on = date(2027, 10, 21)
    for _ in range(2):
        act(
            keeping.add_holiday,
            who,
            on,
            name=LocalizedText(es="  Día   nuevo "),
            scope=HolidayScope.REGIONAL,
        )
    row = kept(on)
    assert (row.name["es"], row.scope, row.source, row.changed_by) == (
        "Día nuevo",
        "regional",
        source,
        who.account_id,
    )
    assert not row.is_binding
    assert told() == ["HN:2027-10-21 added"]


# What is refused, in words


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": LocalizedText(es=" ")}, "name", "Escriba el nombre"),
        ({"name": LocalizedText(es="x" * 121)}, "name", "120"),
        ({"name": LocalizedText(es="a\x00b")}, "name", "no se pueden guardar"),
        ({"on": date(2025, 12, 31)}, "on", "1 de enero de 2026"),
        ({"on": date(2032, 1, 1)}, "on", "31 de diciembre de 2031"),
    ],
)
def test_what_cannot_be_a_holiday_is_said_at_its_field(
    world: Flask, given: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        act(keeping.add_holiday, **{"on": date(2027, 10, 21), "name": NAME, **given})
    assert words in say("es", refused.value.errors[field])


def test_a_day_that_is_in_the_list_is_not_added_twice(world: Flask) -> None:
    with pytest.raises(rules.HolidayExists) as refused:
        act(keeping.add_holiday, name=LocalizedText(es="Otro"))
    assert "14 de abril de 2027" in say("es", refused.value.sentence)
    assert "Día de las Américas" in say("es", refused.value.sentence)
    act(keeping.strike_out_holiday)
    with pytest.raises(rules.HolidayStruckOut):
        act(keeping.add_holiday, name=NAME)


def test_a_day_that_is_not_in_the_list_cannot_be_changed(world: Flask) -> None:
    for service, more in (
        (keeping.rename_holiday, {"name": NAME}),
        (keeping.strike_out_holiday, {}),
        (keeping.bring_back_holiday, {}),
        (keeping.set_binding, {"is_binding": True}),
    ):
        with pytest.raises(rules.UnknownHoliday) as refused:
            act(service, on=date(2027, 4, 15), **more)
        assert "15 de abril de 2027" in say("es", refused.value.sentence)
    with transaction() as db, pytest.raises(NotFound):
        keeping.strike_out_holiday(db, actor=ORGANIZER, country_code="XX", on=DAY, now=NOW)


def test_a_day_that_is_over_or_struck_out_does_not_close_the_calendar(world: Flask) -> None:
    with transaction() as db:
        db.add(CountryHoliday(country_code="HN", on=date(2026, 9, 15), name=NAME))
    with pytest.raises(InvalidInput):
        act(keeping.set_binding, on=date(2026, 9, 15), is_binding=True)
    act(keeping.strike_out_holiday)
    with pytest.raises(InvalidInput):
        act(keeping.set_binding, is_binding=True)
    assert not kept().is_binding


# What it does


@pytest.mark.both_databases
def test_what_is_struck_out_warns_nobody_until_it_is_brought_back(world: Flask) -> None:
    span = Timespan(NINE_THERE, NINE_THERE + timedelta(hours=2))

    def warned() -> list[str]:
        with reading() as db:
            return [holiday.country_code for holiday in holidays_around(db, span=span)]

    assert warned() == ["HN"]
    for _ in range(2):
        act(keeping.strike_out_holiday)
    assert warned() == []
    with reading() as db:
        assert holidays_of_year(db, year=2027, country_code="HN") == ()
        assert len(holidays_of_year(db, year=2027, country_code="HN", with_struck_out=True)) == 1
    for _ in range(2):
        act(keeping.bring_back_holiday)
    assert warned() == ["HN"]
    assert told() == ["HN:2027-04-14 struck-out", "HN:2027-04-14 brought-back"]


@pytest.mark.both_databases
def test_a_binding_holiday_closes_the_local_day_of_its_country_and_of_no_other(
    world: Flask,
) -> None:
    for _ in range(2):
        act(keeping.set_binding, is_binding=True)
    with reading() as db:
        standing = engagement_of(db, holder=HOLDER)
        assert standing is not None
        assert (standing.title, standing.nature.value) == (NAME, "holiday")
        midnight = datetime(2027, 4, 14, 6, tzinfo=UTC)  # Tegucigalpa is UTC−6
        assert standing.span == Timespan(midnight, midnight + timedelta(days=1))
        assert [(h.scope, h.is_binding) for h in holidays_around(db, span=standing.span)] == [
            ("national", True)
        ]
    with transaction() as db, pytest.raises(Clash):
        meet(db)
    with transaction() as db:
        meet(db, country="GT")
        meet(db, starts_at=datetime(2027, 4, 15, 6, tzinfo=UTC))
    assert told() == ["HN:2027-04-14 made-binding"]


def test_an_event_that_invites_the_country_is_refused_on_its_binding_holiday(world: Flask) -> None:
    act(keeping.set_binding, is_binding=True)
    span = Timespan(NINE_THERE, NINE_THERE + timedelta(hours=2))
    with transaction() as db, pytest.raises(Clash) as refused:
        plan_event(db, actor=ORGANIZER, draft=a_draft(span=span), publish=True, now=NOW)
    (finding,) = refused.value.findings
    assert (finding.rule, finding.severity) == (Rule.BINDING_HOLIDAY, Severity.BLOCK)
    assert "Día de las Américas" in sentence(finding, reader_timezone="America/Tegucigalpa")["es"]
    with transaction() as db:
        plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(span=span, countries=("GT", "SV")),
            publish=True,
            now=NOW,
        )


def test_a_new_name_is_carried_into_the_calendar(world: Flask) -> None:
    act(keeping.set_binding, is_binding=True)
    for _ in range(2):
        act(keeping.rename_holiday, name=LocalizedText(es="Día de América", en="America Day"))
    with reading() as db:
        standing = engagement_of(db, holder=HOLDER)
        assert standing is not None
        assert standing.title["es"] == kept().name["es"] == "Día de América"
    assert told() == ["HN:2027-04-14 made-binding", "HN:2027-04-14 renamed"]


@pytest.mark.parametrize(
    ("service", "given"),
    [(keeping.set_binding, {"is_binding": False}), (keeping.strike_out_holiday, {})],
)
def test_the_calendar_is_open_again_when_it_only_warns_or_is_struck_out(
    world: Flask, service: Callable[..., None], given: dict[str, Any]
) -> None:
    act(keeping.set_binding, is_binding=True)
    act(service, **given)
    assert not kept().is_binding
    with transaction() as db:
        meet(db)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("confidential", "named"), [(False, "«Seminario de protección»"), (True, "otra reunión")]
)
def test_what_stands_on_the_day_is_named_and_stays(
    world: Flask, confidential: bool, named: str
) -> None:
    with transaction() as db:
        meet(db, confidential=confidential)
    with transaction() as db, pytest.raises(rules.DayOccupied) as refused:
        keeping.set_binding(
            db, actor=FOCAL_POINT, country_code="HN", on=DAY, is_binding=True, now=NOW
        )
    assert named in say("es", refused.value.sentence)
    assert not kept().is_binding
    assert told() == []
    with reading() as db:
        assert engagement_of(db, holder=HOLDER) is None
        assert engagement_of(db, holder="event:1") is not None


# The pure part


@given(
    on=st.dates(date(2026, 1, 1), date(2035, 12, 31)),
    zone=st.sampled_from(
        ["America/Tegucigalpa", "America/Toronto", "America/New_York", "America/Panama"]
    ),
)
def test_a_local_day_runs_from_midnight_to_midnight(on: date, zone: str) -> None:
    span = rules.local_day(on, ZoneInfo(zone))
    local = [instant.astimezone(ZoneInfo(zone)) for instant in (span.starts_at, span.ends_at)]
    assert [(moment.date(), moment.hour, moment.minute) for moment in local] == [
        (on, 0, 0),
        (on + timedelta(days=1), 0, 0),
    ]
    assert span.duration in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))


def test_the_day_on_which_clocks_change_has_another_length() -> None:
    assert rules.local_day(date(2027, 3, 14), ZoneInfo("America/Toronto")).duration == timedelta(
        hours=23
    )
    assert rules.local_day(date(2027, 11, 7), ZoneInfo("America/Toronto")).duration == timedelta(
        hours=25
    )


def test_a_refusal_of_holidays_is_a_sentence_in_both_languages() -> None:
    for refusal in (
        rules.UnknownHoliday,
        rules.HolidayExists,
        rules.HolidayStruckOut,
        rules.DayOccupied,
    ):
        sentence = refusal(on=rules.day_named(DAY), name=NAME, events=NAME).sentence
        assert issubclass(refusal, Refusal)
        assert say("es", sentence) != say("en", sentence)
