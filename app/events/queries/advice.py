"""What there is to say about a proposed time before anybody presses a button; values only, the words come later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events import rules
from app.events.models import Event
from app.events.queries.planning import cycle_of, delegations_on, holidays_around
from app.events.queries.references import References, parties_of, references_of
from app.events.queries.seats import with_delegates
from app.events.values import EventDraft, EventKind, Mode, OverrideAsked, holder_of
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling import queries as scheduling
from app.scheduling.queries import Question
from app.scheduling.rules.settings import reference_day
from app.scheduling.values import Finding, FreeSlot, Holiday, InvitedCountry, Standing

SLOTS = 3
SLOTS_TRIED = 12
SEARCHED_DAYS, FARTHEST_DAYS = 28, 63


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
    slots: tuple[FreeSlot, ...] = ()
    hours: tuple[CountryHours, ...] = ()

    @property
    def is_refused(self) -> bool:
        return self.breach is not None or any(finding.is_refused for finding in self.findings)


def advice(
    db: Session, *, actor: Actor, draft: EventDraft, span: Timespan, now: datetime, event_id: UUID | None = None,
    overrides: Sequence[OverrideAsked] = (), also: Sequence[Standing] = (),
) -> Advice:  # fmt: skip
    """Findings, what breaks a cycle, and (when refused) three free slots that keep the cycle in order. `also` would be
    claimed in the same act.

    Refuses with InvalidInput what the draft names and does not exist.
    """
    draft = with_delegates(db, replace(draft, span=span)).settled()
    known = references_of(db, draft)
    asked = question_of(db, draft=replace(draft, span=span), known=known, now=now, event_id=event_id,
                        overrides=overrides)  # fmt: skip
    asked = asked and replace(asked, also=tuple(also))
    cycle = cycle_of(db, actor=actor, editions={link.edition for link in draft.links}, leaving_out=event_id)
    breach = rules.breach(span, draft.links, cycle)
    findings = () if asked is None else scheduling.answer(db, asked)
    hours = hours_of(span, known.countries, holidays_around(db, span=span))
    found = Advice(findings, breach, (), hours)
    if not found.is_refused or asked is None:
        return found
    near = replace(asked, span=rules.nearest_lawful_wish(span, draft.links, cycle))
    for days in (SEARCHED_DAYS, FARTHEST_DAYS):
        tried = scheduling.slots(db, near, days=days, limit=SLOTS_TRIED)
        lawful = tuple(slot for slot in tried if rules.breach(slot.span, draft.links, cycle) is None)
        if lawful:
            break
    return replace(found, slots=lawful[:SLOTS])


def question_of(
    db: Session, *, draft: EventDraft, known: References, now: datetime, event_id: UUID | None = None,
    overrides: Sequence[OverrideAsked] = (),
) -> Question | None:  # fmt: skip
    """What the draft asks of the calendar; None when it occupies nothing (partial dates, other processes' meetings)."""
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        return None
    holidays = holidays_around(db, span=draft.span, days=FARTHEST_DAYS + 7)
    return Question(
        span=draft.span, parties=parties_of(draft, known), now=now, holder=holder_of(event_id) if event_id else None,
        countries=known.countries, holidays=tuple(holiday for holiday in holidays if not holiday.is_binding),
        in_person=draft.mode is not Mode.ONLINE,
        is_timely=draft.span.starts_at > now and not _is_postponed(db, draft.span, event_id),
        delegations=delegations_on(db, groups_in_question=bool(draft.groups), on=reference_day(draft.span.starts_at)),
        permitted=frozenset((override.rule.value, override.against) for override in overrides),
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
    )  # fmt: skip


def _is_postponed(db: Session, span: Timespan, event_id: UUID | None) -> bool:
    """Whether it was published for an earlier time: who has been told already gets no less notice than before."""
    if event_id is None:
        return False
    published = select(Event.starts_at).where(Event.id == event_id, Event.published_at.is_not(None))
    before = db.scalar(published)
    return before is not None and span.starts_at >= before


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
