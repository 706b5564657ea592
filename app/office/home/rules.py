"""How urgent something is, and in which order it is shown; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.followup.review.values import ReviewToSeeTo
from app.kernel.actor import Role
from app.office.home.values import (
    FIRST_WEEK_OF,
    CountryFacts,
    DeskFacts,
    EventNamed,
    EventOpen,
    Task,
    TaskKind,
    Urgency,
)
from app.planning.events.values import OpenKind
from app.training.authoring.values import DueReview
from app.training.national.values import Freshness

WEEK = timedelta(days=7)
SIGNING_ENDS_WITHIN = timedelta(days=30)
REPORTS = frozenset({OpenKind.REPORT_NOT_APPLIED, OpenKind.UNDECIDED_NAMES})
WITH_OWN_ROWS = frozenset({OpenKind.REQUESTS, OpenKind.TRANSLATION})
ORDER = {
    (urgency, kind): number
    for number, (urgency, kind) in enumerate((u, k) for u in Urgency for k in TaskKind)
}


def first_week(began: Mapping[Role, date], *, held: Collection[Role], today: date) -> str:
    """Returns the guide, by its slug, to the newest of the roles that are held, in its first week;
    "" where none is so new. `began`: on which day each first began.
    """
    new = [
        (began[role], slug)
        for role, slug in FIRST_WEEK_OF.items()
        if role in held and role in began and began[role] <= today < began[role] + WEEK
    ]
    return max(new, key=lambda one: one[0])[1] if new else ""


def urgency_of(due: date | None, today: date) -> Urgency:
    """Returns the urgency by the day on which something is due. What has no day can wait."""
    if due is None:
        return Urgency.LATER
    if due < today:
        return Urgency.OVERDUE
    if due == today:
        return Urgency.TODAY
    return Urgency.WEEK if due <= today + WEEK else Urgency.LATER


def day_of(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def desk_tasks(facts: DeskFacts, today: date, zone: ZoneInfo) -> list[Task]:
    """Returns the tasks of an organizer, the presidency or a convenor, the most urgent first."""
    return in_order(
        [*_of_events(facts, today, zone), *_of_people(facts, today), *_of_the_office(facts, today)]
    )


def _of_events(facts: DeskFacts, today: date, zone: ZoneInfo) -> Iterator[Task]:
    """Yields the tasks about events: one is to be closed on the day it ends, an approved one to be
    published before its hold on the time ends, and whoever asks for approval or to register is
    answered today.
    """
    for opened in facts.opened:
        yield from _of_event(opened, today, zone)
    for event in facts.to_approve:
        yield Task(TaskKind.APPROVE, Urgency.TODAY, event=event)
    for event in facts.requests:
        yield Task(kind=TaskKind.REQUESTS, urgency=Urgency.TODAY, count=event.count, event=event)
    for kind, events in ((TaskKind.PUBLISH, facts.to_publish), (TaskKind.FINISH, facts.drafts)):
        for event in events:
            yield _before_the_hold_ends(kind, event, today, zone)
    if facts.untranslated:
        yield Task(
            TaskKind.TRANSLATE, Urgency.WEEK, len(facts.untranslated), events=facts.untranslated
        )


def _of_event(opened: EventOpen, today: date, zone: ZoneInfo) -> Iterator[Task]:
    """Yields one task for what is to be prepared; after the end one for each report, then one to
    close the event. Requests and translations have tasks of their own.
    """
    event = opened.event
    due = day_of(event.ends_at if opened.is_over else event.starts_at, zone)
    urgency = urgency_of(due, today)
    if opened.is_over:
        for point in opened.points:
            if point.kind in REPORTS:
                yield Task(
                    kind=TaskKind.REPORT,
                    urgency=urgency,
                    count=1,
                    event=event,
                    due=due,
                    opened=opened,
                    point=point,
                )
        if any(point.kind is OpenKind.CLOSING for point in opened.points):
            yield Task(TaskKind.CLOSE, urgency, event=event, due=due, opened=opened)
        return
    points = [point for point in opened.points if point.kind not in WITH_OWN_ROWS]
    if points:
        yield Task(TaskKind.PREPARE, urgency, event=event, due=due, opened=opened, point=points[0])


def _before_the_hold_ends(kind: TaskKind, event: EventNamed, today: date, zone: ZoneInfo) -> Task:
    """Returns the task of a draft with its urgency. A hold that has ended is not overdue, because
    its time is free for others and the draft can be planned anew. What is approved does not wait
    for longer than a week.
    """
    due = day_of(event.held_until, zone)
    urgency = urgency_of(due, today)
    is_late = urgency is Urgency.OVERDUE or due is None
    if is_late or (kind is TaskKind.PUBLISH and urgency is Urgency.LATER):
        urgency = Urgency.WEEK
    return Task(kind, urgency, event=event, due=due)


def _of_people(facts: DeskFacts, _today: date) -> Iterator[Task]:
    if facts.newcomers:
        yield Task(TaskKind.NEWCOMERS, Urgency.TODAY, facts.newcomers)
    if facts.pasted:
        yield Task(TaskKind.PASTED, Urgency.WEEK, facts.pasted)
    if facts.unconfirmed:
        yield Task(
            TaskKind.CONFIRM,
            Urgency.TODAY if facts.silent else Urgency.WEEK,
            len(facts.unconfirmed),
            where=facts.unconfirmed,
            people=facts.to_remind,
            silent=facts.silent,
        )
    if facts.ending:
        yield Task(TaskKind.LAPSING, Urgency.WEEK, facts.ending)
    if facts.vacant:
        yield Task(TaskKind.VACANT, Urgency.WEEK, len(facts.vacant), where=facts.vacant)


def _of_the_office(facts: DeskFacts, today: date) -> Iterator[Task]:
    if facts.plans:
        yield Task(TaskKind.PLANS, Urgency.TODAY, len(facts.plans), tables=facts.plans)
    if facts.overdue:
        yield Task(TaskKind.AGREEMENTS, Urgency.OVERDUE, facts.overdue, due=facts.overdue_since)
    for kind, number, urgency in (
        (TaskKind.CASES, facts.cases, Urgency.TODAY),
        (TaskKind.ACCESS, facts.access, Urgency.TODAY),
        (TaskKind.CORRECTIONS, facts.corrections, Urgency.WEEK),
        (TaskKind.REVOCATIONS, facts.revocations, Urgency.TODAY),
        (TaskKind.LOST_FACTORS, facts.lost_factors, Urgency.TODAY),
        (TaskKind.PLATFORM, facts.fallen, Urgency.TODAY),
        (TaskKind.WEBINARS, facts.webinars, Urgency.WEEK),
        (TaskKind.BOUNCED, facts.bounced, Urgency.TODAY),
        (TaskKind.UNDELIVERED, facts.undelivered, Urgency.TODAY),
        (TaskKind.HELD_LETTERS, facts.held_letters, Urgency.TODAY),
        (TaskKind.PRACTICES, facts.practices, Urgency.LATER),
    ):
        if number:
            yield Task(kind, urgency, number)
    if facts.unissued:
        yield Task(TaskKind.CERTIFY, Urgency.WEEK, len(facts.unissued), events=facts.unissued)
    if facts.signing_ends and facts.signing_ends - today <= SIGNING_ENDS_WITHIN:
        is_over = facts.signing_ends <= today
        urgency = Urgency.TODAY if is_over else Urgency.WEEK
        yield Task(TaskKind.SIGNATORY, urgency, due=None if is_over else facts.signing_ends)
    yield from review_tasks(facts.reviews, today)
    yield from _guidelines(facts.guidelines, today)
    yield from _handing_over(facts.handover_on, today)


def plan_tasks(tables: Sequence[int]) -> Iterator[Task]:
    """Yields the task of whoever leads tables whose plans were sent back."""
    if tables:
        yield Task(TaskKind.MEND_PLAN, Urgency.WEEK, len(tables), tables=tables)


def review_tasks(reviews: Iterable[DueReview], today: date) -> Iterator[Task]:
    """Yields the tasks of whoever writes courses."""
    for one in reviews:
        yield Task(TaskKind.REVIEW, urgency_of(one.due_on, today), due=one.due_on, course=one)


def _guidelines(
    review: ReviewToSeeTo | None, today: date, where: Sequence[tuple[str, int]] = ()
) -> Iterator[Task]:
    """Yields the task of the Guidelines' review: to open one that is due, or to answer."""
    if review is not None:
        yield Task(
            TaskKind.GUIDELINES,
            urgency_of(review.due_on, today),
            review.unanswered,
            due=review.due_on,
            where=where,
            review=review,
        )


