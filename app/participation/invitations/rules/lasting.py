"""How long a link lasts: to join, until the event is over; for the survey a week longer; then it is
dead; pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

SURVEY_LASTS = timedelta(days=7)
"""After the end of the event a guest's page still leads to the survey; nothing can be joined with it
any more.
"""


class LinkDead(Refusal):
    kind = Kind.GONE
    rule = "guest-link-dead"
    msgid = N_("This link no longer works: it was for one event, which is over.")


class InvitationWithdrawn(Refusal):
    kind = Kind.GONE
    rule = "invitation-withdrawn"
    msgid = N_("This invitation was withdrawn. If this surprises you, write to whoever sent it.")


class LinkClosed(Refusal):
    kind = Kind.GONE
    rule = "invitation-closed"
    msgid = N_("Registration by this link has closed.")


class LinkFull(Refusal):
    rule = "invitation-full"
    msgid = N_("All %(places)s places of this invitation are taken.")


@dataclass(frozen=True)
class LinkTerm:
    """From the event's own end, so that a link follows an event that moves; None while it has no
    exact date.
    """

    ends_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_dead(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at + SURVEY_LASTS <= now


def require_alive(term: LinkTerm, *, is_revoked: bool, now: datetime) -> None:
    if is_revoked:
        raise InvitationWithdrawn
    if term.is_dead(now):
        raise LinkDead


def require_takes_guests(
    term: LinkTerm, *, is_revoked: bool, closes_at: datetime | None, now: datetime
) -> None:
    """Refuses an invitation by key by which nobody may register any more."""
    if is_revoked:
        raise InvitationWithdrawn
    if term.is_over(now):
        raise LinkDead
    if closes_at is not None and closes_at <= now:
        raise LinkClosed


def require_not_full(places: int | None, taken: int) -> None:
    if places is not None and taken >= places:
        raise LinkFull(places=places)
