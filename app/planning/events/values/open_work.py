"""What is still open for an event, and the rows it follows from, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Stage(StrEnum):
    PREPARE = "prepare"
    INVITE = "invite"
    HOLD = "hold"
    CLOSE = "close"


class OpenKind(StrEnum):
    """One kind of open thing. Answers: of speakers from outside. Nobody asked: no invitation was
    made. Letters waiting, back: of inviting, not handed over yet, or returned. Requests: of people
    who asked for a place.
    """

    DATE = "date"
    PEOPLE = "people"
    LINK = "link"
    ANSWERS = "answers"
    DESCRIPTION = "description"
    TRANSLATION = "translation"
    NOBODY_ASKED = "nobody-asked"
    NOT_REACHED = "not-reached"
    LETTERS_WAITING = "letters-waiting"
    LETTERS_BACK = "letters-back"
    REQUESTS = "requests"
    NOBODY_REGISTERED = "nobody-registered"
    REPORT_NOT_APPLIED = "report-not-applied"
    ATTENDANCE = "attendance"
    UNDECIDED_NAMES = "undecided-names"
    WITHOUT_MINUTES = "without-minutes"
    CLOSING = "closing"


@dataclass(frozen=True)
class OpenPoint:
    """`count`: how many countries, letters, names, people or requests. `countries`: their codes.
    `import_id` and `filename`: the participant report it is about.
    """

    kind: OpenKind
    count: int = 1
    countries: tuple[str, ...] = ()
    import_id: UUID | None = None
    filename: str = ""

    @property
    def mark(self) -> str:
        return f"{self.kind}.{self.import_id or ''}.{self.count}"


@dataclass(frozen=True)
class UnfinishedReport:
    """`undecided`: names of which nobody has said whose they are. `is_applied`: its minutes are
    written down.
    """

    id: UUID
    filename: str
    undecided: int
    is_applied: bool


@dataclass(frozen=True)
class TakingPart:
    """How many are registered and how many wait for a decision; whether anybody's attendance is
    written down, and how many of those registered have none. `reports`: those nobody has finished.
    """

    registered: int = 0
    pending: int = 0
    is_recorded: bool = False
    without_minutes: int = 0
    reports: tuple[UnfinishedReport, ...] = ()


class LetterArrival(StrEnum):
    """What became of a letter, as far as we know: taken by a mail server and not come back, still
    to leave, come back, or given up.
    """

    HANDED_OVER = "handed-over"
    WAITING = "waiting"
    RETURNED = "returned"
    NOT_SENT = "not-sent"


class Unreached(StrEnum):
    """Why the letter to a country has reached nobody, the first that holds. Not written: whoever
    answers for the country today came after it had left.
    """

    VACANT = "vacant"
    RETURNED = "returned"
    NO_ADDRESS = "no-address"
    WAITING = "waiting"
    NOT_SENT = "not-sent"
    NOT_WRITTEN = "not-written"


@dataclass(frozen=True)
class CountryAsked:
    """A country whose invitation went out. `why` None: somebody of it got the letter. `since`: the
    first day without a focal point, None where there never was one; `returned`: letters that came
    back.
    """

    code: str
    invitation_id: int
    why: Unreached | None = None
    since: date | None = None
    returned: int = 0


@dataclass(frozen=True)
class Inviting:
    """`standing`: invitations that are not withdrawn; `reached`: letters of inviting that were
    handed over and have not come back; `waiting` and `returned`: letters that do not go to
    countries, not handed over yet or come back.
    """

    standing: int = 0
    reached: int = 0
    waiting: int = 0
    returned: int = 0
    countries: tuple[CountryAsked, ...] = ()

    @property
    def unreached(self) -> Sequence[CountryAsked]:
        return [one for one in self.countries if one.why is not None]


@dataclass(frozen=True)
class EventWork:
    """The rows by which an event is judged. `outside`: how its speakers from outside stand (asked,
    confirmed, declined); `is_agenda_led`: its agenda has sessions, and somebody speaks or
    moderates in each but the breaks, so that nobody need be named for the whole.
    """

    part: TakingPart = TakingPart()
    inviting: Inviting = Inviting()
    outside: tuple[str, ...] = ()
    is_agenda_led: bool = False
