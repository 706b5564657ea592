"""Why incoming mail is not taken. The sentences go back to who wrote it, by the mail server."""

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_


class NotForUs(Refusal):
    kind = Kind.MISSING
    rule = "mail-not-for-us"
    msgid = N_("Nobody is reached at this address.")


class NotAnAnswer(Refusal):
    kind = Kind.INVALID
    rule = "mail-not-an-answer"
    msgid = N_("This address reads only the answers of calendars to invitations: accepted, tentative or declined. "
               "To write to people, use the contact on the page of the event.")  # fmt: skip


class NotAReport(Refusal):
    kind = Kind.INVALID
    rule = "mail-not-a-report"
    msgid = N_("This address reads only reports of mail servers about letters that could not be delivered.")


class MailTooLarge(Refusal):
    kind = Kind.INVALID
    rule = "mail-too-large"
    msgid = N_("This message is too large to be an answer of a calendar.")
