"""The words of the search."""

from collections.abc import Mapping

from app.kernel.text import N_
from app.office.search.values import HitKind

KINDS: Mapping[HitKind, str] = {
    HitKind.PAGE: N_("Pages"),
    HitKind.EVENT: N_("Events"),
    HitKind.PERSON: N_("People"),
    HitKind.AGREEMENT: N_("Agreements"),
    HitKind.MATERIAL: N_("Materials"),
    HitKind.LESSON: N_("Lessons"),
    HitKind.NATIONAL: N_("National pages"),
}
