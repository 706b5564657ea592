"""Words of inviting as values: the five classes, what an organizer proposes and what a
guest types.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.text import Language
from app.participation.registrations.values import Way


class InvitationClass(StrEnum):
    """As the congress invites (R23)."""

    MEMBER_COUNTRY = "member-country"
    WOMENS_ORGANISATION = "womens-organisation"
    KEY_INSTITUTION = "key-institution"
    OBSERVER = "observer"
    SPECIAL_GUEST = "special-guest"


@dataclass(frozen=True)
class InvitationDraft:
    """What an organizer proposes, already parsed. Of the targets only the one of its way counts.

    `places`: how many may come by an open link, or how many a country is asked for; None for no
    limit of its own. `keeps_open`: it is a letter besides; otherwise an event for all becomes one
    for those invited. `closes_at`: when an open link closes. `respond_by`: the day until which a
    country is asked to nominate.
    """

    invitation_class: InvitationClass
    way: Way
    person_id: int | None = None
    institution_id: int | None = None
    group: str = ""
    country_code: str = ""
    name: str = ""
    organisation: str = ""
    email: str = ""
    language: Language = "es"
    places: int | None = None
    closes_at: datetime | None = None
    respond_by: date | None = None
    note: str = ""
    keeps_open: bool = False


@dataclass(frozen=True)
class GuestLine:
    """One line of a pasted list that can be read; `number` counts from 1."""

    number: int
    name: str
    organisation: str
    email: str
    language: Language


@dataclass(frozen=True)
class GuestDraft:
    """What a guest types. `form_key` is the secret of the very form: the same one again
    is a second click.
    """

    name: str
    organisation: str
    email: str
    country_code: str
    language: Language
    form_key: str
