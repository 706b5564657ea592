"""Which answer of an incoming mail counts, and why it is not taken. The sentences go back to who
wrote it, by the mail server.
"""

from collections.abc import Collection

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.office.inbox.values import AttendeeAnswer


class NotForUs(Refusal):
    kind = Kind.MISSING
    rule = "mail-not-for-us"
    msgid = N_("Nobody reads mail at this address.")


class NotAnAnswer(Refusal):
    kind = Kind.INVALID
    rule = "mail-not-an-answer"
    msgid = N_(
        "This address reads only the answers of calendars to invitations: accepted, tentative or declined. "
        "To write to people, use the contact on the page of the event."
    )


class NotAReport(Refusal):
    kind = Kind.INVALID
    rule = "mail-not-a-report"
    msgid = N_(
        "This address reads only reports of mail servers about letters that could not be delivered."
    )


class MailTooLarge(Refusal):
    kind = Kind.INVALID
    rule = "mail-too-large"
    msgid = N_("This message is too large to be an answer of a calendar.")


def invitee_answer(answers: Collection[AttendeeAnswer], invited: Collection[str]) -> str:
    """Returns the PARTSTAT of the line whose mailbox was invited.

    Where no line is the invitee's, because people answer from other addresses of theirs too, all
    lines have to agree. "" when that leaves none or several.
    """
    said = {one.partstat for one in answers if one.mailbox in invited} or {
        one.partstat for one in answers
    }
    return said.pop() if len(said) == 1 else ""
