"""Good practices in words; msgids, translated at the edge."""

from app.followup.practices.values import Category, OrganisationType, PracticeStatus
from app.kernel.text import N_

CATEGORIES = {
    Category.GOOD_PRACTICE: N_("Good practice"),
    Category.SUCCESS_STORY: N_("Success story"),
    Category.REGULATION: N_("Regulation"),
    Category.POLICY: N_("Public policy"),
}
ORGANISATION_TYPES = {
    OrganisationType.MINISTRY: N_("Ministry or migration authority"),
    OrganisationType.WOMENS_MECHANISM: N_("National women's mechanism"),
    OrganisationType.WOMENS_ORGANISATION: N_("Women's organisation"),
    OrganisationType.CIVIL_SOCIETY: N_("Civil society"),
    OrganisationType.INTERNATIONAL: N_("International organisation"),
    OrganisationType.ACADEMIA: N_("University or research"),
    OrganisationType.OTHER: N_("Another kind"),
}
STATUSES = {
    PracticeStatus.SUBMITTED: N_("Waiting for review"),
    PracticeStatus.ACCEPTED: N_("Published"),
    PracticeStatus.RETURNED: N_("Returned: see the note"),
}
