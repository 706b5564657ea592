"""What somebody does in the first week of a role, in order; on paper too (`/how-to/….pdf`).

Tasks like the others of `guides`, but of pages that the whole role is about: each step names the
page it is about and the task that tells it in steps.
"""

from app.kernel.text import N_
from app.office.home.values import Guide, GuideStep, GuideTrouble
from app.web.guards import anyone

FIRST_WEEK = N_("First week")
NEEDS_SECOND_STEP = GuideStep(
    N_("Protect your account: in “Security of my account”, choose %(button)s"),
    N_("Add a passkey"),
    N_("Your role needs a second step. The home page says until when there is time."),
    page=N_("Security of my account"),
    endpoint="identity.security",
    task="second-step",
)
READ_HANDOVER = GuideStep(
    N_("Read what your predecessor left"),
    more=N_("What is open, who is who, and what whoever comes next should know."),
    page=N_("Handover"),
    endpoint="handover.handovers",
)
TAKE_COURSE = GuideStep(
    N_("Begin the course: open it and choose %(button)s"),
    N_("Start the course"),
    N_("In pieces of ten minutes. It goes on where you stopped, on any device."),
    page=N_("My training"),
    endpoint="learning.catalogue",
    task="take-course",
)
PLATFORM_STATE = N_("State of the platform")
FIRST_WEEKS = (
    Guide(
        slug="first-week-secretariat",
        title=N_("First week in the secretariat"),
        who=N_("For whoever has just become an organizer."),
        words=N_(
            "first week, new here, begin, organizer, secretariat, induction, where do I start"
        ),
        steps=(
            NEEDS_SECOND_STEP,
            READ_HANDOVER,
            GuideStep(
                N_("Have a second person in the secretariat: choose %(button)s"),
                N_("Invite a colleague"),
                N_("Some acts need two, such as revoking a certificate or a lost telephone."),
                page=N_("People and access"),
                endpoint="access.accounts",
            ),
            GuideStep(
                N_("See whether the platform is well; if not, choose %(button)s"),
                N_("Copy the report"),
                N_("It is for the technician. Ask when a backup was last tried out."),
                page=PLATFORM_STATE,
                endpoint="status.status",
                task="platform-state",
            ),
            GuideStep(
                N_(
                    "See which letters did not arrive, and choose %(button)s where one can be mended"
                ),
                N_("Correct the address"),
                page=N_("Messages"),
                endpoint="outbox.messages",
            ),
            GuideStep(
                N_("See which countries have no focal point"),
                more=N_("Nobody there gets an invitation before one is named."),
                page=N_("Delegates and focal points"),
                endpoint="directory.delegations",
            ),
            GuideStep(
                N_("Plan the next webinar: write day and hour, and choose %(button)s"),
                N_("Check this time"),
                N_("You see at once what it would clash with. A draft is seen by planners alone."),
                page=N_("Plan an event"),
                endpoint="events.plan",
                task="plan-webinar",
            ),
            GuideStep(
                N_("See who signs certificates, and until when; after that day, choose %(button)s"),
                N_("Enter who signs"),
                page=N_("What certificates say"),
                endpoint="certificates.papers",
                task="words-of-certificates",
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("Whom do I ask?"),
                N_(
                    "Your colleagues of the secretariat, and whoever held the post before: the "
                    "handover names them. About the machine, its technician."
                ),
            ),
            GuideTrouble(
                N_("I am afraid of doing something wrong"),
                N_(
                    "Before letters leave you see them, and how many. What cannot be undone asks "
                    "first; the journal says who did what."
                ),
            ),
        ),
        policy=anyone,
        subject=FIRST_WEEK,
    ),
    Guide(
        slug="first-week-focal-point",
        title=N_("First week as a focal point"),
        who=N_("For whoever has just begun to answer for a country."),
        words=N_(
            "first week, new here, begin, focal point, induction, my country, where do I start"
        ),
        steps=(
            NEEDS_SECOND_STEP,
            READ_HANDOVER,
            GuideStep(
                N_("Say who still serves: open “My country” and choose %(button)s"),
                N_("Update the list"),
                N_("“Still serves” is proposed for everybody; you change the exceptions."),
                page=N_("My country"),
                endpoint="turnover.my_country",
                task="confirm-list",
            ),
            GuideStep(
                N_("Add whoever is missing: choose %(button)s"),
                N_("Add a newcomer"),
                N_("Many at once can be pasted from a sheet."),
                page=N_("My country"),
                endpoint="turnover.my_country",
                task="add-staff",
            ),
            GuideStep(
                N_(
                    "Bring those without a certificate into the course: tick them and choose %(button)s"
                ),
                N_("Enrol those ticked"),
                N_("Under “What to do” of your country; each gets a letter with the way in."),
                page=N_("My country"),
                endpoint="turnover.my_country",
                task="train-staff",
            ),
            GuideStep(
                N_("For an event that asks for names, find the people and choose %(button)s"),
                N_("Nominate"),
                N_("The home page says which events wait for you, and until when."),
                page=N_("Home"),
                endpoint="home.home",
            ),
            GuideStep(
                N_("See whether a holiday of your country is missing; if so, choose %(button)s"),
                N_("Add to the list"),
                page=N_("Holidays"),
                endpoint="holidays.holidays",
                task="holiday",
            ),
            TAKE_COURSE,
        ),
        troubles=(
            GuideTrouble(
                N_("Whom do I ask?"),
                N_("The secretariat, and whoever held the post before: the handover names them."),
            ),
            GuideTrouble(
                N_("My country gives no names"),
                N_("Then you declare counts once a quarter, and nobody is named."),
            ),
        ),
        policy=anyone,
        subject=FIRST_WEEK,
    ),
    Guide(
        slug="first-week-official",
        title=N_("First week as an official"),
        who=N_("For whoever has just got an account to learn and take part."),
        words=N_("first week, new here, begin, official, learner, induction, where do I start"),
        steps=(
            GuideStep(
                N_("See what is on record about you; if something is wrong, choose %(button)s"),
                N_("Ask for a correction"),
                N_("Your name will stand on certificates as it stands there."),
                page=N_("My data"),
                endpoint="privacy.my_data",
            ),
            GuideStep(
                N_("Say your language and time zone, and choose %(button)s"),
                N_("Save settings"),
                N_("Every hour is then shown as it is where you are."),
                page=N_("My account"),
                endpoint="identity.account",
            ),
            TAKE_COURSE,
            GuideStep(
                N_("Choose a webinar in the programme, and there %(button)s"),
                N_("Register"),
                N_("The link comes by letter, and stands on the event's page."),
                page=N_("Programme"),
                endpoint="programme.programme",
            ),
            GuideStep(
                N_("Have the webinars in your own calendar: choose %(button)s"),
                N_("Create my address"),
                page=N_("Subscribe to the calendar"),
                endpoint="programme.subscribe",
            ),
            GuideStep(
                N_("Say which letters you want, and choose %(button)s"),
                N_("Save my choices"),
                page=N_("Letters I want to receive"),
                endpoint="notifications.wishes",
            ),
            GuideStep(
                N_("If you like, protect your account: choose %(button)s"),
                N_("Add a passkey"),
                N_("Then a stolen password opens nothing."),
                page=N_("Security of my account"),
                endpoint="identity.security",
                task="second-step",
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("Whom do I ask?"),
                N_(
                    "The focal point of your country, named under “Who is who”; or the secretariat."
                ),
            ),
            GuideTrouble(
                N_("I change my post or my institution"),
                N_("Tell the focal point. Your account and your certificates go with you."),
            ),
        ),
        policy=anyone,
        subject=FIRST_WEEK,
    ),
    Guide(
        slug="first-week-technician",
        title=N_("First week as the technician"),
        who=N_(
            "For whoever runs the machine. The pages are open to organizers: sit with one of them."
        ),
        words=N_(
            "first week, new here, technician, server, administrator, install, operate, systems"
        ),
        steps=(
            GuideStep(
                N_("Read “State of the platform” with an organizer, and choose %(button)s"),
                N_("Copy the report"),
                N_("`/readyz` says the same to a program that watches, `/metrics` the figures."),
                page=PLATFORM_STATE,
                endpoint="status.status",
                task="platform-state",
            ),
            GuideStep(
                N_("Give backups a place on another disk or elsewhere, then choose %(button)s"),
                N_("Make one now"),
                N_("BACKUP_FOLDER or BACKUP_URL. From then on one is made every night."),
                page=PLATFORM_STATE,
                endpoint="status.status",
                task="backup",
            ),
            GuideStep(
                N_("See one restored: choose %(button)s"),
                N_("Rehearse restoring"),
                N_("On the command line: `./run flask backup drill`."),
                page=PLATFORM_STATE,
                endpoint="status.status",
                task="backup",
            ),
            GuideStep(
                N_("Keep keys and settings apart from the machine, in two places"),
                more=N_(
                    "The file of settings, the keys of seal and journal, and what opens the backups: "
                    "`docs/deploy.md` names them."
                ),
            ),
            GuideStep(
                N_("See that the address begins with https: choose %(button)s"),
                N_("Check the certificate"),
                page=PLATFORM_STATE,
                endpoint="status.status",
            ),
            GuideStep(
                N_("See that letters leave: the page of the mail sends you one on trial"),
                page=N_("Mail"),
                endpoint="setup.mail",
            ),
            GuideStep(
                N_("Read what the version brought, and how to update: %(button)s"),
                N_("What changed"),
                N_("`./run update` rehearses on a backup, and goes back when anything fails."),
                page=PLATFORM_STATE,
                endpoint="status.status",
            ),
        ),
        troubles=(
            GuideTrouble(
                N_("The machine is lost"),
                N_(
                    "Unpack the same version on another one, point it to the backups, and run "
                    "`./run flask backup restore`."
                ),
            ),
            GuideTrouble(
                N_("The only organizer cannot sign in"),
                N_("`./run flask factors lost` with the address replaces the second step."),
            ),
            GuideTrouble(
                N_("Whom do I ask?"),
                N_(
                    "The secretariat about people and rights. For a fault of the program, keep the "
                    "report and the log."
                ),
            ),
        ),
        policy=anyone,
        subject=FIRST_WEEK,
    ),
)
