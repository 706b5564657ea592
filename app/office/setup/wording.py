"""Setting up in words: the steps, and what a mail server answered."""

from app.kernel.text import N_
from app.office.setup.values import MailAnswer, SetupStep

STEPS = {
    SetupStep.BODY: N_("The body and its countries"),
    SetupStep.GROUPS: N_("Working groups"),
    SetupStep.RULES: N_("Rules of the calendar"),
    SetupStep.INSTITUTIONS: N_("Institutions"),
    SetupStep.MAIL: N_("Mail"),
    SetupStep.PEOPLE: N_("Focal points"),
    SetupStep.WEBINAR: N_("First webinar"),
}
MAIL_ANSWERS = {
    MailAnswer.SENT: N_("The server accepted the letter. Check your e-mail, and the spam folder."),
    MailAnswer.NAME_UNKNOWN: N_(
        "There is no server with this name. Check SMTP_HOST for a typing mistake."
    ),
    MailAnswer.REFUSED: N_(
        "Nobody listens there. Check SMTP_HOST and SMTP_PORT (587 with STARTTLS, 465 with TLS), and "
        "whether a firewall stands between."
    ),
    MailAnswer.SILENT: N_(
        "The server did not answer in time. Check SMTP_PORT, and whether a firewall lets this "
        "machine out."
    ),
    MailAnswer.NOT_SECURE: N_(
        "No secure connection could be made. Set SMTP_SECURITY to “starttls” (port 587), “tls” (port "
        "465) or “none”, and check that SMTP_HOST is the name in the server's certificate."
    ),
    MailAnswer.WHO_ARE_YOU: N_(
        "The server did not accept name and password. Check SMTP_USER and SMTP_PASSWORD; some "
        "services want a password made for programs."
    ),
    MailAnswer.SENDER: N_(
        "The server does not send under this name. Set MAIL_FROM to an address that belongs to the "
        "account SMTP_USER."
    ),
    MailAnswer.RECIPIENT: N_(
        "The server refused the letter for good. Read its answer below; often the recipient's "
        "address does not exist, or the server sends only to its own domain."
    ),
    MailAnswer.LATER: N_(
        "The server asks to try again later. That is how some keep spam away: letters are sent "
        "again by themselves. Try once more in some minutes."
    ),
    MailAnswer.BROKEN: N_(
        "The connection broke. Check SMTP_PORT and SMTP_SECURITY: they must fit each other."
    ),
}
TEST_SUBJECT = N_("A test letter from Convoca")
TEST_BODY = N_("If you read this, letters arrive. There is nothing to do; you may delete this one.")
