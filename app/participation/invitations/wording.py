"""Words of inviting: classes, ways, and how a place stands, for pages and letters."""

from collections.abc import Mapping

from app.kernel.text import N_
from app.participation.invitations.values import InvitationClass
from app.participation.registrations.values import RegistrationStatus, Way

CLASSES: Mapping[InvitationClass, str] = {
    InvitationClass.MEMBER_COUNTRY: N_("Member countries"),
    InvitationClass.WOMENS_ORGANISATION: N_("Women's organisations"),
    InvitationClass.KEY_INSTITUTION: N_("Key institutions"),
    InvitationClass.OBSERVER: N_("Observers"),
    InvitationClass.SPECIAL_GUEST: N_("Special guests"),
}
WAYS: Mapping[Way, str] = {
    Way.PERSON: N_("A person of the directory"),
    Way.INSTITUTION: N_("An institution"),
    Way.GROUP: N_("A working group"),
    Way.COUNTRY: N_("A country: its focal point nominates"),
    Way.GUEST: N_("A guest, by e-mail"),
    Way.LINK: N_("An open link"),
}
OPEN_TO: Mapping[tuple[bool, bool], str] = {
    (False, False): N_(
        "Officials of all member countries may register by themselves, as long as no person, institution, group or "
        "country is invited here."
    ),
    (False, True): N_(
        "Officials of the countries that the event names may register themselves: %(countries)s."
    ),
    (True, False): N_(
        "Only those invited here or nominated may register themselves. You can register anybody."
    ),
    (True, True): N_(
        "Only those invited here or nominated may register themselves, and officials of the countries that the event "
        "names, except where the country is asked to nominate: %(countries)s. You can register anybody."
    ),
}
"""Who may register, by whether somebody is invited by name and whether the event names
countries.
"""
STATES: Mapping[RegistrationStatus, str] = {
    RegistrationStatus.REGISTERED: N_("Has a place"),
    RegistrationStatus.WAITING: N_("On the waiting list"),
    RegistrationStatus.PENDING: N_("Waiting for the organizers"),
    RegistrationStatus.DECLINED: N_("Not accepted"),
    RegistrationStatus.CANCELLED: N_("Gave up the place"),
}
LOOKS: Mapping[RegistrationStatus, str] = {
    RegistrationStatus.REGISTERED: "good",
    RegistrationStatus.WAITING: "warn",
    RegistrationStatus.PENDING: "warn",
    RegistrationStatus.DECLINED: "bad",
    RegistrationStatus.CANCELLED: "quiet",
}
