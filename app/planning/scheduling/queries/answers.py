"""What the calendar answers about a proposed time, and where there is room: other engagements,
counts, clocks and imported calendars.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.kernel.timespan import Timespan
from app.planning.scheduling import rules
from app.planning.scheduling.queries.calendar import (
    counted_during,
    engagements_during,
    kept_permissions,
    standing_around,
    terms_of,
    with_buffer,
)
from app.planning.scheduling.queries.cases import covered_by_cases
from app.planning.scheduling.rules.judging import counts_anything, judge
from app.planning.scheduling.rules.limits import reach
from app.planning.scheduling.rules.question import Question
from app.planning.scheduling.rules.slots import HORIZON, Search, free_days, stretches
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.values import Finding, FreeSlot, Standing


def findings(db: Session, question: Question, *, terms: Terms | None = None) -> tuple[Finding, ...]:
    """Returns every finding, the hardest first, with overridden ones marked. Runs at most nine
    statements. Reads the `terms` unless they are given.
    """
    terms = terms or terms_of(db, beside=question.side_event_of)
    span = with_buffer(question.span, terms)
    standing = standing_around(
        db,
        span=span,
        parties=question.parties,
        now=question.now,
        ignoring_holder=question.holder,
        terms=terms,
    )
    around: tuple[Standing, ...] = ()
    if counts_anything(question, terms):
        around = engagements_during(
            db,
            span=reach(question.span),
            parties=question.parties,
            now=question.now,
            ignoring_holder=question.holder,
        )
    found = judge(
        question,
        standing=_with_also(standing, question, span),
        around=_with_also(around, question, reach(question.span)),
        terms=terms,
    )
    kept, holder = kept_permissions(db, question.holder, question.span)
    cases = covered_by_cases(db, holder=holder)
    return rules.with_overrides(
        found,
        permitted={*question.permitted, *kept},
        holder=holder,
        cases=cases,
        main=question.holder or "",
    )


def slots(
    db: Session, search: Search, *, limit: int = 3, horizon: int = HORIZON
) -> tuple[FreeSlot, ...]:
    """Returns the best spans, each on another day, that the whole rule book allows without
    confirmation.

    Reads a stretch of days at a time with three statements, and the next stretch only while slots
    are missing. Returns an empty result where none is free within `horizon` days.
    """
    terms = terms_of(db, beside=search.at(search.wish).side_event_of)
    found: list[FreeSlot] = []
    for days in stretches(search, terms, horizon=horizon):
        found += rules.best(_free(db, search, days, terms), limit=limit - len(found))
        if len(found) >= limit:
            break
    return tuple(found)


def _free(db: Session, search: Search, days: Sequence[date], terms: Terms) -> Iterator[FreeSlot]:
    spans = [span for day in days for span in search.spans(day)]
    if not spans:
        return iter(())
    asked = search.at(search.wish)
    stretch = with_buffer(
        Timespan(min(spans).starts_at, max(span.ends_at for span in spans)), terms
    )
    standing = standing_around(
        db,
        span=stretch,
        parties=search.parties,
        now=asked.now,
        ignoring_holder=asked.holder,
        terms=terms,
    )
    around = counted_during(
        db, span=reach(stretch), parties=search.parties, now=asked.now, ignoring_holder=asked.holder
    )
    return free_days(
        days,
        search,
        standing=_with_also(standing, asked, stretch),
        around=_with_also(around, asked, reach(stretch)),
        terms=terms,
    )


def _with_also(
    standing: Sequence[Standing], asked: Question, span: Timespan
) -> tuple[Standing, ...]:
    return (*standing, *(other for other in asked.also if other.span.overlaps(span)))
