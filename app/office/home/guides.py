"""How things are done (R83): each task in a few steps, in the words of the buttons themselves.

A button is named by the msgid that stands on it, so that guide and page cannot drift apart; a test
looks for each of them on the pages.
"""

from app.kernel.text import N_
from app.office.history import policy as history_policy
from app.office.home.first_weeks import FIRST_WEEKS
from app.office.home.values import Guide, GuideStep, GuideTrouble
from app.office.merging import policy as merging_policy
from app.office.privacy import policy as privacy_policy
from app.office.status.policy import may_see_status
from app.people.access import policy as access_policy
from app.planning.events import policy as events_policy
from app.training.certificates import policy as certificates_policy
from app.training.recognised import policy as recognised_policy
from app.training.turnover import policy as turnover_policy
from app.web.guards import anyone, signed_in

CALENDAR, STAFF, COURSE, PLANS, ACCOUNT, PLATFORM = (
    N_("Calendar"),
    N_("Staff of a country"),
    N_("Course"),
    N_("Plans"),
    N_("My account"),
    N_("The platform"),
)
GUIDES = (
    *FIRST_WEEKS,
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
        pages=("access.correction",),
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
                    "It was taken out of the register, as its holder or a country that gives no names "
                    "may ask. Type the name that is printed, and the page says whether it is the one."
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
        pages=("certificates.verify", "certificates.verify_code"),
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
        pages=("recognised.bring", "recognised.country", "recognised.completion_list"),
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
        pages=("certificates.ending_certificates",),
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
        pages=("certificates.office_register",),
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
        pages=("certificates.papers",),
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
        pages=("privacy.my_data",),
    ),
    Guide(
        slug="plan-webinar",
        title=N_("Plan a webinar without a clash"),
        who=N_("The secretariat, the presidency, and whoever convenes a working group."),
        words=N_("Zoom, Teams, webinar, meeting, schedule, date, hour, overlap, link, invite"),
        steps=(
            GuideStep(N_("Open “Planning” and choose “Plan an event”")),
            GuideStep(
                N_("Write the title, the day and the hour, and choose %(button)s"),
                N_("Check this time"),
                N_(
                    "The answer names what stands in the way, whose it is, and free times beside it. "
                    "Holidays and the hours of each country are counted."
                ),
            ),
            GuideStep(
                N_("Not sure yet? Choose %(button)s"),
                N_("Save as a draft"),
                N_("It keeps its time for fourteen days and is seen by those who plan alone."),
            ),
            GuideStep(
                N_("When all of it is right, choose %(button)s"),
                N_("Publish"),
                N_("It is in the programme and in the calendars of those who follow it."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("No hour is free, and it has to be that day"),
                N_(
                    "Ask the presidency, with a reason: it authorizes, offers another hour or "
                    "declines. What a rule forbids to everybody stays forbidden."
                ),
            ),
            GuideTrouble(
                N_("I have no link of the meeting yet"),
                N_(
                    "Publish without it and add it later: whoever is registered gets it with the "
                    "reminders. Where Zoom or Teams is connected, the platform makes it."
                ),
            ),
        ),
        endpoint="events.plan",
        policy=events_policy.may_plan,
        subject=CALENDAR,
        pages=("events.plan", "events.edit"),
    ),
    Guide(
        slug="move-event",
        title=N_("Move or cancel an event"),
        who=N_("Whoever plans it."),
        words=N_("change date, postpone, reschedule, cancel, another hour, swap"),
        steps=(
            GuideStep(
                N_("On the board, take the event and choose %(button)s"),
                N_("Move"),
                N_("What is taken answers at once, with free times."),
            ),
            GuideStep(
                N_("For anything else, change it on its own page and choose %(button)s"),
                N_("Save the changes"),
                N_("You see first how many people get a letter, and the letter itself."),
            ),
            GuideStep(
                N_("To cancel, say why and choose %(button)s"),
                N_("Yes, cancel the event"),
                N_("Everybody who has a place is told; their calendars take it out."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I cancelled the wrong one"),
                N_("While nobody else takes its time, its page takes the cancellation back."),
            ),
        ),
        endpoint="programme.board",
        policy=events_policy.may_plan,
        subject=CALENDAR,
        pages=("programme.board", "programme.move", "events.cancel"),
    ),
    Guide(
        slug="holiday",
        title=N_("Enter a holiday of a country"),
        who=N_("The focal point for the country, the secretariat for all."),
        words=N_("holiday, day off, bank holiday, Easter, election, closed, bridge day"),
        steps=(
            GuideStep(
                N_("Choose the country among the holidays of the region"),
                more=N_("Those that the law fixes are there already, year by year."),
            ),
            GuideStep(
                N_("Write the day and its name, and choose %(button)s"),
                N_("Add to the list"),
                N_("From then on whoever plans for that day is told of it."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("An event stands on that day already"),
                N_(
                    "It stays. Whoever plans it sees the holiday beside it, and moves it or lets it stand."
                ),
            ),
        ),
        endpoint="holidays.holidays",
        policy=anyone,
        subject=CALENDAR,
        pages=("holidays.holidays", "holidays.country_holidays"),
    ),
    Guide(
        slug="confirm-list",
        title=N_("Confirm who still serves"),
        who=N_("The focal point of the country, once a quarter."),
        words=N_("roster, staff, list, confirm, left, moved, retired, quarter, still here"),
        steps=(
            GuideStep(
                N_("Open “My country” and choose %(button)s"),
                N_("Update the list"),
                N_("“Still serves” is proposed for everybody."),
            ),
            GuideStep(
                N_("Only where something changed, choose %(button)s and say what"),
                N_("Otherwise"),
                N_("“I do not know” ends nothing: the person stays, to be confirmed."),
            ),
            GuideStep(
                N_("Choose “Confirm”, with how many are shown"),
                more=N_("Nothing counts before. For a minute a departure can be undone."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I cannot finish today"),
                N_("What you chose is kept. Come back and confirm it then."),
            ),
            GuideTrouble(
                N_("Somebody who left holds a certificate"),
                N_("It stays valid. Their country's coverage no longer counts it."),
            ),
        ),
        endpoint="turnover.my_country",
        policy=turnover_policy.may_have_country,
        subject=STAFF,
        pages=("directory.roster", "directory.leavers", "turnover.country"),
    ),
    Guide(
        slug="add-staff",
        title=N_("Add new staff, one or many"),
        who=N_("The focal point of the country."),
        words=N_("newcomer, new official, paste, Excel, table, import, invite, enrol"),
        steps=(
            GuideStep(N_("Open “My country” and choose %(button)s"), N_("Add a newcomer")),
            GuideStep(
                N_("For many, choose %(button)s"),
                N_("Add several at once by pasting a table"),
                N_("Name, e-mail, institution, post and first day, as they stand in your sheet."),
            ),
            GuideStep(
                N_("Choose %(button)s"),
                N_("See what will happen"),
                N_("Each line says what becomes of it; nobody is added yet."),
            ),
            GuideStep(
                N_("Choose %(button)s"),
                N_("Add and invite"),
                N_("Each gets a letter with the way in. Pasted again, it adds nobody twice."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("Some lines were not taken"),
                N_("They stay in the field with their reasons. Correct them and look again."),
            ),
        ),
        endpoint="turnover.my_country",
        policy=turnover_policy.may_have_country,
        subject=STAFF,
        pages=("directory.newcomer", "directory.newcomers"),
    ),
    Guide(
        slug="vacant-post",
        title=N_("Ask who takes over a vacant post"),
        who=N_("The focal point of the country."),
        words=N_("successor, vacant, replacement, handover, who takes over, vacancy"),
        steps=(
            GuideStep(N_("Open “My country” and choose the office with the vacant post")),
            GuideStep(
                N_("Choose %(button)s"),
                N_("Ask who takes over"),
                N_(
                    "The letter goes to the mailbox of the institution; for a minute it can be undone."
                ),
            ),
            GuideStep(
                N_("When an answer has come, choose %(button)s"),
                N_("They answered"),
                N_("Then add whoever takes over as a newcomer."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("The institution has no mailbox on record"),
                N_("The letter goes to the secretariat, which passes it on. Note a mailbox."),
            ),
            GuideTrouble(
                N_("The post no longer exists"),
                N_("Say so beside it: it is no longer counted as vacant."),
            ),
        ),
        endpoint="turnover.my_country",
        policy=turnover_policy.may_have_country,
        subject=STAFF,
        pages=("offices.offices", "offices.institution", "offices.posts"),
    ),
    Guide(
        slug="train-staff",
        title=N_("Bring people into the course"),
        who=N_("The focal point of the country."),
        words=N_("enrol, remind, nominate, write, list, without certificate, booster"),
        steps=(
            GuideStep(
                N_("On “My country”, open a list under “What to do” and tick people"),
            ),
            GuideStep(
                N_("Choose %(button)s"),
                N_("Enrol those ticked"),
                N_("Each gets a letter with the way in. Who takes the course already is left out."),
            ),
            GuideStep(
                N_("To remind them, choose %(button)s"),
                N_("Write to those ticked"),
                N_("A text is proposed; you see the letter before it leaves."),
            ),
            GuideStep(
                N_("For a webinar that asks for names, choose %(button)s"),
                N_("Nominate those ticked"),
            ),
            GuideStep(
                N_("When many certificates end, choose %(button)s"),
                N_("Ask for a booster webinar"),
                N_("It is a draft in the calendar until the secretariat decides."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I ticked somebody by mistake"),
                N_("An enrolment harms nobody. A nomination is withdrawn on the event's page."),
            ),
        ),
        endpoint="turnover.my_country",
        policy=turnover_policy.may_have_country,
        subject=STAFF,
        pages=("turnover.act_list", "requests.webinars"),
    ),
    Guide(
        slug="take-course",
        title=N_("Take the course and get the certificate"),
        who=N_("Everybody with an account."),
        words=N_("course, lesson, quiz, exam, start, continue, progress, certificate, telephone"),
        steps=(
            GuideStep(
                N_("Open “My training”, choose the course and then %(button)s"),
                N_("Start the course"),
                N_("Pieces of ten minutes; it goes on where you stopped, on any device."),
            ),
            GuideStep(
                N_("At the end of each module, choose %(button)s"),
                N_("Start the quiz"),
                N_("Each answer is kept at once, so that a lost connection costs nothing."),
            ),
            GuideStep(
                N_("With the last module done, choose %(button)s"),
                N_("See your certificate"),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("The connection is slow"),
                N_("Download a module as PDF, read it, and come back for the quiz."),
            ),
            GuideTrouble(
                N_("I did not pass the quiz"),
                N_("Read again what it names, and try once more."),
            ),
        ),
        endpoint="learning.catalogue",
        policy=signed_in,
        subject=COURSE,
        pages=("learning.catalogue", "learning.course"),
    ),
    Guide(
        slug="annual-plan",
        title=N_("Put an activity into the annual plan"),
        who=N_("The secretariat and the presidency."),
        words=N_("plan of the year, entry, activity, work plan, approve, amendment, decision"),
        steps=(
            GuideStep(N_("Open “Planning”, then “Annual plan”, and choose the year")),
            GuideStep(N_("Choose %(button)s"), N_("Add an entry")),
            GuideStep(
                N_("Say what, when and who, and choose %(button)s"),
                N_("Save the entry"),
                N_("Events that are planned under it are named beside it."),
            ),
            GuideStep(
                N_("When the region has decided, choose %(button)s"),
                N_("Approve the plan"),
                N_("From then on it changes by an amendment, with its Decision."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("The next cycle of the course has to be in it"),
                N_("The forecast of a country puts it there with one press."),
            ),
        ),
        endpoint="cycles.annual_plans",
        policy=events_policy.may_plan,
        subject=PLANS,
        pages=("cycles.annual_plans", "cycles.annual_plan", "cycles.new_entry"),
    ),
    Guide(
        slug="second-step",
        title=N_("Protect an account by a second step"),
        who=N_("Everybody with an account; some roles need it."),
        words=N_(
            "second factor, two steps, passkey, code, fingerprint, authenticator, password, 2FA"
        ),
        steps=(
            GuideStep(
                N_("Open “Security of my account” and choose %(button)s"),
                N_("Add a passkey"),
                N_("With the fingerprint, face or PIN of this telephone or computer."),
            ),
            GuideStep(
                N_("Without such a device, choose %(button)s"),
                N_("Set up an application"),
                N_("It shows a code of six digits, and needs no connection."),
            ),
            GuideStep(
                N_("Keep the ten recovery codes apart from your telephone, and choose %(button)s"),
                N_("I have kept them"),
                N_("They are shown only once. Each opens the account once."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I have no time for it today"),
                N_(
                    "The home page says until when there is time. After that day the account reaches "
                    "nothing else before it is set up."
                ),
            ),
            GuideTrouble(
                N_("The page offers no passkey"),
                N_("An old browser knows none. Set up an application instead."),
            ),
        ),
        endpoint="identity.security",
        policy=signed_in,
        subject=ACCOUNT,
        pages=(
            "identity.security",
            "factors.own_app",
            "factors.own_passkey",
            "factors.obliged",
        ),
    ),
    Guide(
        slug="lost-device",
        title=N_("Sign in after a telephone or key was lost"),
        who=N_("Whoever lost it and, without recovery codes, two organizers."),
        words=N_("lost, stolen, new telephone, locked out, recovery code, cannot sign in, device"),
        steps=(
            GuideStep(
                N_("At the second step, write one of your recovery codes and choose %(button)s"),
                N_("Sign in"),
            ),
            GuideStep(
                N_(
                    "In “Security of my account”, choose %(button)s beside what was lost, and set up another"
                ),
                N_("Remove"),
            ),
            GuideStep(
                N_(
                    "Without codes, telephone the secretariat: an organizer opens your account and chooses %(button)s"
                ),
                N_("Ask another organizer"),
                N_("They call back at a number known before: a letter is not enough."),
            ),
            GuideStep(
                N_("The other organizer chooses %(button)s"),
                N_("I agree: it is this person"),
                N_("Passkeys, codes, sessions and password end, and a letter with a link leaves."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("There is only one organizer"),
                N_("Whoever runs the machine does it: `./run flask factors lost` and the address."),
            ),
        ),
        endpoint="identity.security",
        policy=signed_in,
        subject=ACCOUNT,
        pages=("factors.second_step", "factors.lost"),
    ),
    Guide(
        slug="my-sessions",
        title=N_("See where I am signed in, and sign out there"),
        who=N_("Everybody with an account."),
        words=N_(
            "session, sign out, stolen, laptop, device, shared computer, somebody else, intruder"
        ),
        steps=(
            GuideStep(
                N_("Open “Security of my account” and look at “Open sessions”"),
                more=N_("Each says the device, the network and its last use."),
            ),
            GuideStep(
                N_("Beside one that you do not recognise, choose %(button)s"),
                N_("Close"),
                N_("It ends at once. Below, all the others end together."),
            ),
            GuideStep(
                N_("Then choose %(button)s"),
                N_("Change the password"),
                N_("That ends every other session as well."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("A letter says that somebody signed in, and it was not me"),
                N_("Do the above, and tell the secretariat."),
            ),
        ),
        endpoint="identity.security",
        policy=signed_in,
        subject=ACCOUNT,
    ),
    Guide(
        slug="take-data",
        title=N_("Take my data along"),
        who=N_("Whoever the account belongs to."),
        words=N_("export, copy, download, my data, JSON, privacy, what is kept"),
        steps=(
            GuideStep(
                N_("Open “My data” and choose %(button)s"),
                N_("Download my data (JSON)"),
                N_("Everything that is kept about you, in one file that any program reads."),
            ),
            GuideStep(
                N_("If something is wrong in it, choose %(button)s"),
                N_("Ask for a correction"),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I have no account"),
                N_("Write to the secretariat: it makes the copy once it knows who is asking."),
            ),
        ),
        endpoint="privacy.my_data",
        policy=privacy_policy.may_see_own,
        subject=ACCOUNT,
    ),
    Guide(
        slug="counts-only",
        title=N_("Give counts instead of names"),
        who=N_("The focal point of the country, or the secretariat on their written word."),
        words=N_("no names, anonymous, counts, numbers only, declare, privacy law, aggregate"),
        steps=(
            GuideStep(
                N_("At the foot of “My country”, choose %(button)s"),
                N_("Give no names"),
                N_("The page says what would be erased, and what stays."),
            ),
            GuideStep(
                N_("Type the name of the country and choose %(button)s"),
                N_("Give no names from now on"),
                N_("Names go from the whole server; certificates stay valid."),
            ),
            GuideStep(
                N_("Every quarter, open “My country” and choose %(button)s"),
                N_("Declare counts"),
            ),
            GuideStep(
                N_("Have your own list counted, look at the table, and choose %(button)s"),
                N_("Declare these counts"),
                N_("The list stays on your computer: only the numbers are sent."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("We want to give names again"),
                N_("The same page takes them up again; the list then begins empty."),
            ),
        ),
        endpoint="turnover.my_country",
        policy=turnover_policy.may_have_country,
        subject=STAFF,
        pages=("privacy.names_of_country", "declared.counts"),
    ),
    Guide(
        slug="merge-records",
        title=N_("Merge two records of one person"),
        who=N_("The secretariat for all, the focal point for the country."),
        words=N_("duplicate, twice, same person, merge, two accounts, double"),
        steps=(
            GuideStep(
                N_("Open “Merge two records” and choose %(button)s beside the pair"),
                N_("Compare"),
                N_("Both stand side by side, with what each holds."),
            ),
            GuideStep(
                N_("Say which record stays, and choose %(button)s"),
                N_("Merge the records"),
                N_("Certificates, attendance and answers move to the one that stays."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("They were two people after all"),
                N_("Open the merge again and take it back."),
            ),
        ),
        endpoint="merging.merges",
        policy=merging_policy.may_open_merges,
        subject=STAFF,
        pages=("merging.merges", "merging.compare", "merging.merged"),
    ),
    Guide(
        slug="earlier-years",
        title=N_("Bring in sheets of earlier years"),
        who=N_("The secretariat; the focal point those about people of the country."),
        words=N_("Excel, spreadsheet, import, history, past events, old lists, attendance, CSV"),
        steps=(
            GuideStep(
                N_("Open “Bring in earlier years”, choose the sheet and then %(button)s"),
                N_("See what would enter"),
                N_("Nothing is on record yet. Begin with the events: the other sheets need them."),
            ),
            GuideStep(
                N_("Say what each doubtful column is, and answer what is asked"),
                more=N_("An answer counts for every row with the same question."),
            ),
            GuideStep(
                N_("Where a cell is wrong, open its row and choose %(button)s"),
                N_("Correct it"),
                N_("The import keeps what the sheet says, and who corrected it."),
            ),
            GuideStep(
                N_("Choose “Save”, with how many rows are ready"),
                more=N_(
                    "Rows with an open question stay out. The same sheet again changes nothing."
                ),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I do not know how my sheet should look"),
                N_("Nearly any will do. “Guide and example sheets” has one of each kind."),
            ),
        ),
        endpoint="history.imports",
        policy=history_policy.may_bring_history,
        subject=PLATFORM,
        pages=("history.imports", "history.imported", "history.guide"),
    ),
    Guide(
        slug="undo-import",
        title=N_("Take an import back"),
        who=N_("Whoever may bring in such a sheet, within 90 days."),
        words=N_("undo import, wrong sheet, revert, history, mistake, remove rows"),
        steps=(
            GuideStep(
                N_("Open “Bring in earlier years” and choose %(button)s beside the sheet"),
                N_("Undo…"),
                N_("The page says how much would stay, because it was changed or used since."),
            ),
            GuideStep(
                N_("Choose “Undo”, with how many rows"),
                more=N_("All that the sheet added goes. The import stays in the list, as undone."),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("Only a few rows are wrong"),
                N_("Correct those records themselves. Taking back is for the sheet as a whole."),
            ),
        ),
        endpoint="history.imports",
        policy=history_policy.may_bring_history,
        subject=PLATFORM,
    ),
    Guide(
        slug="platform-state",
        title=N_("See whether the platform is well"),
        who=N_("The secretariat, and its technician."),
        words=N_(
            "status, error, slow, does not work, disk, mail, version, update, technician, health"
        ),
        steps=(
            GuideStep(
                N_("Open “State of the platform” and begin with “Needs you”"),
                more=N_("Each line says what was found, and what can be done from there."),
            ),
            GuideStep(
                N_(
                    "For what is not yours to mend, choose %(button)s and send it to the technician"
                ),
                N_("Copy the report"),
                N_("It holds no name, no address and no secret."),
            ),
            GuideStep(
                N_("When it is mended, choose %(button)s"),
                N_("Look again"),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("I do not look at it every day"),
                N_("You need not: when something falls, every organizer gets a letter."),
            ),
        ),
        endpoint="status.status",
        policy=may_see_status,
        subject=PLATFORM,
        pages=("status.status", "status.version"),
    ),
    Guide(
        slug="backup",
        title=N_("Make a backup, try it out, and put it back"),
        who=N_("The secretariat makes and tries one; whoever runs the machine puts it back."),
        words=N_("backup, restore, copy, lost data, drill, disaster, recover, new machine"),
        steps=(
            GuideStep(
                N_("Open “State of the platform” and, under “Last backup”, choose %(button)s"),
                N_("Make one now"),
                N_("Where a place is set, one is made every night by itself."),
            ),
            GuideStep(
                N_("Choose %(button)s"),
                N_("Rehearse restoring"),
                N_(
                    "It is restored beside what is in use, and a sign-in and a certificate are tried "
                    "there. Every Sunday that happens by itself."
                ),
            ),
            GuideStep(
                N_("After a loss, whoever runs the machine stops Convoca and restores"),
                more=N_(
                    "`./run flask backup list` names what there is, `./run flask backup restore` puts "
                    "the newest back; `docs/deploy.md` says each step."
                ),
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("It says “Off”"),
                N_(
                    "Ask the technician to set BACKUP_FOLDER or BACKUP_URL: a folder on another disk, "
                    "or storage elsewhere."
                ),
            ),
            GuideTrouble(
                N_("The backup is encrypted, and its key is lost"),
                N_("Then nobody opens it. Keep the key apart from the machine, in two places."),
            ),
        ),
        endpoint="status.status",
        policy=may_see_status,
        subject=PLATFORM,
    ),
)
BY_SLUG = {one.slug: one for one in GUIDES}
BY_PAGE = {page: one.slug for one in GUIDES for page in one.pages}
"""Which guide a page leads to, by its endpoint."""
