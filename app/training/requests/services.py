"""Asking institutions for successors and the secretariat for a webinar; the only writers."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import translate
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_, in_every_language
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.asking import free_slots
from app.planning.arranging.services.planning import delete_event, plan_event
from app.planning.events.values import EventDraft, EventKind
from app.planning.scheduling.services import claims
from app.training.requests import policy, queries, rules
from app.training.requests.facts import (
    SuccessorsAnswered,
    SuccessorsAsked,
    SuccessorsNotAsked,
    WebinarAsked,
    WebinarDeclined,
)
from app.training.requests.models import SuccessorRequest, WebinarRequest
from app.training.requests.values import WebinarState

TITLE = N_("Booster webinar: %(course)s")
SUMMARY = N_("Asked for by %(country)s, for those who hold the certificate.")
SAY_WHY = N_("Write in a few words what it should be about.")
SAY_WHY_NOT = N_("Write why not: the focal point reads it.")
LENGTH = timedelta(minutes=90)
OPENS = time(9)


def ask_successors(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    institution_id: int,
    today: date,
    now: datetime,
) -> UUID:
    """Asks an institution who takes over its vacant posts; returns the id of the request. Refuses
    (AskedLately, NothingVacant) where no post is left to ask about.
    """
    policy.require_may_ask(actor, country_code)
    queries.locked_institution(db, institution_id=institution_id, country_code=country_code)
    posts = queries.posts_to_ask(db, institution_id=institution_id, on=today)
    row = SuccessorRequest(
        id=uuid4(),
        institution_id=institution_id,
        post_ids=[post.id for post in posts],
        asked_on=today,
        asked_by=actor.account_id or None,
    )
    db.add(row)
    db.flush()
    fact = SuccessorsAsked(institution_id, country_code, row.id, len(posts))
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def move_requests(db: Session, *, merged_id: int, keep_id: int) -> None:
    """Lets letters about successors stand at the record that goes on, where their posts are."""
    db.execute(
        update(SuccessorRequest)
        .where(SuccessorRequest.institution_id == merged_id)
        .values(institution_id=keep_id)
    )


def take_back_asking(
    db: Session, *, actor: Actor, country_code: str, request_id: UUID, now: datetime
) -> None:
    """Undoes a request whose letter has not left; gone already, it changes nothing."""
    policy.require_may_ask(actor, country_code)
    row = db.get(SuccessorRequest, request_id)
    if row is None:
        return
    queries.locked_institution(db, institution_id=row.institution_id, country_code=country_code)
    fact = SuccessorsNotAsked(row.institution_id, country_code, row.id)
    journal.record(db, fact, actor=actor, now=now)
    db.delete(row)
    db.flush()


def note_answer(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    institution_id: int,
    request_id: UUID,
    is_answered: bool,
    today: date,
    now: datetime,
) -> bool:
    """Notes that the institution answered, or that this was a mistake. Returns whether anything
    changed; a request to an institution of another country is not found.
    """
    policy.require_may_ask(actor, country_code)
    queries.locked_institution(db, institution_id=institution_id, country_code=country_code)
    row = db.get(SuccessorRequest, request_id)
    if row is None or row.institution_id != institution_id:
        raise NotFound
    if (row.answered_on is not None) == is_answered:
        return False
    row.answered_on = today if is_answered else None
    fact = SuccessorsAnswered(institution_id, country_code, row.id, is_answered)
    journal.record(db, fact, actor=actor, now=now)
    db.flush()
    return True


def ask_webinar(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    course_slug: str,
    wish: str,
    today: date,
    now: datetime,
) -> UUID:
    """Puts a webinar that the country wishes for into the calendar, as a draft at the first free
    time three weeks from now or later; returns the event. The draft is the platform's, because who
    wishes does not plan: the secretariat publishes it, moves it or declines.

    Refuses (at `wish`) no words, AlreadyWished what waits or is planned, NoTimeForWebinar a full
    calendar.
    """
    policy.require_may_ask(actor, country_code)
    words = wish.strip()
    if not words:
        raise InvalidInput({"wish": Sentence(SAY_WHY)})
    claims.lock(db)  # Also: of two who ask at once the second finds what the first asked for.
    course = queries.course_wished(db, course_slug)
    known = queries.webinars_of_country(
        db, actor=actor, country_code=country_code, course=course_slug
    )
    if any(rules.stands_in_the_way(one, now) for one in known):
        raise rules.AlreadyWished
    country = queries.country_wishing(db, country_code)
    opens = datetime.combine(today + timedelta(days=rules.LEAD_DAYS), OPENS, REFERENCE)
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=in_every_language(lambda language: translate(language, TITLE, course=course.title)),
        summary=in_every_language(lambda language: translate(language, SUMMARY, country=country)),
        span=Timespan(opens, opens + LENGTH),
        timezone=REFERENCE_ZONE,
        countries=(country_code,),
    )
    slots = free_slots(
        db, actor=SYSTEM, draft=draft, now=now, since=opens, limit=1, is_refused=False
    )
    if not slots:
        raise rules.NoTimeForWebinar
    event_id = plan_event(
        db,
        actor=SYSTEM,
        draft=replace(draft, span=slots[0].span),
        publish=False,
        now=now,
        event_id=uuid4(),
    )
    row = WebinarRequest(
        country_code=country_code,
        course_id=course.id,
        event_id=event_id,
        wish=words,
        asked_on=today,
        asked_by=actor.account_id or None,
    )
    db.add(row)
    db.flush()
    fact = WebinarAsked(row.id, event_id, country_code, course_slug)
    journal.record(db, fact, actor=actor, now=now)
    return event_id


def decline_webinar(
    db: Session, *, actor: Actor, request_id: int, answer: str, today: date, now: datetime
) -> None:
    """Declines a request by the secretariat, with the reason, and deletes its draft. Refuses (at
    `answer`) no words, WishSettled what no longer waits.
    """
    policy.require_may_answer(actor)
    words = answer.strip()
    if not words:
        raise InvalidInput({"answer": Sentence(SAY_WHY_NOT)})
    claims.lock(db)
    row = db.scalar(select(WebinarRequest).where(WebinarRequest.id == request_id).with_for_update())
    wish = queries.webinar_wish(db, request_id=request_id)
    if row is None or wish is None:
        raise NotFound
    if wish.state is not WebinarState.WAITING:
        raise rules.WishSettled
    row.declined_on, row.answer = today, words
    delete_event(db, actor=actor, event_id=row.event_id, now=now)
    fact = WebinarDeclined(row.id, row.event_id, row.country_code, wish.course)
    journal.record(db, fact, actor=actor, now=now)
    db.flush()
