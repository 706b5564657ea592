"""What an invitation must say, and when it can be sent; pure."""

from collections.abc import Collection

from app.infra.email_address import is_email
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.participation.invitations.values import InvitationDraft
from app.participation.registrations.values import WITH_KEY, Way
from app.people.directory.rules.people import LONGEST_NAME

LONGEST_NOTE = 2000
MOST_PLACES = 10_000
WHO = N_("Say who is invited.")
NO_COUNTRY = N_("Tick at least one country.")
NO_EMAIL = N_("Write an e-mail address, for example name@example.org.")
NO_NAME = N_("Write the name of the guest.")
NO_PLACES = N_("Write how many may register by this link, from 1 to %(most)s.")
FEW_PLACES = N_("Write a number from 1 to %(most)s, or leave it empty.")
NO_CLOSE = N_("Say until when the link works.")
NOT_PRINTED = N_("This holds signs that cannot be printed. Type it anew.")
TOO_LONG = N_("Shorten this to %(most)s characters.")


class AlreadyInvited(Refusal):
    rule = "already-invited"
    msgid = N_("This invitation already exists. Send it again from the list.")


class NothingToRevoke(Refusal):
    rule = "invitation-revoked-already"
    msgid = N_("This invitation has already been withdrawn.")


class NotPublishedYet(Refusal):
    rule = "event-not-published"
    msgid = N_("Invitations go out when the event is published. Publish it first.")


class HasAnotherRegistration(Refusal):
    rule = "registered-already"
    msgid = N_(
        "This address has a place at this event already. A letter in its mailbox leads there."
    )


class ClosedMeeting(Refusal):
    rule = "event-is-confidential"
    msgid = N_(
        "This meeting is confidential: whom you invite this way could not open it. Write people in under "
        "Registrations, or invite guests by e-mail or by an open link."
    )


def require_can_open(
    draft: InvitationDraft, *, is_confidential: bool, needed: Collection[int]
) -> None:
    """Refuses an invitation to a confidential event that would open it to anybody but people needed
    there and guests with a key.
    """
    can_open = draft.way in WITH_KEY or (draft.way is Way.PERSON and draft.person_id in needed)
    if is_confidential and not can_open:
        raise ClosedMeeting


def target_of(draft: InvitationDraft) -> str | None:
    """Returns what an event invites once only; None for open links, of which there may be several."""
    named: dict[Way, object] = {
        Way.PERSON: draft.person_id,
        Way.INSTITUTION: draft.institution_id,
        Way.GROUP: draft.group,
        Way.COUNTRY: draft.country_code,
        Way.GUEST: draft.email,
    }
    return None if draft.way is Way.LINK else f"{draft.way}:{named[draft.way]}"


def require_sound(draft: InvitationDraft) -> None:
    """Refuses with every mistake at its field. Ends and days are the form's to compare with now."""
    errors = (
        {"note": Sentence(TOO_LONG, {"most": LONGEST_NOTE})}
        if len(draft.note) > LONGEST_NOTE
        else {}
    )
    errors |= _CHECKS[draft.way](draft)
    if draft.places is not None and not 1 <= draft.places <= MOST_PLACES:
        errors["places"] = Sentence(FEW_PLACES, {"most": MOST_PLACES})
    if errors:
        raise InvalidInput(errors)


def _guest(draft: InvitationDraft) -> dict[str, Sentence]:
    errors = {}
    if not draft.name:
        errors["name"] = Sentence(NO_NAME)
    if not is_email(draft.email):
        errors["email"] = Sentence(NO_EMAIL)
    return errors | unprintable(name=draft.name, organisation=draft.organisation)


def unprintable(**texts: str) -> dict[str, Sentence]:
    """Returns what is too long for a line, or holds signs that no letter prints and that turn the
    line around.
    """
    errors = {name: Sentence(NOT_PRINTED) for name, text in texts.items() if not text.isprintable()}
    too_long = [name for name, text in texts.items() if len(text) > LONGEST_NAME]
    return errors | {name: Sentence(TOO_LONG, {"most": LONGEST_NAME}) for name in too_long}


def _link(draft: InvitationDraft) -> dict[str, Sentence]:
    errors = {}
    if draft.places is None:
        errors["places"] = Sentence(NO_PLACES, {"most": MOST_PLACES})
    if draft.closes_at is None:
        errors["closes_on"] = Sentence(NO_CLOSE)
    if len(draft.name) > LONGEST_NAME:
        errors["name"] = Sentence(TOO_LONG, {"most": LONGEST_NAME})
    return errors


_CHECKS = {
    Way.PERSON: lambda draft: {} if draft.person_id else {"person": Sentence(WHO)},
    Way.INSTITUTION: lambda draft: {} if draft.institution_id else {"institution": Sentence(WHO)},
    Way.GROUP: lambda draft: {} if draft.group else {"group": Sentence(WHO)},
    Way.COUNTRY: lambda draft: {} if draft.country_code else {"country": Sentence(WHO)},
    Way.GUEST: _guest,
    Way.LINK: _link,
}
