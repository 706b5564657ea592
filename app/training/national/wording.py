"""National pages in words; msgids, translated at the edge."""

from app.kernel.text import N_
from app.training.national.values import Freshness, LineKind

KINDS = {
    LineKind.NUMBER: N_("Emergency numbers"),
    LineKind.OFFICE: N_("Offices and referral contacts"),
    LineKind.LAW: N_("Laws and protocols"),
}
ADD = {
    LineKind.NUMBER: N_("Add an emergency number"),
    LineKind.OFFICE: N_("Add an office or contact"),
    LineKind.LAW: N_("Add a law or protocol"),
}
CHANGE = {
    LineKind.NUMBER: N_("Change an emergency number"),
    LineKind.OFFICE: N_("Change an office or contact"),
    LineKind.LAW: N_("Change a law or protocol"),
}
LOOKS = {
    Freshness.EMPTY: ("info", "quiet"),
    Freshness.UNCHECKED: ("info", "warn"),
    Freshness.CHANGED: ("info", "warn"),
    Freshness.OLD: ("warning", "warn"),
    Freshness.CURRENT: ("check", "good"),
}
STATES = {
    Freshness.EMPTY: N_("Empty"),
    Freshness.UNCHECKED: N_("Not checked yet"),
    Freshness.CHANGED: N_("Changed since the last check"),
    Freshness.OLD: N_("Checked more than a year ago"),
    Freshness.CURRENT: N_("Up to date"),
}
