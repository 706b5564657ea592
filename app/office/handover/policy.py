"""Who may set terms, read a handover, write its note, and read the journal."""

from datetime import date, timedelta

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.office.handover.rules import AFTER, BEFORE
from app.office.handover.values import Handover


def may_see_terms(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def may_set_terms(actor: Actor) -> bool:
    """Returns True for the secretariat only: a presidency does not choose its successor."""
    return actor.is_system or actor.acts_as(Role.ORGANIZER)


def may_read_journal(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def may_read_history(actor: Actor, country_code: str = "") -> bool:
    """Returns True for whoever reads the journal, and for the focal point of the country that the
    thing is of, in office or lately; "" for what is of none.
    """
    return may_read_journal(actor) or (
        bool(country_code) and actor.holds(Role.FOCAL_POINT, country_code)
    )


def history_until(actor: Actor, country_code: str) -> date | None:
    """Returns the last day of which the actor reads a thing's history, None for no end: what came
    from the day of a handover on is the successor's.
    """
    ended = actor.ended_on(Role.FOCAL_POINT, country_code)
    return None if ended is None or may_read_journal(actor) else ended - timedelta(days=1)


def may_export_journal(actor: Actor) -> bool:
    return actor.acts_as(Role.ORGANIZER)


def require_may_export_journal(actor: Actor) -> None:
    if not may_export_journal(actor):
        raise NotAllowed


def may_read_handover(actor: Actor, handover: Handover, today: date) -> bool:
    """Returns True for the secretariat at any time, and for the two who hand over and take over.

    Whoever holds the office or held it within sixty days reads it; the successor from thirty days
    before the day until sixty days after it.
    """
    if actor.holds(Role.ORGANIZER) or is_outgoing(actor, handover):
        return True
    if handover.incoming is None or not handover.incoming.has(actor.person_id):
        return False
    return handover.incoming.since - BEFORE <= today < handover.incoming.since + AFTER


def is_outgoing(actor: Actor, handover: Handover) -> bool:
    """Returns True for somebody of the term that ends; somebody of the country's next term only is
    not.
    """
    is_theirs = actor.reads_as(handover.office.role, handover.outgoing.country_code)
    return is_theirs and handover.outgoing.has(actor.person_id)


def may_write_note(actor: Actor, handover: Handover, today: date) -> bool:
    """Returns True for the people who hold the office, and only while they hold it."""
    is_theirs = actor.acts_as(handover.office.role, handover.outgoing.country_code)
    return is_theirs and handover.outgoing.has(actor.person_id) and handover.outgoing.since <= today


def require_may_write_note(actor: Actor, handover: Handover, today: date) -> None:
    if not may_write_note(actor, handover, today):
        raise NotAllowed
