"""Values of the directory: offices and who holds them, answers about the roster, newcomers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.text import LocalizedText


class EndReason(StrEnum):
    """Why somebody no longer serves in a post. Moved: to another post or unit, a loss for this one
    all the same.
    """

    LEFT = "left"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RosterAnswer:
    """What a focal point says about one row of the roster: `reason` None is "still here".

    `on` is the first day on which the person no longer served; it means nothing for "still here".
    `new_post`: the post, in the same institution, to which the person moved that day; "" elsewhere.
    `is_unsure` is "I do not know", which ends nothing: the person is to be confirmed. `saw_doubt`:
    whoever answers was shown that somebody did not know; without it "still here" leaves that as it
    is.
    """

    appointment_id: int
    reason: EndReason | None
    on: date
    is_unsure: bool = False
    saw_doubt: bool = False
    new_post: str = ""


@dataclass(frozen=True)
class RosterChoice:
    """What was chosen for one row and waits to be confirmed: the answer as the form names it, with
    day and post as typed. `saved_at` is None for what is not kept yet.
    """

    said: str
    on_text: str = ""
    post_text: str = ""
    saved_at: datetime | None = None


SOMEBODY_ELSE = 0


@dataclass(frozen=True)
class Newcomer:
    """Somebody who takes up a post: the name as on the ID, unsplit.

    `same_as` answers whether a person of that name who is known in the country is meant: their id,
    SOMEBODY_ELSE, or None where nobody was asked.
    """

    full_name: str
    email: str
    institution_id: int
    post_title: str
    valid_from: date
    same_as: int | None = None


class CorrectionDecision(StrEnum):
    """What became of the wish to have a record put right."""

    CORRECTED = "corrected"
    DECLINED = "declined"


@dataclass(frozen=True)
class CorrectionWish:
    """How somebody says that their own record should be; "" where it is right as it stands.
    `reissue`: certificates that print it otherwise are to be issued anew.
    """

    full_name: str = ""
    email: str = ""
    post: str = ""
    note: str = ""
    reissue: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.full_name or self.email or self.post or self.note or self.reissue)


@dataclass(frozen=True)
class PersonDraft:
    """A record as it should be. `appointment_id` None: the post stays as it is."""

    full_name: str
    email: str
    appointment_id: int | None = None
    institution_id: int = 0
    post_title: str = ""


@dataclass(frozen=True, order=True)
class Office:
    """What somebody is designated for: a country's delegate to a working group (by slug), or its
    focal point ("").
    """

    country_code: str
    group: str = ""

    @property
    def is_focal_point(self) -> bool:
        return not self.group


@dataclass(frozen=True)
class OfficeHolding:
    """Somebody holds an office from–until; `valid_until` is the first day without it, None while it
    is open.
    """

    id: int
    office: Office
    person_id: int
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Mechanism:
    """An institution of a country; `mailbox` is its own address, "" where there is none."""

    id: int
    name: LocalizedText
    kind: str
    mailbox: str


class Part(StrEnum):
    """In what quality somebody speaks for a country."""

    FOCAL_POINT = "focal-point"
    DELEGATE = "member"
    CONVENOR = "convenor"


@dataclass(frozen=True)
class Representative:
    """Somebody who speaks for a country today. `email` is "" where the reader may not see it,
    `institution` None without a post at present. `is_withheld`: the name stays inside the country.
    """

    person_id: int
    full_name: str
    email: str
    part: Part
    group: str = ""
    group_name: LocalizedText | None = None
    institution_id: int | None = None
    institution: LocalizedText | None = None
    post: LocalizedText | None = None
    is_withheld: bool = False


class SharedFigures(StrEnum):
    """What anybody outside a country reads of how many of its staff are trained."""

    NOTHING = "nothing"
    TRAINED = "trained"
    ALL = "all"


@dataclass(frozen=True)
class CountryEntry:
    """A country in who is who, as the reader may see it. `hidden` counts those who speak for it
    and whose names it does not share.
    """

    code: str
    name: LocalizedText
    shares_delegates: bool
    shares_emails: bool
    shares_figures: SharedFigures = SharedFigures.ALL
    mechanisms: tuple[Mechanism, ...] = ()
    speakers: tuple[Representative, ...] = ()
    hidden: int = 0

    @property
    def focal_points(self) -> tuple[Representative, ...]:
        return tuple(one for one in self.speakers if one.part is Part.FOCAL_POINT)

    @property
    def delegates(self) -> tuple[Representative, ...]:
        return tuple(one for one in self.speakers if one.part is not Part.FOCAL_POINT)


@dataclass(frozen=True)
class ListedAddress:
    """A line of a list of addressees: who has the post today, or a mechanism's own mailbox (then
    `full_name` is ""). `address` is "" where there is none or the reader may not see it.
    """

    country: LocalizedText
    full_name: str
    institution: LocalizedText | None
    address: str


class Withheld(StrEnum):
    """Why a name stays inside the country: the person's unit is sensitive, or the focal point said
    so of the person.
    """

    UNIT = "unit"
    PERSON = "person"


@dataclass(frozen=True)
class Sharing:
    """What a focal point says of the own country; `mailboxes` by the institution's id."""

    shares_delegates: bool
    shares_emails: bool
    shares_figures: SharedFigures
    mailboxes: Mapping[int, str]


class Mandate(StrEnum):
    """What an institution deals with (requirement R36 of the first user)."""

    MIGRATION = "migration"
    GENDER = "gender"
    BOTH = "both"


INSTITUTION_KINDS = (
    "foreign-affairs",
    "migration",
    "womens-mechanism",
    "labour",
    "interior",
    "justice",
    "children",
    "social-development",
    "health",
    "human-rights",
    "secretariat",
    "civil-society",
    "other",
)
