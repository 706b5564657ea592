"""The rules asked one by one, for tests: each with the least that it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor
from app.kernel.text import untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules import clock as clock_rules
from app.planning.scheduling.rules import limits as limit_rules
from app.planning.scheduling.rules import overlaps
from app.planning.scheduling.rules.book import AS_WRITTEN, ORDINARY
from app.planning.scheduling.rules.judging import judge, judge_day, judge_hour
from app.planning.scheduling.rules.spec import Question, RuleBook, Terms, agreed
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import (
    EngagementDraft,
    Finding,
    Holiday,
    InvitedCountry,
    OverrideAsked,
    Party,
    Permission,
    Standing,
)
from tests.planning.scheduling.builders import NOW


def asking(span: Timespan, parties: Sequence[Party] = (), **words: Any) -> Question:
    """A question of this moment, about whatever the words add."""
    return Question(span=span, parties=tuple(parties), **{"now": NOW, **words})


def clashes(
    span: Timespan, parties: Sequence[Party], standing: Iterable[Standing], terms: Terms = ORDINARY
) -> tuple[Finding, ...]:
    question = asking(span, parties, is_agreed=True)
    return judge(question, standing=tuple(standing), around=(), terms=terms)


def outside_hours(span: Timespan, countries: Sequence[InvitedCountry]) -> tuple[Finding, ...]:
    return clock_rules.outside_hours(asking(span, countries=tuple(countries)), (), ORDINARY)


def on_holiday(
    span: Timespan, countries: Sequence[InvitedCountry], holidays: Iterable[Holiday]
) -> tuple[Finding, ...]:
    question = asking(span, countries=tuple(countries), holidays=tuple(holidays))
    return clock_rules.on_holiday(question, (), ORDINARY)


def remarks(
    span: Timespan, countries: Sequence[InvitedCountry], holidays: Iterable[Holiday]
) -> tuple[Finding, ...]:
    return outside_hours(span, countries) + on_holiday(span, countries, holidays)


def notice(span: Timespan, *, now: datetime, in_person: bool) -> tuple[Finding, ...]:
    return tuple(limit_rules.notice(asking(span, now=now, in_person=in_person), (), ORDINARY))


def group_caps(
    span: Timespan,
    parties: Sequence[Party],
    around: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    question, near, terms = asking(span, parties), tuple(around), Terms(book)
    week = limit_rules.group_week(question, near, terms)
    return week + limit_rules.group_month(question, near, terms)


def country_caps(
    span: Timespan, parties: Sequence[Party], around: Iterable[Standing]
) -> tuple[Finding, ...]:
    return limit_rules.country_week(asking(span, parties), tuple(around), ORDINARY)


def loads(
    span: Timespan, parties: Sequence[Party], around: Iterable[Standing]
) -> tuple[Finding, ...]:
    question, near = asking(span, parties), tuple(around)
    by_person = limit_rules.person_load(question, near, ORDINARY)
    return by_person + limit_rules.country_load(question, near, ORDINARY)


def soft(
    span: Timespan, parties: Sequence[Party], standing: Iterable[Standing]
) -> tuple[Finding, ...]:
    question, near = asking(span, parties), tuple(standing)
    return limit_rules.external(question, near, ORDINARY) + limit_rules.busy(
        question, near, ORDINARY
    )


def all_limits(
    span: Timespan,
    *,
    parties: Sequence[Party],
    around: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """What is counted and what other calendars say, in the order of the book; nothing of notice,
    nor of clashes.
    """
    question, near, terms = asking(span, parties, is_timely=False), tuple(around), Terms(book)
    clashing = {spec.name for spec in book.specs if spec.binds_holds}
    found = (*judge_day(question, near, terms), *judge_hour(question, near, terms))
    wanted = [finding for finding in found if finding.rule not in clashing]
    return tuple(sorted(wanted, key=lambda finding: book.places[finding.rule]))


def shared_delegates(
    span: Timespan,
    mine: Iterable[str],
    other: Standing,
    *,
    book: RuleBook = AS_WRITTEN,
    **words: Any,
) -> tuple[Finding, ...]:
    """`mine`: the slugs of the groups that ask."""
    groups = [Party.working_group(slug, untranslated(slug)) for slug in mine]
    question = asking(span, groups, **words)
    return overlaps.shared_delegates(question, (other,), Terms(book))


def findings_for(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
    countries: Sequence[InvitedCountry] = (),
    holidays: Sequence[Holiday] = (),
    permitted: Iterable[tuple[str, str]] = (),
) -> tuple[Finding, ...]:
    """What holds the time, and what clocks and holidays say where countries are named."""
    question = asking(
        span,
        parties,
        now=now,
        holder=ignoring_holder,
        countries=tuple(countries),
        holidays=tuple(holidays),
        permitted=frozenset(permitted),
        is_timely=False,
        is_agreed=not countries,
    )
    return calendar.findings(db, question)


def claim(
    db: Session,
    *,
    engagement: EngagementDraft,
    parties: Sequence[Party],
    now: datetime,
    permissions: Sequence[OverrideAsked] = (),
    actor: Actor = SYSTEM,
) -> tuple[Permission, ...]:
    """Claims what the system records: only what holds time is asked."""
    question = agreed(engagement, parties, now=now)
    return claims.claim(
        db, actor=actor, question=question, engagement=engagement, overrides=permissions
    )


def move(
    db: Session,
    *,
    holder: str,
    span: Timespan,
    now: datetime,
    timezone: str = "",
    permissions: Sequence[OverrideAsked] = (),
) -> None:
    """Claims the same parties at another time."""
    claims.lock(db)
    draft, parties = claims.held(db, holder)
    moved = replace(draft, span=span, timezone=timezone or draft.timezone)
    claim(db, engagement=moved, parties=parties, now=now, permissions=permissions)
