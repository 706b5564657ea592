""" "What needs you": per role, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import overdue_agreements, waiting_for
from app.followup.agreements.values import AgreementView
from app.infra import clock
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.handover.queries.offices import handovers_for
from app.office.handover.rules import is_near
from app.office.notifications.policy import may_see_messages
from app.office.notifications.queries import unsettled
from app.office.notifications.values import MessageFilter
from app.participation.invitations.queries.nominations import NominationAsked, asked_of
from app.participation.registrations.queries.participation import MyWebinar, my_webinars
from app.participation.registrations.queries.requests import Requests, requests_to_decide
from app.people.access.queries import count_requests
from app.people.directory.policy import may_decide_held
from app.people.directory.queries import count_held
from app.people.directory.queries.designations import without_focal_point
from app.people.identity.policy import leads_the_region
from app.people.identity.queries import count_denied
from app.planning.events import policy as events_policy
from app.planning.events.models import Event
from app.planning.events.queries.events import missing_translations, visible_to
from app.planning.events.queries.life import ToDo, to_do
from app.planning.events.values import EventStatus
from app.planning.programme.queries.programme import ProgrammeEntry, agenda
from app.planning.scheduling.queries.cases import open_cases
from app.training.certificates.queries import my_certificates
from app.training.certificates.queries.records import CertificateRecord
from app.training.learning.queries.seat import seat_of
from app.training.learning.values.outline import Seat
from app.training.turnover.queries.figures import CountryReport, country_report

COURSE = "guidelines"
NEXT_EVENTS = 5
DRAFTS = 5
AGREEMENTS = 5
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class DraftAtHome:
    id: str
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str


@dataclass(frozen=True)
class Desk:
    """What an organizer, the presidency or a convenor has to see to."""

    drafts: Sequence[DraftAtHome]  # those that nobody has been asked about
    to_do: ToDo
    untranslated: int  # of what is still to come
    undelivered: int
    bounced: int
    newcomers: int  # whose address the secretariat has to check
    cases: int | None  # open conflict cases; None for whom they are none of their business
    requests: Sequence[Requests] = ()  # for a place, that wait for the actor's decision
    overdue: int = 0  # agreements
    vacant: int = 0  # countries without a focal point, for who may designate one


@dataclass(frozen=True)
class Today:
    """Everything that the home page of one actor shows. What is not theirs is None."""

    upcoming: Sequence[ProgrammeEntry]
    desk: Desk | None
    seat: Seat | None
    webinars: Sequence[MyWebinar]
    certificates: Sequence[CertificateRecord]
    country: CountryReport | None
    hands_over: bool = False
    day: date | None = None
    nominations: Sequence[
        NominationAsked
    ] = ()  # events that wait for the names of the focal point's country
    agreements: Sequence[AgreementView] = ()  # open ones that the focal point's country answers for
    overdue: int = 0  # of these, beyond their day
    access_requests: int = 0  # that wait for the actor and for nobody else first
    own_country: str = ""  # the code of the focal point's country


def today(db: Session, *, actor: Actor, now: datetime) -> Today:
    upcoming, _total = agenda(db, actor=actor, now=now, past=False, limit=NEXT_EVENTS, offset=0)
    mine = my_webinars(db, actor=actor) if actor.person_id else ()
    countries = sorted(actor.scopes(Role.FOCAL_POINT))
    today_there = clock.today(actor.timezone)
    return Today(
        upcoming=upcoming,
        desk=_desk(db, actor, now) if events_policy.may_plan(actor) else None,
        seat=_seat(db, actor) if actor.person_id else None,
        webinars=[
            webinar
            for webinar in mine
            if webinar.ends_at and webinar.ends_at > now and webinar.is_registered
        ],
        certificates=my_certificates(db, actor=actor, today=today_there) if actor.person_id else (),
        country=country_report(db, actor=actor, country_code=countries[0], on=today_there)
        if countries
        else None,
        day=clock.today(),
        nominations=asked_of(db, actor=actor, now=now),
        overdue=overdue_agreements(db, actor=actor, today=clock.today(), country=countries[0])
        if countries
        else 0,
        access_requests=count_requests(db, actor=actor, now=now),
        own_country=countries[0] if countries else "",
        agreements=waiting_for(db, actor=actor, countries=frozenset(countries), limit=AGREEMENTS)
        if countries
        else (),
        hands_over=any(
            is_near(one, clock.today())
            for one in handovers_for(db, actor=actor, today=clock.today())
        )
        if actor.person_id
        else False,
    )


def _seat(db: Session, actor: Actor) -> Seat | None:
    try:
        return seat_of(db, actor=actor, slug=COURSE)
    except NotFound:
        return None


def _desk(db: Session, actor: Actor, now: datetime) -> Desk:
    drafts = db.scalars(
        select(Event)
        .where(Event.status == EventStatus.DRAFT, Event.asked_at.is_(None), visible_to(actor))
        .order_by(func.coalesce(Event.starts_at, Event.created_at), Event.id)
        .limit(DRAFTS)
    )
    leads = leads_the_region(actor)
    letters = unsettled(db, since=now - LATELY) if may_see_messages(actor) else {}
    return Desk(
        [DraftAtHome(str(d.id), d.title, d.starts_at, d.ends_at, d.timezone) for d in drafts],
        to_do=to_do(db, actor=actor, now=now),
        untranslated=sum(
            1 for e in missing_translations(db, actor=actor) if e.ends_at and e.ends_at > now
        ),
        undelivered=letters.get(MessageFilter.UNDELIVERED, 0),
        bounced=letters.get(MessageFilter.BOUNCED, 0),
        newcomers=count_held(db) + count_denied(db) if may_decide_held(actor) else 0,
        cases=open_cases(db) if leads else None,
        requests=requests_to_decide(db, actor=actor, now=now),
        overdue=overdue_agreements(db, actor=actor, today=clock.today()),
        vacant=len(without_focal_point(db, actor=actor, on=clock.today()))
        if actor.acts_as(Role.ORGANIZER)
        else 0,
    )
