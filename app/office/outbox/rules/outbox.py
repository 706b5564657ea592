"""What an organizer may still do about a message; pure."""

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.office.outbox.values import MessageFilter

LONGEST_REASON = 300
SHORTEST_REASON = 5
OVERTAKEN = N_("Not sent: a newer letter says how things stand.")
NO_NEWS = N_("Not sent: it would have said what its reader was told already.")
NOT_TRUE_ANY_MORE = N_("Not sent: there was nothing to remind of any more.")
NOT_SO_ANY_MORE = N_("Not sent: what it said was no longer so.")
LINK_LAPSED = N_("Not sent: no letter could leave, and its link works for minutes only.")
DROPPED = N_("Not sent: it waited for mail to be connected, and the office let it go.")
WITHDRAWN = frozenset(
    {OVERTAKEN, NO_NEWS, NOT_TRUE_ANY_MORE, NOT_SO_ANY_MORE, LINK_LAPSED, DROPPED}
)
"""Reasons of the platform's own, in the reader's language wherever they are shown."""
UNSETTLED = frozenset({MessageFilter.UNDELIVERED, MessageFilter.BOUNCED})


class NothingToSettle(Refusal):
    """It has arrived, as far as we know, or it still waits for its turn."""

    rule = "message-nothing-to-settle"
    msgid = N_(
        "There is nothing to decide about this letter: it was sent, or is still being tried."
    )


class KeysForgotten(Refusal):
    """Its links have lapsed, and their keys are not kept longer than they work."""

    rule = "message-keys-forgotten"
    msgid = N_(
        "This letter has links that no longer work, so it is not sent again. Invite the person anew."
    )


def require_unsettled(state: MessageFilter) -> None:
    if state not in UNSETTLED:
        raise NothingToSettle


def require_reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise InvalidInput({"reason": Sentence(N_("Write the reason in 5 to 300 characters."))})
    return words


def cause_of(dedupe: str) -> int | None:
    """Returns the journal's number of the fact that a letter follows from; None for what the clock
    caused.
    """
    head = dedupe.partition(".")[0]
    return int(head) if head.isascii() and head.isdigit() else None


def state_of(
    *,
    is_sent: bool,
    has_bounced: bool,
    is_given_up: bool,
    is_dead: bool,
    is_held: bool,
    is_filed: bool,
) -> MessageFilter:
    if is_given_up:
        return MessageFilter.GIVEN_UP
    if has_bounced:
        return MessageFilter.BOUNCED
    if is_sent:
        return MessageFilter.FILED if is_filed else MessageFilter.SENT
    if is_held:
        return MessageFilter.WAITING
    return MessageFilter.UNDELIVERED if is_dead else MessageFilter.ON_THE_WAY
