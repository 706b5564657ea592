"""Values of setting up: the steps in their order, and the state of each."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.refusal import Sentence


class SetupStep(StrEnum):
    """The steps in the order in which the rail shows them."""

    BODY = "body"
    GROUPS = "groups"
    RULES = "rules"
    INSTITUTIONS = "institutions"
    ADDRESS = "address"
    MAIL = "mail"
    COLLEAGUES = "colleagues"
    PEOPLE = "people"
    PRESIDENCY = "presidency"
    WEBINAR = "webinar"

    @property
    def number(self) -> int:
        return list(SetupStep).index(self) + 1


class MarkState(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"


FEWEST_ORGANIZERS = 2
"""With one, an office that loses one mailbox is locked out."""
CHECKLIST = "checklist"
"""What is marked when somebody puts the checklist of the home page away."""

MINUTES = {
    SetupStep.BODY: 1,
    SetupStep.GROUPS: 1,
    SetupStep.RULES: 2,
    SetupStep.INSTITUTIONS: 5,
    SetupStep.ADDRESS: 1,
    SetupStep.MAIL: 2,
    SetupStep.COLLEAGUES: 1,
    SetupStep.PEOPLE: 4,
    SetupStep.PRESIDENCY: 1,
    SetupStep.WEBINAR: 2,
}
"""About how long each step takes somebody who has the lists at hand."""


@dataclass(frozen=True)
class Progress:
    """State of an office that is being set up. `marks`: the state of each step; the numbers count
    rows. `covered`: countries with a focal point; `organizers`: people who can run the platform;
    `is_presided`: a country presides, and somebody acts for it. `address`: the public one, "" while
    there is none that leads other computers here; `mail_host`: the server through which letters
    leave, "" while there is none; `writes_files`: letters become files instead, as in the demo.
    """

    marks: dict[SetupStep, MarkState]
    countries: int
    groups: int
    organs: int
    rules_on: int
    rules: int
    institutions: int
    doubtful: int
    covered: int
    organizers: int
    is_presided: bool
    is_published: bool
    address: str
    mail_host: str
    writes_files: bool

    def is_done(self, step: SetupStep) -> bool:
        """Returns whether a step has done what it is for: where there are rows to show it, a press
        alone is not enough. While a pasted line waits, or a country has no focal point, something
        is left.
        """
        shown = {
            SetupStep.COLLEAGUES: self.organizers >= FEWEST_ORGANIZERS,
            SetupStep.PRESIDENCY: self.is_presided,
            SetupStep.WEBINAR: self.is_published,
            SetupStep.ADDRESS: bool(self.address),
        }
        if step in shown:
            return shown[step]
        rows = {
            SetupStep.INSTITUTIONS: self.institutions and not self.doubtful,
            SetupStep.PEOPLE: self.countries and self.covered >= self.countries,
            SetupStep.MAIL: self.mail_host,
        }
        return self.marks.get(step) is MarkState.DONE and bool(rows.get(step, True))

    @property
    def steps(self) -> tuple[SetupStep, ...]:
        return tuple(SetupStep)

    @property
    def open_steps(self) -> tuple[SetupStep, ...]:
        """Returns the steps that nobody has finished, skipped ones too."""
        return tuple(step for step in SetupStep if not self.is_done(step))

    @property
    def next_step(self) -> SetupStep | None:
        """Returns the first step that was neither finished nor skipped, else the first that was
        skipped.
        """
        waiting = self.open_steps
        fresh = [step for step in waiting if step not in self.marks]
        return next(iter([*fresh, *waiting]), None)

    @property
    def minutes_left(self) -> int:
        return sum(MINUTES[step] for step in self.open_steps)


class AddressFinding(StrEnum):
    """What was found at a public address. Opens: this very installation answers there, or the
    browser is reading it there.
    """

    OPENS = "opens"
    ONLY_HERE = "only-here"
    NOT_SECURE = "not-secure"
    SOMETHING_ELSE = "something-else"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True)
class AddressAnswer:
    """What was found at an address, and why nothing was, in a sentence."""

    finding: AddressFinding
    why: Sentence | None = None


class MailAnswer(StrEnum):
    """Result of a test letter."""

    SENT = "sent"
    NAME_UNKNOWN = "name-unknown"
    REFUSED = "refused"
    SILENT = "silent"
    NOT_SECURE = "not-secure"
    WHO_ARE_YOU = "who-are-you"
    SENDER = "sender"
    RECIPIENT = "recipient"
    LATER = "later"
    BROKEN = "broken"


@dataclass(frozen=True)
class TrialLetter:
    """Answer of the mail server, and its text ("" when it said nothing)."""

    answer: MailAnswer
    words: str = ""

    @property
    def is_sent(self) -> bool:
        return self.answer is MailAnswer.SENT


@dataclass(frozen=True)
class InviteeDraft:
    """Somebody to be invited, as the organizer typed them; `key` names the row: a country's code
    for a focal point, a number for a colleague.
    """

    key: str
    full_name: str
    email: str


@dataclass(frozen=True)
class PresidencyDraft:
    """The country that presides from today until `valid_until`, the first day without, and who
    acts for it; None where nobody is named yet.
    """

    country_code: str
    valid_until: date
    holder: InviteeDraft | None
