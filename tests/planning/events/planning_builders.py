"""A small world for planning: countries, groups, three people, two editions, and actors with their
roles.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from itsdangerous import Signer
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Person
from app.people.directory.services.reference import seed_reference
from app.people.identity.models import Account
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Edition
from app.planning.events.values import EditionLink, EventDraft, EventKind, LinkRole, Participant
from app.planning.holidays.models import CountryHoliday
from app.web.site import site
from tests.support.databases import SECRET
from tests.support.rulebook import lower_limits

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
NINE = datetime(2027, 3, 9, 15, tzinfo=UTC)
"""A Tuesday, 09:00 in Costa Rica; a holiday nowhere but where a test says so."""
HOUR = timedelta(hours=1)


def actor(role: Role | None, scope: str = "", account_id: int = 1, **more: Any) -> Actor:
    grants = frozenset({Grant(role, scope)}) if role else frozenset()
    return Actor(account_id=account_id, name="Synthetic Person", grants=grants, **more)


ORGANIZER = actor(Role.ORGANIZER)
PRESIDENCY = actor(Role.PRESIDENCY, "BZ", 2)
CONVENOR = actor(Role.CONVENOR, "protection", 3)
LABOUR = actor(Role.CONVENOR, "labour-migration", 4)
FOCAL_POINT = actor(Role.FOCAL_POINT, "HN", 5)
OFFICIAL = actor(Role.OFFICIAL, "HN", 6, person_id=3)
AUTHOR = actor(Role.AUTHOR, "", 7)


def furnish(db: Session, *, limits: bool = False) -> None:
    """Countries, groups, a few people; the rule book counts nothing unless `limits`."""
    seed_reference(db)
    if not limits:
        lower_limits(db)
    names = ("Ana Muñoz Peña", "Berta López", "Carla Díaz")
    persons = [
        {
            "id": number,
            "full_name": name,
            "sort_key": name.lower().replace("ñ", "n~").replace("ó", "o").replace("í", "i"),
            "email": f"p{number}@example.org",
            "country_code": ("GT", "HN", "HN")[number - 1],
            "timezone": "America/Guatemala",
        }
        for number, name in enumerate(names, start=1)
    ]
    accounts = [
        {
            "id": number,
            "email": f"a{number}@example.org",
            "fs_uniquifier": f"u{number}",
            "created_at": NOW,
        }
        for number in range(1, 8)
    ]
    theme = LocalizedText(es="Tema", en="Theme")
    editions = [{"slug": slug, "label": slug.upper(), "theme": theme} for slug in ("iii", "iv")]
    holiday = {
        "country_code": "GT",
        "on": date(2027, 3, 9),
        "name": LocalizedText(es="Feriado de prueba", en="Test day"),
    }
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (Person, persons),
        (Account, accounts),
        (Edition, editions),
        (CountryHoliday, [holiday]),
    )
    for table, rows in tables:
        db.execute(insert(table), rows)


def a_draft(**changes: Any) -> EventDraft:
    given: dict[str, Any] = {
        "kind": EventKind.WEBINAR,
        "title": LocalizedText(es="Seminario de protección", en="Protection webinar"),
        "span": Timespan(NINE, NINE + 2 * HOUR),
        "groups": ("protection",),
    }
    return EventDraft(**(given | changes))


def a_congress(edition: str, starts_at: datetime, days: int = 2, **changes: Any) -> EventDraft:
    return a_draft(
        kind=EventKind.CONGRESS,
        title=LocalizedText(es=f"Congreso {edition}", en=f"Congress {edition}"),
        groups=(),
        span=Timespan(starts_at, starts_at + timedelta(days=days)),
        links=(EditionLink(edition, LinkRole.CONGRESS),),
        **changes,
    )


def planner_of(draft: EventDraft, who: Actor = ORGANIZER) -> Actor:
    """Who plans it in tests that are not about what a congress needs: one that was agreed elsewhere
    is recorded.
    """
    return SYSTEM if draft.kind is EventKind.CONGRESS and who == ORGANIZER else who


def people(*ids: int) -> tuple[Participant, ...]:
    return tuple(Participant(number) for number in ids)


def furnished(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        furnish(db)


def act_as(app: Flask, who: Actor) -> None:
    """From now on every request of the application is this actor's, who has just confirmed it."""
    site(app).load_actor = lambda: who
    site(app).is_confirmed = lambda: True


def seal_of(person: str, *, account_id: int = 1) -> str:
    return Signer(SECRET, salt=f"people shown to {account_id}").sign(person).decode()


def asked(**changes: Any) -> dict[str, Any]:
    """A request body of the API."""
    return {
        "kind": "webinar",
        "title": {"es": "Seminario", "en": "Webinar"},
        "starts_at": "2027-03-09T09:00:00-06:00",
        "ends_at": "2027-03-09T11:00:00-06:00",
        "timezone": "America/Costa_Rica",
        "working_groups": ["protection"],
        "people": [],
        "links": [],
        "publish": True,
        **changes,
    }


def typed(**changes: Any) -> dict[str, Any]:
    """The planning form as a browser sends it to one of the actors above: whoever is ticked had
    been shown.
    """
    shown = [seal_of(person) for person in changes.get("people", ())]
    return {
        "shown": shown,
        "kind": "webinar",
        "title_es": "Seminario «señal»",
        "title_en": "",
        "on": "2027-03-09",
        "start": "09:00",
        "end": "11:00",
        "timezone": "America/Costa_Rica",
        "mode": "online",
        "groups": ["protection"],
        **changes,
    }


def plan(app: Flask, draft: EventDraft, *, publish: bool = True) -> UUID:
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=planner_of(draft), draft=draft, publish=publish, now=NOW)


def a_span(hours_later: int) -> Timespan:
    return Timespan(NINE + hours_later * HOUR, NINE + (hours_later + 1) * HOUR)
