"""Words of the status of somebody else's registration, and of who asked for it."""

from app.kernel.text import N_
from app.participation.registrations.values import Origin, RegistrationStatus

STATUS_WORDS = {
    RegistrationStatus.REGISTERED: N_("Given a place"),
    RegistrationStatus.WAITING: N_("Waits"),
    RegistrationStatus.PENDING: N_("To decide"),
    RegistrationStatus.DECLINED: N_("Declined"),
    RegistrationStatus.CANCELLED: N_("Gave it up"),
}
ORIGINS = {
    Origin.SELF: N_("the person"),
    Origin.NOMINATION: N_("the focal point"),
    Origin.GUEST: N_("a guest’s link"),
    Origin.ORGANIZER: N_("an organizer"),
}
