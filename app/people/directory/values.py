"""The first user's reference values: the eleven Member Countries, the four working groups and the
organs of governance.

Countries as listed by the practice page of the UN Network on Migration; groups since the 2019
relaunch of the RCM. A country's zone is the one its capital keeps.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.text import Language, LocalizedText


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
    `is_unsure` is "I do not know", which ends nothing: the person is to be confirmed.
    """

    appointment_id: int
    reason: EndReason | None
    on: date
    is_unsure: bool = False


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
class Holding:
    """Somebody holds an office from–until; `valid_until` is the first day without it, None while it
    is open.
    """

    id: int
    office: Office
    person_id: int
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class MemberCountry:
    code: str
    name: LocalizedText
    timezone: str
    language: Language = "es"


@dataclass(frozen=True)
class StandingGroup:
    """`kind` is "working-group" or "governance"; `code` the two letters that stand beside its
    colour.
    """

    slug: str
    code: str
    kind: str
    name: LocalizedText


MEMBER_COUNTRIES = (
    MemberCountry("BZ", LocalizedText("Belice", "Belize"), "America/Belize", "en"),
    MemberCountry("CA", LocalizedText("Canadá", "Canada"), "America/Toronto", "en"),
    MemberCountry("CR", LocalizedText("Costa Rica", "Costa Rica"), "America/Costa_Rica"),
    MemberCountry(
        "DO", LocalizedText("República Dominicana", "Dominican Republic"), "America/Santo_Domingo"
    ),
    MemberCountry("SV", LocalizedText("El Salvador", "El Salvador"), "America/El_Salvador"),
    MemberCountry("GT", LocalizedText("Guatemala", "Guatemala"), "America/Guatemala"),
    MemberCountry("HN", LocalizedText("Honduras", "Honduras"), "America/Tegucigalpa"),
    MemberCountry("MX", LocalizedText("México", "Mexico"), "America/Mexico_City"),
    MemberCountry("NI", LocalizedText("Nicaragua", "Nicaragua"), "America/Managua"),
    MemberCountry("PA", LocalizedText("Panamá", "Panama"), "America/Panama"),
    MemberCountry("US", LocalizedText("Estados Unidos", "United States"), "America/New_York", "en"),
)

STANDING_GROUPS = (
    StandingGroup(
        "protection",
        "PR",
        "working-group",
        LocalizedText("Grupo de Trabajo de Protección", "Protection Working Group"),
    ),
    StandingGroup(
        "labour-migration",
        "ML",
        "working-group",
        LocalizedText("Grupo de Trabajo de Migración Laboral", "Labour Migration Working Group"),
    ),
    StandingGroup(
        "border-management",
        "GF",
        "working-group",
        LocalizedText("Grupo de Trabajo de Gestión Fronteriza", "Border Management Working Group"),
    ),
    StandingGroup(
        "irregular-mass-migration",
        "IM",
        "working-group",
        LocalizedText(
            "Grupo de Trabajo de Migración Irregular y Masiva",
            "Irregular and Mass Migration Working Group",
        ),
    ),
    StandingGroup(
        "vice-ministerial",
        "VM",
        "governance",
        LocalizedText("Reunión Viceministerial", "Vice-Ministerial Meeting"),
    ),
    StandingGroup(
        "rcgm",
        "GC",
        "governance",
        LocalizedText(
            "Grupo Regional de Consulta sobre Migración", "Regional Consultation Group on Migration"
        ),
    ),
    StandingGroup(
        "presidency",
        "PP",
        "governance",
        LocalizedText("Presidencia Pro Témpore", "Presidency Pro Tempore"),
    ),
    StandingGroup(
        "secretariat",
        "SE",
        "governance",
        LocalizedText("Secretaría Ejecutiva", "Executive Secretariat"),
    ),
)
