"""Keeping a country's holidays: by its focal point, or by the secretariat. A binding one closes the
country's calendar.

Each refuses with NotAllowed whoever answers for another country, and with UnknownHoliday a day that
is not in the list. Saying again what is so already changes nothing and tells nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import both
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.people.directory.models import Country
from app.people.directory.policy import require_may_keep_reference
from app.people.identity.policy import leads_the_region
from app.planning.holidays import policy
from app.planning.holidays import rules as holiday_rules
from app.planning.holidays.facts import HolidayChange, HolidayChanged
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.values import HolidayScope
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.rules.spec import agreed
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import EngagementDraft, Finding, Nature, Party

ANOTHER_MEETING, TITLED = N_("another meeting"), N_("“%(title)s”")
FOCAL_POINT, SECRETARIAT = "focal-point", "secretariat"


def holder_of_holiday(country_code: str, on: date) -> str:
    """Returns the name under which a binding holiday closes its country's calendar in scheduling."""
    return f"holiday:{country_code}:{on.isoformat()}"


def add_holiday(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    name: LocalizedText,
    now: datetime,
    scope: HolidayScope = HolidayScope.NATIONAL,
) -> None:
    """Adds a day that the list lacks, of this year or the five after; it warns. Raises
    HolidayExists for another name.
    """
    country = _country(db, actor, country_code)
    name = holiday_rules.require_name(name)
    holiday_rules.require_in_reach(on, _today(country, now))
    row = db.get(CountryHoliday, (country_code, on))
    if row is not None:
        if row.is_observed and (row.name, row.scope) == (name, scope):
            return
        raise holiday_rules.refusal_of_adding(on, row.name, is_observed=row.is_observed)
    source = FOCAL_POINT if actor.holds(Role.FOCAL_POINT, country_code) else SECRETARIAT
    row = CountryHoliday(country_code=country_code, on=on, name=name, scope=scope, source=source)
    row.is_binding, row.is_observed = False, True
    db.add(row)
    _tell(db, row, HolidayChange.ADDED, actor=actor, now=now)


def drop_holidays(db: Session, *, actor: Actor, country_code: str) -> None:
    """Takes away the list of a country that the body is to have no more; see `leave_out_country`,
    which puts it on record.
    """
    require_may_keep_reference(actor)
    db.execute(delete(CountryHoliday).where(CountryHoliday.country_code == country_code))


def rename_holiday(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    name: LocalizedText,
    now: datetime,
    seen: str = "",
) -> None:
    """Gives a holiday another name; a binding one carries it in the calendar of record too. `seen`:
    the mark of the name that the writer began from. Raises ChangedMeanwhile when it is another now.
    """
    country = _country(db, actor, country_code)
    row, name = _row(db, country_code, on), holiday_rules.require_name(name)
    if row.name == name:
        return
    require_as_seen(seen, row.name)
    row.name = name
    if row.is_binding and row.is_observed:
        _close_calendar(db, actor, country, row, now=now)
    _tell(db, row, HolidayChange.RENAMED, actor=actor, now=now)


def strike_out_holiday(
    db: Session, *, actor: Actor, country_code: str, on: date, now: datetime
) -> None:
    """Strikes a holiday out, because the country works that day: it neither warns nor closes, and
    loading reference data does not bring it back.
    """
    _country(db, actor, country_code)
    row = _row(db, country_code, on)
    if not row.is_observed:
        return
    row.is_observed, row.is_binding = False, False
    claims.release(db, holder=holder_of_holiday(country_code, on), now=now)
    _tell(db, row, HolidayChange.STRUCK_OUT, actor=actor, now=now)


def bring_back_holiday(
    db: Session, *, actor: Actor, country_code: str, on: date, now: datetime
) -> None:
    """Puts a holiday back that was struck out; it warns, whatever it did before."""
    _country(db, actor, country_code)
    row = _row(db, country_code, on)
    if row.is_observed:
        return
    row.is_observed = True
    _tell(db, row, HolidayChange.BROUGHT_BACK, actor=actor, now=now)


def set_binding(
    db: Session, *, actor: Actor, country_code: str, on: date, is_binding: bool, now: datetime
) -> None:
    """Sets whether the day closes the country's calendar or only warns. Raises DayOccupied, naming
    what stands on it.
    """
    country = _country(db, actor, country_code)
    row = _row(db, country_code, on)
    if row.is_binding == is_binding:
        return
    if is_binding:
        holiday_rules.require_may_bind(on, is_observed=row.is_observed, today=_today(country, now))
        _close_calendar(db, actor, country, row, now=now)
    else:
        claims.release(db, holder=holder_of_holiday(country_code, on), now=now)
    row.is_binding = is_binding
    change = HolidayChange.MADE_BINDING if is_binding else HolidayChange.MADE_ADVISORY
    _tell(db, row, change, actor=actor, now=now)


def _country(db: Session, actor: Actor, country_code: str) -> Country:
    """Returns the country, locked first: two who add the same day, or bind a day while an event
    takes it, come one after the other.
    """
    claims.lock(db)
    country = db.get(Country, country_code)
    if country is None:
        raise NotFound
    policy.require_may_keep_holidays(actor, country_code)
    return country


def _row(db: Session, country_code: str, on: date) -> CountryHoliday:
    row = db.get(CountryHoliday, (country_code, on))
    if row is None:
        raise holiday_rules.UnknownHoliday(on=holiday_rules.day_named(on))
    return row


def _today(country: Country, now: datetime) -> date:
    return now.astimezone(ZoneInfo(country.timezone)).date()


def _close_calendar(
    db: Session, actor: Actor, country: Country, row: CountryHoliday, *, now: datetime
) -> None:
    day = holiday_rules.local_day(row.on, ZoneInfo(country.timezone))
    engagement = EngagementDraft(
        holder=holder_of_holiday(country.code, row.on),
        title=row.name,
        span=day,
        timezone=country.timezone,
        nature=Nature.HOLIDAY,
    )
    party = Party.country(country.code, country.name, exclusive=True)
    try:
        question = agreed(engagement, (party,), now=now)
        claims.claim(db, actor=actor, question=question, engagement=engagement)
    except Clash as clash:
        raise holiday_rules.DayOccupied(events=_standing(clash.findings, actor)) from clash


def _standing(findings: Sequence[Finding], actor: Actor) -> LocalizedText:
    """Returns the names of what stands on the day; of confidential meetings only that they are, to
    whoever does not lead the region.
    """
    sees_all = leads_the_region(actor)
    others = [finding.other for finding in findings if finding.other is not None]
    names = [
        both(TITLED, title=other.title)
        if sees_all or not other.is_confidential
        else both(ANOTHER_MEETING)
        for other in others
    ]
    return holiday_rules.listed(names or [both(ANOTHER_MEETING)])


def _tell(
    db: Session, row: CountryHoliday, change: HolidayChange, *, actor: Actor, now: datetime
) -> None:
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()
    journal.record(db, HolidayChanged(row.country_code, row.on, change), actor=actor, now=now)
