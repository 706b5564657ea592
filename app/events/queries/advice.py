"""What there is to say about a proposed time before anybody presses a button; values only, the words come later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.events import rules
from app.events.queries.planning import cycle_of, external_events, holidays_around, invited_countries
from app.events.queries.references import parties_of, references_of
from app.events.values import EventDraft, EventKind
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling import queries as scheduling
from app.scheduling.values import Finding, FreeSlot, Holiday, InvitedCountry

SLOTS = 3
SLOTS_TRIED = 12
SEARCHED_DAYS = 28


@dataclass(frozen=True)
class External:
    """Another process's meeting at the same time."""

    title: LocalizedText
    span: Timespan
    timezone: str


@dataclass(frozen=True)
class CountryHours:
    """What the clock of a country's capital says of the slot. `starts` is local and aware."""

    country: InvitedCountry
    starts: datetime
    ends: datetime
    part: rules.DayPart
    holiday: LocalizedText | None


@dataclass(frozen=True)
class Advice:
    findings: tuple[Finding, ...] = ()
    breach: rules.OutOfOrder | None = None
    externals: tuple[External, ...] = ()
    slots: tuple[FreeSlot, ...] = ()
    hours: tuple[CountryHours, ...] = ()

    @property
    def is_refused(self) -> bool:
        return self.breach is not None or any(f.severity in ("block", "confirm") for f in self.findings)


def advice(
    db: Session, *, actor: Actor, draft: EventDraft, span: Timespan, now: datetime, event_id: UUID | None = None
) -> Advice:
    """Findings, what breaks a cycle, and (when refused) three free slots that keep the cycle in order.

    Refuses with InvalidInput what the draft names and does not exist.
    """
    parties = parties_of(draft, references_of(db, draft))
    holder = f"event:{event_id}" if event_id else None
    countries = invited_countries(db)
    holidays = holidays_around(db, span=span, days=SEARCHED_DAYS + 7)
    cycle = cycle_of(db, actor=actor, editions={link.edition for link in draft.links}, leaving_out=event_id)
    breach = rules.breach(span, draft.links, cycle)
    findings: tuple[Finding, ...] = ()
    if draft.kind is not EventKind.EXTERNAL:
        findings = scheduling.findings_for(
            db, span=span, parties=parties, now=now, ignoring_holder=holder, countries=countries, holidays=holidays
        )
    found = Advice(findings, breach, _externals(db, draft, span), (), hours_of(span, countries, holidays))
    if not found.is_refused:
        return found
    near = scheduling.free_slots(
        db, wish=rules.nearest_lawful_wish(span, draft.links, cycle), parties=parties, now=now, countries=countries,
        holidays=holidays, ignoring_holder=holder, days=SEARCHED_DAYS, limit=SLOTS_TRIED,
    )  # fmt: skip
    lawful = [slot for slot in near if rules.breach(slot.span, draft.links, cycle) is None]
    return Advice(findings, breach, found.externals, tuple(lawful[:SLOTS]), found.hours)


def hours_of(
    span: Timespan, countries: tuple[InvitedCountry, ...], holidays: tuple[Holiday, ...]
) -> tuple[CountryHours, ...]:
    rows = []
    for country in countries:
        zone = ZoneInfo(country.timezone)
        starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        names = [h.name for h in holidays if h.country_code == country.code and starts.date() <= h.on <= ends.date()]
        part = rules.day_part(span, country.timezone, bool(names))
        rows.append(CountryHours(country, starts, ends, part, names[0] if names else None))
    return tuple(rows)


def _externals(db: Session, draft: EventDraft, span: Timespan) -> tuple[External, ...]:
    if draft.kind is EventKind.EXTERNAL:
        return ()
    return tuple(External(*found) for found in external_events(db, span=span))
