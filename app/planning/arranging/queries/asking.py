"""What an event would ask of the calendar of record on any day of a window: read once, then values
only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.agenda import session_details
from app.planning.arranging.queries.planning import (
    NO_DELEGATES,
    Delegates,
    delegates_within,
    holidays_around,
)
from app.planning.arranging.queries.seats import Seats, with_delegates_of
from app.planning.arranging.rules.agenda import SessionsOutside, carried
from app.planning.events.models import Event
from app.planning.events.queries.references import References, parties_of
from app.planning.events.values import (
    EventDraft,
    EventKind,
    Mode,
    SessionDetail,
    holder_of,
)
from app.planning.scheduling.queries import Question
from app.planning.scheduling.rules.clock import zone_of
from app.planning.scheduling.values import Holiday, Party, Standing

STANDS = select(Event.starts_at, Event.ends_at, Event.published_at).where(
    Event.id == bindparam("event_id")
)


@dataclass(frozen=True)
class Stored:
    """Where an event stands already. `announced_for`: the start that was published, from which on
    nobody who was told gets less notice than before. `sessions`: the parts that have people of
    their own or must find room.
    """

    span: Timespan | None = None
    announced_for: datetime | None = None
    sessions: tuple[SessionDetail, ...] = ()


NOWHERE = Stored()


@dataclass(frozen=True)
class Asking:
    """A draft with all that its question to the calendar depends on, for any day of the window that
    was read.

    `seats` are given when the draft needs the delegates of its groups, who may be others on another
    day.
    """

    draft: EventDraft
    known: References
    now: datetime
    event_id: UUID | None
    stored: Stored
    holidays: tuple[Holiday, ...]
    delegates: Delegates
    seats: Seats | None = None
    also: tuple[Standing, ...] = ()
    _by_day: dict[tuple[date, date], Question] = field(default_factory=dict, compare=False)

    def at(self, span: Timespan) -> Question:
        """Returns the question with the event at the span. Reads nothing."""
        days = (
            span.starts_at.astimezone(zone_of(self.draft.timezone)).date(),
            reference_day(span.starts_at),
        )
        if days not in self._by_day:
            self._by_day[days] = self._on(span)
        return replace(
            self._by_day[days],
            span=span,
            is_timely=self._is_timely(span),
            sittings=self._sittings_at(span),
        )

    @cached_property
    def everybody(self) -> tuple[Party, ...]:
        """Returns the parties of all days, and whoever is needed in a session alone."""
        seated = self.seats.people if self.seats else {}
        parties = parties_of(
            self.draft, replace(self.known, people={**self.known.people, **seated})
        )
        return (*parties, *(party for _session, people in self._sessions for party in people))

    def holds_sessions(self, span: Timespan) -> bool:
        """Returns True where every session has room within the span."""
        try:
            self._carried(span)
        except SessionsOutside:
            return False
        return True

    def _on(self, span: Timespan) -> Question:
        draft, known = self.draft, self.known
        if self.seats is not None:
            draft = with_delegates_of(replace(draft, span=span, needs_delegates=True), self.seats)
            names = {**known.people, **self.seats.people}
            known = replace(
                known, people={person.person_id: names[person.person_id] for person in draft.people}
            )
        return Question(
            span=span,
            parties=parties_of(draft, known),
            now=self.now,
            holder=holder_of(self.event_id) if self.event_id else None,
            countries=known.countries,
            holidays=self.holidays,
            in_person=draft.mode is not Mode.ONLINE,
            delegations=self.delegates.on(reference_day(span.starts_at)),
            side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
            also=self.also,
        )

    def _is_timely(self, span: Timespan) -> bool:
        announced_for = self.stored.announced_for
        return span.starts_at > self.now and (
            announced_for is None or span.starts_at < announced_for
        )

    @cached_property
    def _sessions(self) -> tuple[tuple[SessionDetail, tuple[Party, ...]], ...]:
        named = {person.person_id for person in self.draft.people}
        return tuple(
            (
                one,
                tuple(
                    Party.person(person.id, person.name)
                    for person in one.people
                    if person.id not in named
                ),
            )
            for one in self.stored.sessions
        )

    def _carried(self, span: Timespan) -> list[Timespan]:
        if self.stored.span is None:
            return []
        return carried(
            [(one.title, one.span) for one, _people in self._sessions], self.stored.span, span
        )

    def _sittings_at(self, span: Timespan) -> tuple[tuple[Timespan, tuple[Party, ...]], ...]:
        if not self._sessions or not self.holds_sessions(span):
            return ()
        people = (party for _session, party in self._sessions)
        return tuple(
            (where, who) for where, who in zip(self._carried(span), people, strict=True) if who
        )


def asking_of(
    db: Session,
    *,
    draft: EventDraft,
    known: References,
    now: datetime,
    event_id: UUID | None = None,
    seats: Seats | None = None,
    also: Sequence[Standing] = (),
    days: int = 0,
    holidays: Sequence[Holiday] | None = None,
) -> Asking | None:
    """Reads what the draft's question depends on, for its own day and so many `days` before and
    after it; the `holidays` of these days unless they are given.

    None when the draft occupies nothing (partial dates, other processes' meetings). With `days` its
    sessions are read too, as they go where the event goes.
    """
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        return None
    day = reference_day(draft.span.starts_at)
    if holidays is None:
        holidays = holidays_around(db, span=draft.span, days=days)
    reach = timedelta(days=days)
    return Asking(
        draft=draft,
        known=known,
        now=now,
        event_id=event_id,
        stored=_stored(db, event_id, with_sessions=days > 0),
        holidays=tuple(holiday for holiday in holidays if not holiday.is_binding),
        delegates=delegates_within(db, first=day - reach, last=day + reach)
        if draft.groups
        else NO_DELEGATES,
        seats=seats,
        also=tuple(also),
    )


def _stored(db: Session, event_id: UUID | None, *, with_sessions: bool) -> Stored:
    if event_id is None:
        return NOWHERE
    row = db.execute(STANDS, {"event_id": event_id}).first()
    if row is None or row.starts_at is None or row.ends_at is None:
        return NOWHERE
    sessions = session_details(db, event_id=event_id) if with_sessions else ()
    return Stored(
        Timespan(row.starts_at, row.ends_at),
        row.starts_at if row.published_at is not None else None,
        sessions,
    )
