"""Good practices in words; msgids, translated at the edge."""

from collections.abc import Iterable, Mapping

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
OBJECTIVES = {
    1: N_("Collect and use accurate and disaggregated data as a basis for evidence-based policies"),
    2: N_(
        "Minimize the adverse drivers and structural factors that compel people to leave their country of origin"
    ),
    3: N_("Provide accurate and timely information at all stages of migration"),
    4: N_("Ensure that all migrants have proof of legal identity and adequate documentation"),
    5: N_("Enhance availability and flexibility of pathways for regular migration"),
    6: N_(
        "Facilitate fair and ethical recruitment and safeguard conditions that ensure decent work"
    ),
    7: N_("Address and reduce vulnerabilities in migration"),
    8: N_("Save lives and establish coordinated international efforts on missing migrants"),
    9: N_("Strengthen the transnational response to smuggling of migrants"),
    10: N_(
        "Prevent, combat and eradicate trafficking in persons in the context of international migration"
    ),
    11: N_("Manage borders in an integrated, secure and coordinated manner"),
    12: N_(
        "Strengthen certainty and predictability in migration procedures for"
        " appropriate screening, assessment and referral"
    ),
    13: N_(
        "Use migration detention only as a measure of last resort and work towards alternatives"
    ),
    14: N_(
        "Enhance consular protection, assistance and cooperation throughout the migration cycle"
    ),
    15: N_("Provide access to basic services for migrants"),
    16: N_("Empower migrants and societies to realize full inclusion and social cohesion"),
    17: N_(
        "Eliminate all forms of discrimination and promote evidence-based public"
        " discourse to shape perceptions of migration"
    ),
    18: N_(
        "Invest in skills development and facilitate mutual recognition of skills, qualifications and competences"
    ),
    19: N_(
        "Create conditions for migrants and diasporas to fully contribute to sustainable development in all countries"
    ),
    20: N_(
        "Promote faster, safer and cheaper transfer of remittances and foster financial inclusion of migrants"
    ),
    21: N_(
        "Cooperate in facilitating safe and dignified return and readmission, as well as sustainable reintegration"
    ),
    22: N_(
        "Establish mechanisms for the portability of social security entitlements and earned benefits"
    ),
    23: N_(
        "Strengthen international cooperation and global partnerships for safe, orderly and regular migration"
    ),
}
"""Of the Global Compact, A/RES/73/195, paragraph 16."""
GOALS = {
    1: N_("No poverty"),
    2: N_("Zero hunger"),
    3: N_("Good health and well-being"),
    4: N_("Quality education"),
    5: N_("Gender equality"),
    6: N_("Clean water and sanitation"),
    7: N_("Affordable and clean energy"),
    8: N_("Decent work and economic growth"),
    9: N_("Industry, innovation and infrastructure"),
    10: N_("Reduced inequalities"),
    11: N_("Sustainable cities and communities"),
    12: N_("Responsible consumption and production"),
    13: N_("Climate action"),
    14: N_("Life below water"),
    15: N_("Life on land"),
    16: N_("Peace, justice and strong institutions"),
    17: N_("Partnerships for the goals"),
}
"""The Sustainable Development Goals."""
PRINCIPLES = {
    1: N_("People-centred"),
    2: N_("International cooperation"),
    3: N_("National sovereignty"),
    4: N_("Rule of law and due process"),
    5: N_("Sustainable development"),
    6: N_("Human rights"),
    7: N_("Gender-responsive"),
    8: N_("Child-sensitive"),
    9: N_("Whole-of-government approach"),
    10: N_("Whole-of-society approach"),
}
"""Guiding principles of the Global Compact, A/RES/73/195, paragraph 15."""
CERTIFIED_IN_COUNTRY = N_(
    "Officials of the country who serve with a valid certificate: %(certified)s of %(serving)s."
)
CERTIFIED_IN_REGION = N_(
    "Officials of %(countries)s countries who serve with a valid certificate: %(certified)s of %(serving)s."
)
DECLARED = N_("Of them, %(declared)s are declared: their country gives no names.")
CAME = N_("People who came to the event where it was shown: %(count)s.")
WHOLE_REGION = N_("The whole region")


def repository_fields(entry: RepositoryEntry, language: Language) -> tuple[tuple[str, str], ...]:
    """Returns the fields of the practice form of the UN Network on Migration with what is known of
    each, "" for what the platform does not hold.
    """
    practice, fields = entry.practice, entry.fields
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
    if entry.declared:
        certified += " " + translate(language, DECLARED, declared=entry.declared)
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
        N_("Objectives of the Global Compact"): _listed(language, OBJECTIVES, fields.objectives),
        N_("Sustainable Development Goals"): _listed(language, GOALS, fields.goals),
        N_("Guiding principles"): _listed(language, PRINCIPLES, fields.principles),
        N_("Key benefits"): fields.benefits.in_(language),
        N_("Reach, in figures"): " ".join(filter(None, (certified, came))),
        N_("Lessons learned"): fields.lessons.in_(language),
        N_("Recommendations"): fields.recommendations.in_(language),
        N_("Link to read more"): practice.url,
    }
    return tuple((translate(language, label), text) for label, text in known.items())


def _listed(language: Language, known: Mapping[int, str], numbers: Iterable[int]) -> str:
    """Returns a line for each number, such as "7. Address and reduce vulnerabilities in migration"."""
    return "\n".join(f"{number}. {translate(language, known[number])}" for number in numbers)
