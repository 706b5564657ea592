"""How things are done (R83): each task in a few steps, in the words of the buttons themselves.

A button is named by the msgid that stands on it, so that guide and page cannot drift apart; a test
looks for each of them on the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.office.privacy import policy as privacy_policy
from app.people.access import policy as access_policy
from app.training.certificates import policy as certificates_policy
from app.training.recognised import policy as recognised_policy
from app.web.guards import anyone

Policy = Callable[[Actor], bool]


@dataclass(frozen=True)
class GuideStep:
    """`say` names the button as %(button)s; `more` is what else is worth knowing, "" for nothing."""

    say: str
    button: str = ""
    more: str = ""


@dataclass(frozen=True)
class GuideTrouble:
    """What may go wrong, as its reader would say it, and what to do."""

    say: str
    mend: str


@dataclass(frozen=True)
class Guide:
    """One task. `endpoint` is where it is done, by those of `policy`; `who` says it of others.
    `words` is what people call it, as a list.
    """

    slug: str
    title: str
    who: str
    words: str
    steps: tuple[GuideStep, ...]
    troubles: tuple[GuideTrouble, ...]
    endpoint: str
    policy: Policy


GUIDES = (
    Guide(
        slug="correct-name",
        title=N_("Correct a name on a certificate"),
        who=N_("Whoever holds the certificate asks; the focal point of the country puts it right."),
        words=N_("correct name, misspelt, surname, accent, institution, wrong name, reissue"),
        steps=(
            GuideStep(N_("Open “My certificates” and choose %(button)s"), N_("Correct my name")),
            GuideStep(
                N_(
                    "Write the name as it should be, tick that the certificates are issued anew, and choose %(button)s"
                ),
                N_("Ask for the correction"),
                N_("Nothing changes until the focal point, or the secretariat, has looked at it."),
            ),
            GuideStep(
                N_("The focal point corrects the record and chooses %(button)s"),
                N_("Save the correction"),
                N_(
                    "A certificate is never changed: a new one takes its place, with the same days "
                    "and another code, and you get a letter."
                ),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I have already handed in the old paper"),
                N_(
                    "Its QR image leads to the new certificate, so that whoever checks it is not left "
                    "in doubt. The old name is shown to nobody."
                ),
            ),
            GuideTrouble(
                N_("I no longer work for the institution"),
                N_(
                    "The certificate goes on saying where you served on that day. Only a mistake of "
                    "that day is corrected."
                ),
            ),
        ),
        endpoint="access.correction",
        policy=access_policy.may_ask_correction,
    ),
    Guide(
        slug="verify",
        title=N_("Check a certificate that somebody shows you"),
        who=N_("Anybody, without an account."),
        words=N_("verify, check, genuine, forged, QR, code, authentic, employer"),
        steps=(
            GuideStep(
                N_("Open the camera of your telephone and hold it over the QR image"),
                more=N_("The link that appears leads to the certificate in our register."),
            ),
            GuideStep(
                N_("Without a telephone, type the code beside the QR image and choose %(button)s"),
                N_("Verify"),
                N_("Capitals, spaces and dashes do not matter."),
            ),
            GuideStep(
                N_("With the file itself, choose it at %(button)s"),
                N_("Certificate as PDF or picture"),
                N_("It stays with you. The page says whether it is the one that was issued."),
            ),
            GuideStep(
                N_("Compare each line with the paper"),
                more=N_("What is different on the paper was changed. The register is what counts."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("It says “Expired”"),
                N_("It is genuine, and was valid until the day that is shown."),
            ),
            GuideTrouble(
                N_("It says “Replaced” or “Revoked”"),
                N_(
                    "Ask the person for their newer certificate. The reason of a revocation is shown; "
                    "it need not be the holder's fault."
                ),
            ),
            GuideTrouble(
                N_("It shows no name"),
                N_(
                    "The holder had it taken away. Type the name that is printed, and the page says "
                    "whether it is the one."
                ),
            ),
            GuideTrouble(
                N_("It says “We do not know this file”"),
                N_(
                    "A genuine certificate that was printed, scanned or saved anew is another file, "
                    "and nobody's fault: type its code."
                ),
            ),
            GuideTrouble(
                N_("This site does not answer any more"),
                N_(
                    "Ask for the archive of the register, which the secretariat gives to everybody: it "
                    "is a folder with a page that checks certificates without this site."
                ),
            ),
        ),
        endpoint="certificates.verify",
        policy=anyone,
    ),
    Guide(
        slug="training-elsewhere",
        title=N_("Have training of another platform recognised"),
        who=N_("Whoever took it brings it; the focal point of the country accepts it."),
        words=N_("Moodle, E-Campus, other platform, recognise, completion list, diploma, external"),
        steps=(
            GuideStep(
                N_("Open “My certificates” and choose %(button)s"),
                N_("Bring another certificate"),
                N_("A PDF or a photo, with the day and the course of ours that it stands for."),
            ),
            GuideStep(
                N_("Choose %(button)s"),
                N_("Send it to the focal point"),
                N_("Until it is accepted it counts nowhere; you get a letter either way."),
            ),
            GuideStep(
                N_("The focal point looks at it and chooses %(button)s"),
                N_("Accept: it is recognised"),
                N_("It is counted apart from our certificates, and printed on none."),
            ),
            GuideStep(
                N_("For many at once, the focal point chooses %(button)s"),
                N_("Bring in a list"),
                N_("The list as Moodle or E-Campus exports it; you see what happens row by row."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("The list names somebody we do not have"),
                N_(
                    "Add them to the staff first, then bring the same list again: nobody is doubled."
                ),
            ),
            GuideTrouble(
                N_("I accepted the wrong one"),
                N_("Open it and take it back with a reason. It stays in the history."),
            ),
        ),
        endpoint="recognised.bring",
        policy=recognised_policy.may_bring,
    ),
    Guide(
        slug="renew-list",
        title=N_("Renew the certificates of a list"),
        who=N_("The focal point for the country, the secretariat for all."),
        words=N_("renew, expire, lapse, ends, validity, list, re-certify"),
        steps=(
            GuideStep(
                N_("Open the certificates that end within 90 days"),
                more=N_("Home names them too, with how many nobody has begun to renew."),
            ),
            GuideStep(
                N_("Choose “Renew”, with how many there are"),
                more=N_(
                    "They are enrolled in what is left: the modules that changed or, where none did, "
                    "the quizzes. What they completed stays."
                ),
            ),
            GuideStep(
                N_("Each gets one letter, and the list says who has begun"),
                more=N_("Pressed again, it enrols nobody twice."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("Somebody is not on the list"),
                N_("It names those who serve today in a post that the coverage counts."),
            ),
        ),
        endpoint="certificates.ending_certificates",
        policy=certificates_policy.may_renew_some,
    ),
    Guide(
        slug="revoke",
        title=N_("Revoke a certificate"),
        who=N_("Two people of the secretariat: one proposes, another confirms."),
        words=N_("revoke, annul, withdraw, fraud, issued in error, cancel a certificate"),
        steps=(
            GuideStep(
                N_("Find it by name or code in the register, and choose %(button)s"),
                N_("Propose the revocation"),
                N_(
                    "Whoever verifies reads the reason from the list; the note stays with the "
                    "secretariat. Until somebody else confirms, the certificate stands."
                ),
            ),
            GuideStep(
                N_("Another organizer reads it under “To do” and chooses %(button)s"),
                N_("Revoke"),
                N_(
                    "The public page says so at once, and the holder gets a letter with what can be done."
                ),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("It was a mistake"),
                N_(
                    "A revocation is not taken back in silence: open the certificate in the register "
                    "and propose a new one in its place. Another organizer confirms it, and the "
                    "holder is told."
                ),
            ),
            GuideTrouble(
                N_("Only the name is wrong"),
                N_(
                    "Do not revoke it: correct the name on the record, and a new one takes its place."
                ),
            ),
        ),
        endpoint="certificates.office_register",
        policy=certificates_policy.may_see_register,
    ),
    Guide(
        slug="words-of-certificates",
        title=N_("Change what certificates say and who signs them"),
        who=N_("The secretariat."),
        words=N_("wording, text, signature, signatory, logo, colours, diploma, presidency changes"),
        steps=(
            GuideStep(
                N_("Open “What certificates say” and choose %(button)s"),
                N_("Enter who signs"),
                N_(
                    "With the days from when to when, and a photo of the signature. Terms do not "
                    "overlap; after the last one certificates are issued without a signature line."
                ),
            ),
            GuideStep(
                N_("Choose %(button)s below a kind, and write"),
                N_("Change its words"),
                N_(
                    "What stands in braces is filled in. The date and what is certified must be there; "
                    "everything in both languages."
                ),
            ),
            GuideStep(
                N_("Choose %(button)s before you save"),
                N_("See it on A4"),
                N_("The specimen is for nobody and bears the longest names of the installation."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("A certificate that is out already has a mistake in its words"),
                N_(
                    "It stays as it was issued, and so does what its public page says. Only name and "
                    "institution are corrected, by a new certificate in its place."
                ),
            ),
            GuideTrouble(
                N_("The text does not fit on the sheet"),
                N_("Shorten it until the specimen fits: somebody has the longest name."),
            ),
        ),
        endpoint="certificates.papers",
        policy=certificates_policy.may_set_papers,
    ),
    Guide(
        slug="close-account",
        title=N_("Close an account and keep the certificates"),
        who=N_("Whoever the account belongs to."),
        words=N_("close, delete, erase, leave, account, my data, certificates stay"),
        steps=(
            GuideStep(N_("Open “My certificates” and choose %(button)s"), N_("Download")),
            GuideStep(
                N_("In “My data”, choose %(button)s"),
                N_("See what happens before you decide"),
            ),
            GuideStep(
                N_("Say whether your name stays on your certificates, and choose %(button)s"),
                N_("Close my account and erase my data"),
                N_(
                    "With the name they go on verifying as today. Without it, whoever holds the paper "
                    "types the name and learns whether it is the right one."
                ),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I only change my post or my address"),
                N_(
                    "Then close nothing: your certificates go with you. Ask for a correction instead."
                ),
            ),
        ),
        endpoint="privacy.my_data",
        policy=privacy_policy.may_see_own,
    ),
)
BY_SLUG = {one.slug: one for one in GUIDES}
