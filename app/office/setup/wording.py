"""Setting up in words: the steps, and what an address or a mail server answered."""

from app.kernel.text import N_
from app.office.setup.values import AddressFinding, MailAnswer, SetupStep

STEPS = {
    SetupStep.BODY: N_("The body and its countries"),
    SetupStep.GROUPS: N_("Working groups"),
    SetupStep.RULES: N_("Rules of the calendar"),
    SetupStep.INSTITUTIONS: N_("Institutions"),
    SetupStep.ADDRESS: N_("Public address"),
    SetupStep.MAIL: N_("Mail"),
    SetupStep.COLLEAGUES: N_("Colleagues"),
    SetupStep.PEOPLE: N_("Focal points"),
    SetupStep.PRESIDENCY: N_("Presidency"),
    SetupStep.WEBINAR: N_("First webinar"),
}
ADDRESS_FINDINGS = {
    AddressFinding.OPENS: N_("Convoca answers at this address."),
    AddressFinding.ONLY_HERE: N_(
        "This address opens on this computer only. The links of letters, and the code on a "
        "certificate, would open on no other machine."
    ),
    AddressFinding.NOT_SECURE: N_(
        "This address begins with http://, so passwords and names would travel unencrypted. What "
        "https:// needs is written below."
    ),
    AddressFinding.SOMETHING_ELSE: N_(
        "Something answers at this address, but it is not this Convoca. Check the name for a typing "
        "mistake, and where it leads."
    ),
    AddressFinding.NO_ANSWER: N_(
        "The address cannot be reached from here. If it opens in the browser of another computer, it "
        "is right: some networks do not let a machine call itself by its public name."
    ),
}
MAIL_ANSWERS = {
    MailAnswer.SENT: N_("The server accepted the letter. Check your e-mail, and the spam folder."),
    MailAnswer.NAME_UNKNOWN: N_(
        "There is no server with this name. Check it for a typing mistake."
    ),
    MailAnswer.REFUSED: N_(
        "Nobody listens there. Check the server and its port (587 with STARTTLS, 465 with TLS), and "
        "whether a firewall stands between."
    ),
    MailAnswer.SILENT: N_(
        "The server did not answer in time. Check the port, and whether a firewall lets this "
        "machine out."
    ),
    MailAnswer.NOT_SECURE: N_(
        "No secure connection could be made. Choose STARTTLS with port 587, or TLS with port 465, and "
        "check that the server is called as in its certificate."
    ),
    MailAnswer.WHO_ARE_YOU: N_(
        "The server did not accept user name and password. Some services want a password made for "
        "programs."
    ),
    MailAnswer.SENDER: N_(
        "The server does not send under this name. Let letters come from an address that belongs to "
        "the user name."
    ),
    MailAnswer.RECIPIENT: N_(
        "The server refused the letter for good. Read its answer below; often the recipient's "
        "address does not exist, or the server sends only to its own domain."
    ),
    MailAnswer.LATER: N_(
        "The server asks to try again later. That is how some keep spam away. Try once more in some "
        "minutes."
    ),
    MailAnswer.BROKEN: N_(
        "The connection broke. Check port and encryption: they must fit each other."
    ),
}
TEST_SUBJECT = N_("A test letter from Convoca")
TEST_BODY = N_("If you read this, letters arrive. There is nothing to do; you may delete this one.")
