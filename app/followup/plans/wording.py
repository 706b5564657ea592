"""Words for tables and plans; msgids, translated where they are shown."""

from app.followup.plans.values import ActivityLack, PlanState, Sector
from app.kernel.text import N_
from app.planning.events.values import GenderMarker

STATES = {
    PlanState.DRAFT: N_("Draft"),
    PlanState.SUBMITTED: N_("Submitted"),
    PlanState.VALIDATED: N_("Validated"),
}
SECTORS = {
    Sector.MIGRATION: N_("Migration"),
    Sector.WOMEN: N_("Women’s mechanism"),
    Sector.FOREIGN_AFFAIRS: N_("Foreign affairs"),
    Sector.LABOUR: N_("Labour"),
    Sector.OTHER: N_("Another sector"),
}
MARKERS = {
    GenderMarker.NO: N_("0 no"),
    GenderMarker.IN_PART: N_("1 in part"),
    GenderMarker.ITS_AIM: N_("2 its aim"),
}
LACKS = {
    ActivityLack.RESPONSIBLE: N_("who answers"),
    ActivityLack.DUE: N_("the day"),
    ActivityLack.INDICATOR: N_("the indicator"),
    ActivityLack.GENDER_MARKER: N_("the gender marker"),
    ActivityLack.SECTION: N_("a section of the Guidelines"),
}
