"""What the presidency may be asked, until when it answers, and what is refused of it; pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Refusal
from app.kernel.seen import mark_of
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.events.values import RequestState
from app.planning.scheduling.values import Approver, Finding

ANSWERED_WITHIN = timedelta(days=30)
NOON = time(12)
SATURDAY = 5


class RequestSettled(Refusal):
    """Base: somebody was quicker. The sentence says what became of the request."""

    rule = "request-settled"
    msgid = N_("This request was answered already. Nothing has been changed now.")


class AlreadyAuthorized(RequestSettled):
    msgid = N_("The presidency has already authorized this request. Nothing has been changed now.")


class AlreadyDeclined(RequestSettled):
    msgid = N_("The presidency has already answered this request. Nothing has been changed now.")


class AlreadyWithdrawn(RequestSettled):
    msgid = N_("Whoever asked has withdrawn this request meanwhile. Nothing has been changed now.")


class AnsweredTooLate(RequestSettled):
    rule = "answered-too-late"
    msgid = N_("The deadline for this request has passed, so nothing is authorized. Ask again.")


class NothingOffered(RequestSettled):
    rule = "nothing-offered"
    msgid = N_("No other hour is on offer for this request any more.")


class FindingsChanged(Refusal):
    """What was read is not what would be allowed now."""

    rule = "findings-changed"
    msgid = N_(
        "What stands in the way has changed since you opened this page. Nothing is authorized yet: "
        "read it as it is now and decide again."
    )


class HourAsked(Refusal):
    rule = "hour-asked"
    msgid = N_(
        "Another request for this hour waits for the presidency already. Choose another time, or "
        "wait for the answer."
    )


class NobodyHoldsThePresidency(Refusal):
    rule = "no-presidency"
    msgid = N_(
        "Nobody holds the presidency today, so nobody can authorize it. The secretariat says who "
        "does, under “Presidency”."
    )


class NothingToAsk(Refusal):
    rule = "nothing-to-ask"
    msgid = N_("This time needs no authorization: save it or publish it.")


class OfferTaken(Refusal):
    rule = "offer-taken"
    msgid = N_("That hour is no longer free. Offer one of those that are free now.")


SETTLED: dict[RequestState, type[RequestSettled]] = {
    RequestState.AUTHORIZED: AlreadyAuthorized,
    RequestState.WITHDRAWN: AlreadyWithdrawn,
    RequestState.LAPSED: AnsweredTooLate,
}


def require_open(state: str, decide_by: datetime, *, now: datetime) -> None:
    """Refuses with RequestSettled what was answered or withdrawn, or not answered in time."""
    if state != RequestState.OPEN:
        raise SETTLED.get(RequestState(state), AlreadyDeclined)
    if decide_by <= now:
        raise AnsweredTooLate


def decide_by(asked_at: datetime, starts_at: datetime) -> datetime:
    """Returns until when the presidency answers: noon, in the reference zone, of the last weekday
    before the time wished for and within thirty days of the question; where that is past already,
    the very beginning.
    """
    zone = ZoneInfo(REFERENCE_ZONE)
    before = starts_at.astimezone(zone).date() - timedelta(days=1)
    day = min(before, (asked_at + ANSWERED_WITHIN).astimezone(zone).date())
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    noon = datetime.combine(day, NOON, zone).astimezone(UTC)
    return noon if noon > asked_at else starts_at


def refused(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.is_refused)


def can_be_lifted(findings: Sequence[Finding]) -> bool:
    """Returns True where the presidency may let all of it stand; what nobody may allow stays
    refused.
    """
    return all(one.approver is not Approver.NOBODY for one in refused(findings))


def findings_mark(span: Timespan, findings: Sequence[Finding]) -> str:
    """Returns the mark of what somebody who decides has read: the time, and each rule that speaks
    against it with what it counted.
    """
    against = sorted((str(one.rule), one.against, one.count or 0) for one in refused(findings))
    return mark_of((span, against))
