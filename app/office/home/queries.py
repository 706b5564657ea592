""" "Needs your attention": per role, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import unsettled_agreements
from app.followup.matrix.policy import may_report
from app.followup.matrix.queries import matrix_to_send
from app.followup.plans.queries import HAS_TO_MEND, plans_to_mend, plans_to_validate
from app.followup.practices.policy import may_review
from app.followup.practices.queries import SUBMITTED_PRACTICES
from app.followup.review.queries import HAS_REVIEW, review_to_see_to
from app.infra import clock
from app.infra.body import counted_course
from app.infra.journal import JournalEntry
from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, languages
from app.office.handover.queries.handovers import FocalPointTerms, focal_point_terms, handovers_for
from app.office.handover.rules import is_near
from app.office.home import rules
from app.office.home.facts import FirstWeekPutAside
from app.office.home.values import (
    CountryFacts,
    DeskFacts,
    EventNamed,
    EventOpen,
    NamesAsked,
    Task,
)
from app.office.outbox.policy import may_see_messages
from app.office.outbox.queries import unsettled
from app.office.outbox.values import MessageFilter
from app.office.progress.queries import work_of
from app.office.setup.models import SetupDraft
from app.office.setup.queries import waiting_lines
from app.office.setup.values import SetupStep
from app.office.status.queries import HAS_FALLEN, count_fallen
from app.office.writing.queries import NOBODY_TO_REMIND, focal_points_to_remind
from app.participation.invitations.queries.nominations import asked_of
from app.participation.registrations.queries.registrations import (
    MyWebinar,
    my_webinars,
    requests_to_decide,
)
from app.people.access.models import AccessRequest
from app.people.access.queries import count_corrections, count_requests
from app.people.directory.models import CorrectionRequest, DoubtfulInstitution, Person
from app.people.directory.policy import may_answer_for, may_decide_held
from app.people.directory.queries.confirming import rounds_on
from app.people.directory.queries.roster import (
    HELD_NEWCOMERS,
    CountryName,
    countries,
    roster_of,
)
from app.people.factors.models import LostFactors
from app.people.factors.queries import count_to_agree
from app.people.identity.models import Account, AccountInvitation, RoleGrant
from app.people.identity.policy import leads_the_region
from app.people.identity.queries import DENIED_ACCOUNTS
from app.planning.events import policy as events_policy
from app.planning.events.models import Event
from app.planning.events.queries.events import (
    Sight,
    coming_untranslated,
    events_to_see_to,
    sight_of,
)
from app.planning.events.queries.life import Waiting, phase_of_event, to_do
from app.planning.events.rules.life import Phase
from app.planning.events.rules.stages import open_points, to_see_to
from app.planning.events.values import EventStatus, GroupSummary, holder_of
from app.planning.holidays.queries import HolidayEntry, holidays_between
from app.planning.programme.queries.programme import (
    GROUPS_OF,
    ProgrammeEntry,
    agenda,
    all_groups,
    entries_between,
)
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.queries.cases import OPEN_CASES
from app.training.authoring.queries import HAS_DUE, due_reviews
from app.training.certificates.models import SignatoryTerm
from app.training.certificates.policy import may_propose_revocation
from app.training.certificates.queries.events import SOMEBODY_CAME_WITHOUT, lately, unissued_events
from app.training.certificates.queries.papers import end_of_signing, signatory_terms
from app.training.certificates.queries.proposals import TO_CONFIRM
from app.training.certificates.queries.register import CertificateRecord, my_certificates
from app.training.certificates.queries.renewals import (
    TO_RENEW,
    TO_RENEW_OF_COUNTRY,
    EndingCertificate,
    own_ending,
    soon,
)
from app.training.certificates.rules import ends_soon
from app.training.deadlines.queries import own_due
from app.training.deadlines.values import DueLine
from app.training.learning.queries.courses import seat_of
from app.training.learning.values import Seat
from app.training.national.queries import pages_to_see_to
from app.training.recognised.queries import WAITING_IN
from app.training.requests.queries import WEBINARS_TO_DECIDE
from app.training.turnover.policy import may_declare
from app.training.turnover.queries.declared import countries_to_declare
from app.training.turnover.queries.figures import country_today
from app.training.turnover.rules.declared import is_due

NEXT_EVENTS = 5
DRAFTS = 5
LATELY = timedelta(days=14)
FORTNIGHT = timedelta(days=14)
INSTITUTIONS = SetupStep.INSTITUTIONS.value
AHEAD = timedelta(days=8)
"""Before that nothing is late that an event of next week lacks."""


@dataclass(frozen=True)
class Fortnight:
    """Two weeks of the programme from a Monday on, and the holidays of the countries in them."""

    monday: date
    entries: Sequence[ProgrammeEntry]
    holidays: Sequence[HolidayEntry]


@dataclass(frozen=True)
class Today:
    """Everything that the home page of one actor shows. What is not theirs is None or empty."""

    day: date
    plans: bool
    tasks: Sequence[Task]
    fortnight: Fortnight | None
    groups: Sequence[GroupSummary]
    groups_of: dict[UUID, tuple[str, ...]]
    country_names: dict[str, str]
    seat: Seat | None = None
    webinars: Sequence[MyWebinar] = ()
    waiting: Sequence[MyWebinar] = ()
    certificates: Sequence[CertificateRecord] = ()
    ending: Sequence[EndingCertificate] = ()  # those that nobody has begun to renew
    upcoming: Sequence[ProgrammeEntry] = ()
    due: Sequence[DueLine] = ()  # courses with a day by which the actor finishes them
    first_week: str = ""  # the guide to the actor's newest role, by its slug


def today(
    db: Session, *, actor: Actor, now: datetime, monday: date | None, language: Language
) -> Today:
    """Returns the home page of somebody who is signed in. Whoever plans, answers for a country or
    has a course to review gets tasks and two weeks of the programme; the others their course, their
    next webinar and their certificates.
    """
    here, zone = clock.today(), ZoneInfo(REFERENCE_ZONE)
    plans = events_policy.may_plan(actor)
    answers_for = sorted(actor.scopes(Role.FOCAL_POINT))
    tasks: list[Task] = []
    known: Sequence[CountryName] = ()
    has_plans = True  # where nothing was asked yet
    if plans or answers_for:
        known = countries(db)
    if plans:
        desk = desk_facts(db, actor=actor, now=now, today=here, known=known)
        tasks, has_plans = rules.desk_tasks(desk, here, zone), desk.has_plans
    else:
        tasks = list(rules.review_tasks(due_reviews(db, actor=actor, today=here), here))
    if answers_for:
        facts = _country(db, actor, answers_for[0], now, known, plans=plans)
        tasks = rules.in_order([*tasks, *rules.country_tasks(facts, here)])
        has_plans = facts.has_plans
    mending = plans_to_mend(db, actor=actor) if has_plans else ()
    if mending:
        tasks = rules.in_order([*tasks, *rules.plan_tasks(mending)])
    has_tasks = plans or bool(answers_for or tasks)
    if has_tasks and not known:
        known = countries(db)
    page = Today(
        day=here,
        plans=plans,
        tasks=tasks,
        fortnight=_fortnight(db, actor, monday or here, zone) if has_tasks else None,
        groups=all_groups(db),
        groups_of=_groups_of(db, tasks),
        country_names={one.code: one.name.in_(language) or one.code for one in known},
        first_week=first_week(db, actor=actor, now=now),
    )
    if plans or not actor.person_id:
        return page if has_tasks else replace(page, upcoming=upcoming(db, actor=actor, now=now))
    day = clock.today(actor.timezone)
    certificates = my_certificates(db, actor=actor, today=day)
    is_ending = any(one.facts and ends_soon(one.facts.last_valid_on, day) for one in certificates)
    ending = own_ending(db, actor=actor, today=day) if is_ending else ()
    coming = my_webinars(db, actor=actor, ending_after=now)
    return replace(
        page,
        seat=_seat(db, actor),
        webinars=[webinar for webinar in coming if webinar.is_registered],
        waiting=[webinar for webinar in coming if webinar.is_undecided],
        certificates=certificates,
        ending=[one for one in ending if not one.is_begun],
        upcoming=upcoming(db, actor=actor, now=now),
        due=tuple(own_due(db, person_id=actor.person_id, on=day).values()),
    )


def upcoming(db: Session, *, actor: Actor, now: datetime) -> Sequence[ProgrammeEntry]:
    """Returns the next events of the programme, for visitors too."""
    return agenda(db, actor=actor, now=now, past=False, limit=NEXT_EVENTS)


def _seat(db: Session, actor: Actor) -> Seat | None:
    try:
        return seat_of(db, actor=actor, slug=counted_course())
    except NotFound:
        return None


def _fortnight(db: Session, actor: Actor, day: date, zone: ZoneInfo) -> Fortnight:
    monday = day - timedelta(days=day.weekday())
    starts = datetime.combine(monday, datetime.min.time(), zone)
    ends = datetime.combine(monday + FORTNIGHT, datetime.min.time(), zone)
    return Fortnight(
        monday,
        entries_between(db, actor=actor, starts_at=starts, ends_at=ends),
        holidays_between(db, first=monday, last=monday + FORTNIGHT - timedelta(days=1)),
    )


def _groups_of(db: Session, tasks: Sequence[Task]) -> dict[UUID, tuple[str, ...]]:
    """Returns the slugs of the groups of every event that a task names, in one statement."""
    ids = {task.event.id for task in tasks if task.event}
    ids |= {event.id for task in tasks for event in task.events}
    slugs: dict[UUID, tuple[str, ...]] = {}
    for event_id, slug in db.execute(GROUPS_OF, {"ids": list(ids)}) if ids else ():
        slugs[event_id] = (*slugs.get(event_id, ()), slug)
    return slugs


_FIRST_VISIT = select(func.min(AccountInvitation.used_at)).where(
    AccountInvitation.account_id == bindparam("account_id")
)
_ROLES_BEGAN = (
    select(RoleGrant.role, func.min(RoleGrant.valid_from), _FIRST_VISIT.scalar_subquery())
    .select_from(Account)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(Account.id == bindparam("account_id"))
    .group_by(RoleGrant.role)
)
_PUT_ASIDE = select(JournalEntry.payload).where(
    JournalEntry.subject_kind == FirstWeekPutAside.subject_kind,
    JournalEntry.subject_id == bindparam("subject_id"),
)


def first_week(db: Session, *, actor: Actor, now: datetime) -> str:
    """Returns the guide to the actor's newest role, by its slug, in the role's first week; "" later,
    or once it was put aside. A role that was held before is not new.
    """
    began: dict[Role, date] = {}
    for role, day, visited_at in db.execute(_ROLES_BEGAN, {"account_id": actor.account_id}):
        days = [one for one in (day, visited_at and reference_day(visited_at)) if one]
        if days:
            began[Role(role or Role.OFFICIAL)] = max(days)
    task = rules.first_week(
        began,
        held=frozenset(role for role in Role if actor.acts_as(role)) or {Role.OFFICIAL},
        today=reference_day(now),
    )
    if not task:
        return ""
    put_aside = db.scalars(_PUT_ASIDE, {"subject_id": str(actor.account_id)})
    return "" if any(payload["task"] == task for payload in put_aside) else task


NUMBERS = select(
    OPEN_CASES.scalar_subquery().label("cases"),
    HELD_NEWCOMERS.scalar_subquery().label("held"),
    DENIED_ACCOUNTS.scalar_subquery().label("denied"),
    SUBMITTED_PRACTICES.scalar_subquery().label("practices"),
    TO_RENEW.scalar_subquery().label("to_renew"),
    WEBINARS_TO_DECIDE.scalar_subquery().label("webinars"),
    exists().where(AccessRequest.decision == "").label("has_requests"),
    exists().where(CorrectionRequest.decision == "").label("has_corrections"),
    TO_CONFIRM.scalar_subquery().label("revocations"),
    HAS_TO_MEND.label("has_plans"),
    HAS_REVIEW.label("has_review"),
    HAS_DUE.label("has_due"),
    exists(LostFactors.account_id).label("has_lost_factors"),
    HAS_FALLEN.label("has_fallen"),
    exists(SignatoryTerm.id).label("has_signatories"),
    SOMEBODY_CAME_WITHOUT.label("has_unissued"),
    or_(exists(DoubtfulInstitution.id), exists().where(SetupDraft.step == INSTITUTIONS)).label(
        "has_lines"
    ),
)
"""What waits in small tables that are empty on most days, in one statement: the numbers that are
the same for all who may know them, and whether a query that is scoped is worth asking.
"""


@cache
def _drafts(sight: Sight) -> Select[UUID, LocalizedText, datetime | None]:
    return (
        select(Event.id, Event.title, Event.ends_at)
        .where(Event.status == EventStatus.DRAFT, Event.asked_at.is_(None), sight.condition())
        .order_by(func.coalesce(Event.starts_at, Event.created_at), Event.id)
        .limit(DRAFTS)
    )


def desk_facts(
    db: Session, *, actor: Actor, now: datetime, today: date, known: Sequence[CountryName]
) -> DeskFacts:
    """Returns what waits for an organizer, the presidency or a convenor. `known`: all countries."""
    waiting = to_do(db, actor=actor, now=now)
    sight, params = sight_of(actor)
    drafts = db.execute(_drafts(sight), params)
    own = {"person_id": actor.person_id, "account_id": actor.account_id}
    numbers = db.execute(NUMBERS, {**soon(today), **lately(now), **own}).one()
    unfinished = [EventNamed(one.id, one.title, one.ends_at) for one in drafts]
    to_publish = [_named(one) for one in waiting.to_publish]
    held = _held_until(db, [one.id for one in (*unfinished, *to_publish)])
    letters = unsettled(db, since=now - LATELY) if may_see_messages(actor) else {}
    agreed = unsettled_agreements(db, actor=actor, today=today)
    keeps_offices = actor.acts_as(Role.ORGANIZER)
    focal_points = focal_point_terms(db) if keeps_offices or actor.person_id else {}
    answering = {
        code: [
            holder.person_id
            for term in terms
            if dated.in_force(term.since, term.until, today)
            for holder in term.holders
        ]
        for code, terms in focal_points.items()
    }
    to_declare = countries_to_declare(db, today, among=known) if keeps_offices else frozenset()
    to_remind = (
        focal_points_to_remind(
            db,
            actor=actor,
            on=today,
            focal_points=answering,
            countries=known,
            to_declare=to_declare,
        )
        if keeps_offices
        else NOBODY_TO_REMIND
    )
    return DeskFacts(
        opened=_opened(db, actor, now),
        to_approve=[_named(one) for one in waiting.to_approve or ()],
        to_publish=[replace(one, held_until=held.get(one.id)) for one in to_publish],
        drafts=[replace(one, held_until=held.get(one.id)) for one in unfinished],
        requests=[
            EventNamed(one.event_id, one.title, one.ends_at, count=one.count)
            for one in requests_to_decide(db, actor=actor, now=now)
        ],
        untranslated=[
            EventNamed(one.id, one.title, one.ends_at)
            for one in coming_untranslated(db, actor=actor, now=now)
        ],
        overdue=agreed.overdue,
        overdue_since=agreed.overdue_since,
        cases=numbers.cases if leads_the_region(actor) else 0,
        bounced=letters.get(MessageFilter.BOUNCED, 0),
        undelivered=letters.get(MessageFilter.UNDELIVERED, 0),
        held_letters=letters.get(MessageFilter.WAITING, 0),
        newcomers=numbers.held + numbers.denied if may_decide_held(actor) else 0,
        pasted=waiting_lines(db, actor=actor) if keeps_offices and numbers.has_lines else 0,
        access=count_requests(db, actor=actor, now=now) if numbers.has_requests else 0,
        corrections=count_corrections(
            db,
            actor=actor,
            today=today,
            answered={
                one.code for one in known if answering.get(one.code) and not one.gives_no_names
            }
            if keeps_offices
            else None,
        )
        if numbers.has_corrections
        else 0,
        ending=numbers.to_renew if keeps_offices else 0,
        revocations=numbers.revocations if may_propose_revocation(actor) else 0,
        lost_factors=count_to_agree(db, actor=actor)
        if keeps_offices and numbers.has_lost_factors
        else 0,
        fallen=count_fallen(db) if keeps_offices and numbers.has_fallen else 0,
        unissued=[
            EventNamed(one.id, one.title, one.ends_at)
            for one in unissued_events(db, actor=actor, now=now)
        ]
        if keeps_offices and numbers.has_unissued
        else (),
        signing_ends=end_of_signing(signatory_terms(db), today)
        if keeps_offices and numbers.has_signatories
        else None,
        practices=numbers.practices if may_review(actor) else 0,
        webinars=numbers.webinars if keeps_offices else 0,
        vacant=[(one.code, 1) for one in known if not answering.get(one.code)]
        if keeps_offices
        else (),
        unconfirmed=to_remind.countries,
        to_remind=to_remind.people,
        silent=[
            (one.country_code, 0)
            for one in rounds_on(db, actor=actor, on=today, to_declare=to_declare)
            if one.is_silent
        ]
        if to_remind.countries
        else (),
        plans=plans_to_validate(db, actor=actor),
        reviews=due_reviews(db, actor=actor, today=today) if numbers.has_due else (),
        guidelines=review_to_see_to(db, actor=actor, country="", today=today)
        if numbers.has_review
        else None,
        handover_on=_handover_on(db, actor, today, focal_points),
        has_plans=numbers.has_plans,
    )


def _opened(db: Session, actor: Actor, now: datetime) -> list[EventOpen]:
    """Returns what the actor plans that has ended and is not closed, or takes place within a week,
    with what can still be done about it.
    """
    events = events_to_see_to(db, actor=actor, until=now + AHEAD)
    work = work_of(db, [event.id for event in events])
    opened = []
    for event in events:
        phase = phase_of_event(event, now)
        points = to_see_to(open_points(event, phase, work[event.id], languages=languages()), phase)
        named = EventNamed(event.id, event.title, event.ends_at, starts_at=event.starts_at)
        opened.append(
            EventOpen(event=named, points=points, work=work[event.id], is_over=phase is Phase.ENDED)
        )
    return [one for one in opened if one.points]


COUNTRY_NUMBERS = select(
    TO_RENEW_OF_COUNTRY.scalar_subquery().label("to_renew"),
    WAITING_IN.scalar_subquery().label("training"),
    exists().where(AccessRequest.decision == "").label("has_requests"),
    exists()
    .where(
        CorrectionRequest.decision == "",
        CorrectionRequest.person_id == Person.id,
        Person.country_code.in_(bindparam("named", expanding=True)),
    )
    .label("has_corrections"),
    HAS_TO_MEND.label("has_plans"),
    HAS_REVIEW.label("has_review"),
)
"""What waits in a country, as NUMBERS for those who plan."""


def _country(
    db: Session,
    actor: Actor,
    code: str,
    now: datetime,
    known: Sequence[CountryName],
    *,
    plans: bool,
) -> CountryFacts:
    """Returns what waits for a focal point. With `plans` it leaves out what the planner's desk
    already says. `known`: all countries.
    """
    day = clock.today(actor.timezone)
    report = country_today(db, actor=actor, country_code=code, on=day, countries=known)
    here = clock.today()
    given = {
        "country": code,
        "named": list(actor.countries_named()),
        "person_id": actor.person_id,
        **soon(day),
    }
    numbers = db.execute(COUNTRY_NUMBERS, given).one()
    national = next(iter(pages_to_see_to(db, codes=(code,), today=here)), None)
    agreed = unsettled_agreements(db, actor=actor, today=here, country=code)
    serving = report.coverage.serving if report.coverage else 0
    return CountryFacts(
        code,
        is_empty=not serving
        and may_answer_for(actor, code)
        and roster_of(db, actor=actor, country_code=code, on=day).paging.total == 0,
        to_declare=may_declare(actor, code)
        and is_due(report.coverage.declared_on if report.coverage else None, day),
        to_confirm=(report.coverage.unconfirmed or 0) if report.coverage else 0,
        serving=serving,
        not_begun=report.not_begun or 0,
        lapsing=numbers.to_renew
        if may_answer_for(actor, code) and not actor.acts_as(Role.ORGANIZER)
        else 0,
        names=[
            NamesAsked(
                event=EventNamed(one.event_id, one.title),
                country_code=one.country_code,
                respond_by=one.respond_by,
                named=one.named,
                places=one.places or 0,
            )
            for one in asked_of(db, actor=actor, now=now)
        ],
        access=count_requests(db, actor=actor, now=now)
        if numbers.has_requests and not plans
        else 0,
        corrections=count_corrections(db, actor=actor, today=here)
        if numbers.has_corrections and not plans
        else 0,
        training=numbers.training if may_answer_for(actor, code) else 0,
        agreements=0 if plans else agreed.overdue,
        overdue_since=agreed.overdue_since,
        coming=agreed.coming,
        next_due=agreed.next_due,
        guidelines=review_to_see_to(db, actor=actor, country=code, today=here)
        if numbers.has_review
        else None,
        matrix=matrix_to_send(db, country=code, today=here) if may_report(actor, code) else None,
        national=national.freshness if national else None,
        national_on=national.checked_on if national else None,
        handover_on=None if plans else _handover_on(db, actor, here, focal_point_terms(db)),
        has_plans=numbers.has_plans,
    )


def _handover_on(
    db: Session, actor: Actor, today: date, focal_points: FocalPointTerms
) -> date | None:
    """Returns the day of the next handover that concerns the actor, or of the last one while it is
    near.
    """
    if not actor.person_id:
        return None
    handovers = handovers_for(db, actor=actor, today=today, focal_points=focal_points)
    near = [one for one in handovers if is_near(one, today)]
    days = [one.on for one in near if one.on]
    return min((on for on in days if on >= today), default=max(days, default=None))


EXPIRY = select(Engagement.holder, Engagement.expires_at).where(
    Engagement.holder.in_(bindparam("holders", expanding=True))
)


def _held_until(db: Session, ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    holders = {holder_of(event_id): event_id for event_id in ids}
    rows = db.execute(EXPIRY, {"holders": list(holders)})
    return {holders[holder]: until for holder, until in rows}


def _named(waiting: Waiting) -> EventNamed:
    return EventNamed(waiting.id, waiting.title, waiting.ends_at)
