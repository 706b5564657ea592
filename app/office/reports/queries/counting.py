"""Counts of people with the small ones hidden, and who may be counted by country and sex at all."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from app.infra.body import current_body
from app.infra.language import both
from app.kernel.small_numbers import hidden, may_name
from app.kernel.text import N_, LocalizedText, untranslated
from app.office.privacy.models import Consent
from app.office.privacy.values import Purpose
from app.office.reports.values import Audience, Cell
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.values import ConsentPurpose
from app.planning.events.models import Attendance

OTHERS, NOT_SAID = N_("Guests, others, and those who did not wish to be counted"), N_("Not said")
WOMEN, MEN = N_("Women"), N_("Men")
EVERYBODY = N_("Too few to be told apart")


def is_counted() -> ColumnElement[bool]:
    """Whether somebody of an attendance may stand in figures by country and sex: who agreed for the
    event and did not take it back since, there or for all of Convoca. Who was never asked at the
    event (nominated, or came without a place) is counted unless that was taken back for all of
    Convoca.
    """
    seat = and_(
        Registration.event_id == Attendance.event_id, Registration.person_id == Attendance.person_id
    )
    own = and_(
        Consent.person_id == Attendance.person_id, Consent.purpose == Purpose.STATISTICS.value
    )
    stands = exists().where(own, Consent.withdrawn_at.is_(None))
    agreed = exists().where(
        seat,
        RegistrationConsent.registration_id == Registration.id,
        RegistrationConsent.withdrawn_at.is_(None),
        RegistrationConsent.purpose == ConsentPurpose.STATISTICS.value,
        or_(stands, not_(exists().where(own, Consent.withdrawn_at > RegistrationConsent.given_at))),
    )
    asked = exists().where(seat, Registration.consent_version != "")
    taken_back = and_(not_(stands), exists().where(own, Consent.withdrawn_at.is_not(None)))
    return or_(agreed, and_(not_(asked), not_(taken_back)))


def by_country(
    counts: Mapping[str, int],
    kept_back: Collection[str] | None = None,
    audience: Audience = Audience.HANDED_ON,
) -> tuple[Cell, ...]:
    """Countries of the region in the order of their codes, then whoever belongs to none; those with
    nobody left out. `kept_back`: what is hidden, where the counts alone do not say it.
    """
    names = {**current_body().country_names, "": both(OTHERS)}
    named = {code: names.get(code) or untranslated(code) for code in sorted(counts, key=_last)}
    return _cells(counts, named, hidden(counts) if kept_back is None else kept_back, audience)


def by_sex(counts: Mapping[str, int], audience: Audience = Audience.HANDED_ON) -> tuple[Cell, ...]:
    return _cells(
        counts, {"F": both(WOMEN), "M": both(MEN), "": both(NOT_SAID)}, hidden(counts), audience
    )


def _cells(
    counts: Mapping[str, int],
    names: Mapping[str, LocalizedText],
    kept_back: Collection[str],
    audience: Audience,
) -> tuple[Cell, ...]:
    is_whole = audience is Audience.OFFICE
    if not is_whole and not may_name(counts, kept_back):
        return (Cell("", both(EVERYBODY), None, is_kept_back=True),)
    return tuple(
        Cell(
            key=key,
            name=name,
            count=counts[key] if is_whole or key not in kept_back else None,
            is_kept_back=key in kept_back,
        )
        for key, name in names.items()
        if counts.get(key)
    )


def _last(code: str) -> tuple[bool, str]:
    return not code, code
