"""The general plan of an edition with the events and entries of the annual plan beside it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import webinars_of
from app.followup.agreements.values import UNSETTLED, AgreementView, ResponsibleKind
from app.followup.general_plan.rules import due_in, is_foreseen_twice, month_after, months_of
from app.followup.plans.queries import general_plan_and_drafts
from app.followup.plans.rules import is_alike
from app.followup.plans.values import DraftsCompared, GeneralPlan, PlannedActivity
from app.infra.body import current_body
from app.kernel.actor import Actor
from app.kernel.reference import reference_day, reference_start
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.plans import PlanPage, plan_of
from app.planning.cycles.queries import EditionLine, edition_of
from app.planning.events import policy as events_policy
from app.planning.programme.queries.load import events_that_count
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.scheduling.queries.calendar import findings_of_weeks
from app.planning.scheduling.rules.spec import Question
from app.planning.scheduling.values import Finding, Party

SHOWN_AT_ONCE = 3
"""Events of a month that the page shows unfolded."""


@dataclass(frozen=True)
class PlannedBeside:
    """An event of the year. `number`: of the activity that it was planned of, 0 for none."""

    event: ProgrammeEntry
    number: int = 0


@dataclass(frozen=True)
class ForeseenTwice:
    """An activity and what seems to be the same in the programme or in the annual plan.

    `event_id`: where it is an event already; None for an entry of the plan of `year`.
    """

    activity: PlannedActivity
    title: LocalizedText
    event_id: UUID | None
    year: int


@dataclass(frozen=True)
class AgainstWeek:
    """What the rule book has against the week in which an activity is due (R34)."""

    activity: PlannedActivity
    finding: Finding


@dataclass(frozen=True)
class PlanMonth:
    """`on`: its first day. `shown`: the webinars planned of activities and the first of the others;
    `more`: the rest, which the page folds.
    """

    on: date
    activities: tuple[PlannedActivity, ...]
    events: tuple[PlannedBeside, ...]

    @property
    def shown(self) -> tuple[PlannedBeside, ...]:
        first = self.events[:SHOWN_AT_ONCE]
        return tuple(one for one in self.events if one.number or one in first)

    @property
    def more(self) -> tuple[PlannedBeside, ...]:
        return tuple(one for one in self.events if one not in self.shown)


@dataclass(frozen=True)
class GeneralPlanPage:
    """`webinars`: by id of an activity, the webinar that it became."""

    edition: EditionLine
    plan: GeneralPlan
    drafts: DraftsCompared
    months: tuple[PlanMonth, ...]
    webinars: Mapping[int, UUID]
    foreseen_twice: tuple[ForeseenTwice, ...]
    against_weeks: tuple[AgainstWeek, ...]


def general_plan_page(db: Session, *, actor: Actor, slug: str, now: datetime) -> GeneralPlanPage:
    """Returns the general plan with what stands beside it, as the reader may see it.

    Entries of the annual plan are compared and the rule book is asked for those who plan, who alone
    read drafts of events and of the annual plan. Raises NotFound.
    """
    edition = edition_of(db, actor=actor, slug=slug)
    plan, drafts = general_plan_and_drafts(db, actor=actor, slug=slug)
    webinars = webinars_of(db, actor=actor, ids=[one.activity.id for one in plan.activities])
    months = months_of(one.activity.due for one in plan.activities if one.activity.due)
    events = _events(db, actor, months)
    numbers = {
        webinars[one.activity.id]: one.number
        for one in plan.activities
        if one.activity.id in webinars
    }
    foreseen_twice = (
        *_held_twice(plan, events, webinars),
        *_entered_twice(plan, _annual_plans(db, actor, months), set(webinars)),
    )
    to_place = [
        one
        for one in plan.activities
        if one.activity.id not in webinars
        and one.activity.status in UNSETTLED
        and not any(twice.event_id and twice.activity is one for twice in foreseen_twice)
    ]
    return GeneralPlanPage(
        edition=edition,
        plan=plan,
        drafts=drafts,
        months=tuple(
            PlanMonth(
                on=month,
                activities=due_in(plan, month),
                events=tuple(
                    PlannedBeside(event, numbers.get(event.id, 0))
                    for event in events
                    if _month_of(event) == month
                ),
            )
            for month in months
        ),
        webinars=webinars,
        foreseen_twice=foreseen_twice,
        against_weeks=_against_weeks(db, actor, to_place, now),
    )


def _against_weeks(
    db: Session, actor: Actor, activities: Iterable[PlannedActivity], now: datetime
) -> tuple[AgainstWeek, ...]:
    """Returns what the rule book has against the weeks of activities that are still to come."""
    if not events_policy.may_plan(actor):
        return ()
    coming = [
        (one, due)
        for one in activities
        if (due := one.activity.due) is not None and due >= reference_day(now)
    ]
    questions = [
        Question(
            span=Timespan(reference_start(due), reference_start(due + timedelta(days=1))),
            parties=_parties(one.activity),
            now=now,
        )
        for one, due in coming
    ]
    return tuple(
        AgainstWeek(one, finding)
        for (one, _due), findings in zip(coming, findings_of_weeks(db, questions), strict=True)
        for finding in findings
    )


def _parties(activity: AgreementView) -> tuple[Party, ...]:
    """Returns the working groups and the countries that answer, as the calendar knows them."""
    names = current_body().country_names
    return (
        *(
            Party.working_group(one.key, one.name)
            for one in activity.responsible
            if one.kind is ResponsibleKind.WORKING_GROUP
        ),
        *(Party.country(code, names[code]) for code in sorted(activity.countries & names.keys())),
    )


def _events(db: Session, actor: Actor, months: Collection[date]) -> tuple[ProgrammeEntry, ...]:
    """Returns our own events of these months, without those of which only the time is shown."""
    if not months:
        return ()
    starts, ends = min(months), month_after(max(months))
    events = events_that_count(
        db, actor=actor, starts_at=reference_start(starts), ends_at=reference_start(ends)
    )
    return tuple(event for event in events if not event.is_reserved)


def _annual_plans(db: Session, actor: Actor, months: Collection[date]) -> tuple[PlanPage, ...]:
    if not events_policy.may_plan(actor):
        return ()
    years = sorted({month.year for month in months})
    return tuple(plan_of(db, actor=actor, year=year) for year in years)


def _held_twice(
    plan: GeneralPlan, events: Collection[ProgrammeEntry], webinars: Mapping[int, UUID]
) -> tuple[ForeseenTwice, ...]:
    """Returns activities whose words and month an event has that was not planned of them."""
    return tuple(
        ForeseenTwice(one, event.title, event.id, 0)
        for one in plan.activities
        for event in events
        if one.activity.id not in webinars
        and one.activity.due is not None
        and one.activity.due.replace(day=1) == _month_of(event)
        and is_alike(one.activity.text.in_(), event.title.in_())
    )


def _entered_twice(
    plan: GeneralPlan, years: Collection[PlanPage], settled: Collection[int]
) -> tuple[ForeseenTwice, ...]:
    """Returns activities that an entry of an annual plan foresees too."""
    return tuple(
        ForeseenTwice(one, entry.title, None, year.year)
        for one in plan.activities
        for year in years
        for entry in year.entries
        if one.activity.id not in settled
        and one.activity.due is not None
        and is_foreseen_twice(
            one.activity.text,
            one.activity.due,
            entry.title,
            year=year.year,
            quarter=entry.quarter,
        )
    )


def _month_of(event: ProgrammeEntry) -> date | None:
    return reference_day(event.starts_at).replace(day=1) if event.starts_at else None