def _handing_over(on: date | None, today: date) -> Iterator[Task]:
    """Yields the task of a handover. One that has taken place is there to be read and can wait."""
    if on is not None:
        urgency = Urgency.LATER if on < today else urgency_of(on, today)
        yield Task(TaskKind.HANDOVER, urgency, due=on)


def country_tasks(facts: CountryFacts, today: date) -> list[Task]:
    """Returns the tasks of a focal point, the most urgent first."""
    here = ((facts.code, facts.serving),)
    tasks = [
        Task(
            kind=TaskKind.NAMES,
            urgency=urgency_of(one.respond_by, today),
            count=one.places,
            event=one.event,
            due=one.respond_by,
            where=((one.country_code, one.named),),
        )
        for one in facts.names
    ]
    for kind, number, urgency, due in (
        (TaskKind.AGREEMENTS, facts.agreements, Urgency.OVERDUE, facts.overdue_since),
        (TaskKind.ACCESS, facts.access, Urgency.TODAY, None),
        (TaskKind.CORRECTIONS, facts.corrections, Urgency.WEEK, None),
        (TaskKind.TRAINING, facts.training, Urgency.WEEK, None),
        (TaskKind.ROSTER, facts.to_confirm, Urgency.TODAY, None),
        (TaskKind.BEGIN, facts.not_begun, Urgency.WEEK, None),
        (TaskKind.LAPSING, facts.lapsing, Urgency.WEEK, None),
        (TaskKind.SETTLE, facts.coming, urgency_of(facts.next_due, today), facts.next_due),
    ):
        if number:
            tasks.append(Task(kind, urgency, number, due=due, where=here))
    if facts.matrix is not None:
        tasks.append(
            Task(
                kind=TaskKind.MATRIX,
                urgency=urgency_of(facts.matrix.closes_on, today),
                count=facts.matrix.agreed,
                due=facts.matrix.closes_on,
                where=((facts.code, facts.matrix.answered),),
            )
        )
    if facts.is_empty:
        tasks.append(Task(TaskKind.FIRST_ROSTER, Urgency.TODAY, where=here))
    if facts.to_declare:
        tasks.append(Task(TaskKind.DECLARE, Urgency.TODAY, where=here))
    if facts.national is Freshness.EMPTY:
        tasks.append(Task(TaskKind.NATIONAL_EMPTY, Urgency.LATER, where=here))
    elif facts.national is not None:
        tasks.append(Task(TaskKind.NATIONAL_OLD, Urgency.LATER, due=facts.national_on, where=here))
    return in_order(
        [
            *tasks,
            *_guidelines(facts.guidelines, today, here),
            *_handing_over(facts.handover_on, today),
        ]
    )


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Returns the tasks with the most urgent first, then by kind, then the soonest."""
    return sorted(tasks, key=lambda task: (ORDER[task.urgency, task.kind], task.due or date.max))
