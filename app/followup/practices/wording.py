"""Good practices in words; msgids, translated at the edge."""

from app.followup.practices.values import (
    Category,
    OrganisationType,
    PracticeStatus,
    RepositoryEntry,
)
from app.infra.language import translate
from app.kernel.text import N_, Language

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
CERTIFIED_IN_COUNTRY = N_(
    "Officials of the country who serve with a valid certificate: %(certified)s of %(serving)s."
)
CERTIFIED_IN_REGION = N_(
    "Officials of %(countries)s countries who serve with a valid certificate: %(certified)s of %(serving)s."
)
CAME = N_("People who came to the event where it was shown: %(count)s.")
WHOLE_REGION = N_("The whole region")


def repository_fields(entry: RepositoryEntry, language: Language) -> tuple[tuple[str, str], ...]:
    """Returns the fields of the practice form of the UN Network on Migration with what is known of
    each, "" for what the platform does not hold.
    """
    practice = entry.practice
    certified = (
        translate(
            language,
            CERTIFIED_IN_COUNTRY if practice.country else CERTIFIED_IN_REGION,
            countries=entry.countries,
            certified=entry.certified,
            serving=entry.serving,
        )
        if entry.serving
        else ""
    )
    came = translate(language, CAME, count=entry.came) if entry.came else ""
    known = {
        N_("Title"): practice.title.in_(language),
        N_("Kind of practice"): translate(language, CATEGORIES[practice.category]),
        N_("Country or region"): practice.country.in_(language)
        or translate(language, WHOLE_REGION),
        N_("Implementing organisation"): practice.organisation,
        N_("Kind of organisation"): translate(
            language, ORGANISATION_TYPES[practice.organisation_type]
        ),
        N_("Partners"): ", ".join(entry.partners),
        N_("Summary"): practice.summary.in_(language),
        N_("Objectives of the Global Compact"): "",
        N_("Sustainable Development Goals"): "",
        N_("Guiding principles"): "",
        N_("Key benefits"): "",
        N_("Reach, in figures"): " ".join(filter(None, (certified, came))),
        N_("Lessons learned"): "",
        N_("Recommendations"): "",
        N_("Link to read more"): practice.url,
    }
    return tuple((translate(language, label), text) for label, text in known.items())
