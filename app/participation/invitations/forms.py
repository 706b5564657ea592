"""Forms of inviting: text in, values or errors out. Every field that a page shows is kept as it was
typed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, as_language
from app.participation.admission.values import (
    NAMING,
    GuestDraft,
    InvitationClass,
    InvitationDraft,
    Way,
)
from app.participation.invitations.rules.inviting import NO_COUNTRY
from app.planning.events.values.places import ConsentPurpose
from app.web.fields import NOT_A_DAY, NOT_A_NUMBER, Typed, day_in, number_in, numbers_in

MOST_PLACES = 999_999
LONGEST_LIST = 60_000
TEXT_TOO_LONG = N_("Paste at most %(most)s characters at once. Nobody has been invited yet.")
LATEST_YEAR = 2100
OPEN_FIELD, BESIDES, ONLY_THESE = "open_to", "besides", "only"
CHOOSE_OPEN = N_("Say whether the event stays open to all or becomes one for those invited.")
CHOOSE_CLASS = N_("Choose a class.")
COMING_DAY = N_("Choose today or a later day.")


@dataclass
class InvitationForm:
    """What was typed, the draft it means (None when it cannot be read) and the errors at its
    fields.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    draft: InvitationDraft | None = None
    errors: dict[str, Sentence] = field(default_factory=dict)


def way_in(text: str) -> Way:
    """The way a page is about; a person of the directory unless told otherwise."""
    return Way(text) if text in set(Way) else Way.PERSON


def class_in(text: str) -> InvitationClass | None:
    return InvitationClass(text) if text in set(InvitationClass) else None


def read_invitation(
    typed: Typed, *, shown: Collection[int], timezone: str, today: date, must_choose: bool = False
) -> InvitationForm:
    """`must_choose`: the event is open to all, so it has to be said whether it stays so.

    `shown`: the people whom the search has shown to this planner; nobody else can be invited by
    number. Days are of the event's zone: a link that closes on a day works until its end.
    """
    form = InvitationForm(typed)
    way, chosen = way_in(typed.get("way", "")), class_in(typed.get("class", ""))
    if chosen is None:
        form.errors["class"] = Sentence(CHOOSE_CLASS)
    is_open, meant = must_choose and way in NAMING, typed.get(OPEN_FIELD, "")
    if is_open and meant not in (BESIDES, ONLY_THESE):
        form.errors[OPEN_FIELD] = Sentence(CHOOSE_OPEN)
    closes_on = _day(form, "closes_on", today) if way is Way.LINK else None
    respond_by = _day(form, "respond_by", today) if way is Way.COUNTRY else None
    places = _number(form, "places") if way in (Way.LINK, Way.COUNTRY) else None
    person = number_in(typed.get("person", ""))
    if not form.errors and chosen is not None:
        form.draft = InvitationDraft(
            chosen,
            way,
            person_id=person if person in shown else None,
            institution_id=number_in(typed.get("institution", "")),
            group=typed.get("group", "")[:60],
            country_code=typed.get("country", "")[:2],
            name=_line(typed, "name"),
            organisation=_line(typed, "organisation"),
            email=_line(typed, "email"),
            language=as_language(typed.get("language")),
            places=places,
            closes_at=_end_of(closes_on, timezone),
            respond_by=respond_by,
            note=typed.get("note", "").replace("\r\n", "\n").strip(),
            keeps_open=is_open and meant == BESIDES,
        )
    return form


@dataclass
class CountriesForm:
    """What was typed, the ticked countries, the terms for all of them (None when they cannot be
    read) and the errors at their fields.
    """

    typed: Typed
    codes: tuple[str, ...] = ()
    draft: InvitationDraft | None = None
    errors: dict[str, Sentence] = field(default_factory=dict)


def read_countries(typed: Typed, *, today: date, must_choose: bool) -> CountriesForm:
    """`must_choose`: the event is open to all, so it has to be said whether it stays so."""
    codes = tuple(code for code in typed.getlist("country") if len(code) == 2)  # noqa: PLR2004 - ISO
    form, meant = CountriesForm(typed, codes), typed.get(OPEN_FIELD, "")
    if must_choose and meant not in (BESIDES, ONLY_THESE):
        form.errors[OPEN_FIELD] = Sentence(CHOOSE_OPEN)
    if not codes:
        form.errors["country"] = Sentence(NO_COUNTRY)
    respond_by = _day(form, "respond_by", today)
    places = _number(form, "places")
    if not form.errors:
        form.draft = InvitationDraft(
            InvitationClass.MEMBER_COUNTRY,
            Way.COUNTRY,
            places=places,
            respond_by=respond_by,
            note=typed.get("note", "").replace("\r\n", "\n").strip(),
            keeps_open=must_choose and meant == BESIDES,
        )
    return form


def read_guest(typed: Typed, language: Language) -> GuestDraft:
    """What is wrong with it the service says, at its fields."""
    country = typed.get("country", "")
    return GuestDraft(
        _line(typed, "name"),
        _line(typed, "organisation"),
        _line(typed, "email"),
        country if len(country) == 2 else "",  # noqa: PLR2004 - an ISO code
        language,
        typed.get("form_key", "")[:64],
    )


def read_consent(typed: Typed) -> tuple[str, frozenset[ConsentPurpose]]:
    """The version that was read, "" when nothing was ticked, and the purposes agreed to."""
    purposes = frozenset(
        ConsentPurpose(value) for value in typed.getlist("consent") if value in set(ConsentPurpose)
    )
    return (typed.get("consent_version", "")[:10] if purposes else "", purposes)


def ids_in(values: Collection[str]) -> tuple[int, ...]:
    """Ticked numbers; what is none is left out, as no browser sends it."""
    return tuple(numbers_in(values))


def _line(typed: Typed, name: str) -> str:
    return " ".join(typed.get(name, "").split())


def _number(form: "InvitationForm | CountriesForm", name: str) -> int | None:
    text = form.typed.get(name, "").strip()
    if not text:
        return None
    number = number_in(text, MOST_PLACES)
    if number is None:
        form.errors[name] = Sentence(NOT_A_NUMBER)
    return number


def _day(form: "InvitationForm | CountriesForm", name: str, today: date) -> date | None:
    text = form.typed.get(name, "").strip()
    if not text:
        return None
    day = day_in(text)
    if day is None or day.year > LATEST_YEAR:
        form.errors[name] = Sentence(NOT_A_DAY)
        return None
    if day < today:
        form.errors[name] = Sentence(COMING_DAY)
        return None
    return day


def _end_of(day: date | None, timezone: str) -> datetime | None:
    return (
        None
        if day is None
        else datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
    )
