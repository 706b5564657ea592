"""What the sessions of an event must keep, and what goes with a copy of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, SEVERAL_LINES, LocalizedText, field_in, is_one_line
from app.kernel.timespan import Timespan
from app.planning.events.values import (
    SESSION_ROLES,
    Brief,
    DatePrecision,
    EventDraft,
    EventKind,
    LinkRole,
    SessionDetail,
    SessionDraft,
    SessionKind,
    holder_of_session,
)
from app.planning.scheduling.values import Finding, Party, Rule, Severity, Standing

NO_TITLE = N_("Write the title in Spanish or in English.")
BEFORE_THE_EVENT = N_("The event begins later than this. Choose an hour within it.")
AFTER_THE_EVENT = N_("The event is over by then. Choose an hour within it.")
ONLY_TABLES_SIT = N_(
    "Only a session of the kind “work table” belongs to a table. Choose that kind, or no table."
)
UNKNOWN_TABLE = N_("Choose one of the tables of the congress that this event belongs to.")
NOT_A_ROLE = N_("In a session people speak, moderate, report or interpret.")


class NoHours(Refusal):
    rule = "no-hours"
    msgid = N_("An agenda needs the event's exact date and hours. Give it these first.")


class SessionsOutside(Refusal):
    """The event would leave sessions of its own agenda behind."""

    rule = "sessions-outside"
    msgid = N_(
        "The session “%(title)s” does not fit into the new hours. Change or remove it first."
    )


class ReviewStays(Refusal):
    """A published congress keeps its space for the Guidelines (R29)."""

    rule = "guidelines-review-stays"
    msgid = N_(
        "A published congress has a Guidelines review, and this is its only one. Add another first."
    )


def require_review(kinds: Collection[str], *, left: Collection[str]) -> None:
    """Refuses to take the review of the Guidelines out of a published congress.

    `kinds` of sessions before, `left` after the change. A congress that was recorded without a
    review lacks none.
    """
    if SessionKind.GUIDELINES_REVIEW in kinds and SessionKind.GUIDELINES_REVIEW not in left:
        raise ReviewStays


def require_sound_session(draft: SessionDraft, *, event: Timespan, tables: Collection[int]) -> None:
    """Refuses with InvalidInput, field by field. `tables`: those of the editions that the event
    belongs to.
    """
    errors: dict[str, Sentence] = {}
    if not draft.title.map(str.strip):
        errors[field_in("title")] = Sentence(NO_TITLE)
    for language, title in draft.title.items():
        if not is_one_line(title):
            errors[field_in("title", language)] = Sentence(SEVERAL_LINES)
    if draft.span.starts_at < event.starts_at:
        errors["starts_at"] = Sentence(BEFORE_THE_EVENT)
    if draft.span.ends_at > event.ends_at:
        errors["ends_at"] = Sentence(AFTER_THE_EVENT)
    if draft.work_table_id is not None:
        if draft.kind is not SessionKind.WORK_TABLE:
            errors["work_table"] = Sentence(ONLY_TABLES_SIT)
        elif draft.work_table_id not in tables:
            errors["work_table"] = Sentence(UNKNOWN_TABLE)
    if any(part.role not in SESSION_ROLES for part in draft.people):
        errors["people"] = Sentence(NOT_A_ROLE)
    if errors:
        raise InvalidInput(errors)


def double_booked(
    draft: SessionDraft, others: Iterable[SessionDetail], *, names: Mapping[int, str], timezone: str
) -> tuple[Finding, ...]:
    """Returns those of the draft's people who sit in another session of the same event meanwhile;
    `names` by person id, `timezone` the event's.
    """
    findings = []
    for other in others:
        there = {person.id for person in other.people}
        shared = [part.person_id for part in draft.people if part.person_id in there]
        if shared and other.span.overlaps(draft.span):
            parties = tuple(Party.person(person_id, names[person_id]) for person_id in shared)
            standing = Standing(
                holder=holder_of_session(other.id),
                title=other.title,
                span=other.span,
                timezone=timezone,
                is_confidential=False,
                parties=parties,
            )
            findings.append(
                Finding(
                    rule=Rule.SAME_PERSON,
                    severity=Severity.BLOCK,
                    span=draft.span,
                    other=standing,
                    parties=parties,
                )
            )
    return tuple(findings)


def carried(
    sessions: Sequence[tuple[LocalizedText, Timespan]], before: Timespan, after: Timespan
) -> list[Timespan]:
    """Returns where the sessions are once the event is at `after`.

    An event that lasts as long as before takes them along by the same shift; one that was made
    longer or shorter leaves them where they are if it can, or else takes them along. Refuses with
    SessionsOutside when neither keeps all of them within the event.
    """
    shift = after.starts_at - before.starts_at
    moved = [span.moved_to(span.starts_at + shift) for _title, span in sessions]
    stay = [span for _title, span in sessions]
    tries = (moved,) if before.duration == after.duration else (stay, moved)
    for spans in tries:
        if all(_within(span, after) for span in spans):
            return spans
    title = next(
        title
        for (title, _), span in zip(sessions, tries[0], strict=True)
        if not _within(span, after)
    )
    raise SessionsOutside(title=title)


def _within(span: Timespan, event: Timespan) -> bool:
    return event.starts_at <= span.starts_at and span.ends_at <= event.ends_at


# What a copy of an event takes over, and where the agenda goes in its hours.

COPIED_KINDS = frozenset(EventKind) - {EventKind.CONGRESS, EventKind.EXTERNAL}
"""A congress is made from the edition before it, with its cycle; a meeting of others is theirs."""


class NotCopied(Refusal):
    rule = "not-copied"
    msgid = N_(
        "A congress is made as a new edition from the last one, and a meeting of others is planned by them."
    )


def copy_of(draft: EventDraft, *, editions: frozenset[str]) -> EventDraft:
    """Returns the draft without date, link to join, source and plan entry: an entry is of one year,
    and counts what is held under it.

    `editions` are those whose congress is still to come: links to others are left behind. Raises
    NotCopied for a congress and for an external meeting.
    """
    if draft.kind not in COPIED_KINDS:
        raise NotCopied
    links = tuple(
        link
        for link in draft.links
        if link.role is not LinkRole.PREPARATORY or link.edition in editions
    )
    return replace(
        draft,
        span=None,
        is_all_day=False,
        date_precision=DatePrecision.UNKNOWN,
        found_start="",
        found_end="",
        source_url="",
        join_url="",
        side_event_of=None,
        links=links,
        plan_entry_id=None,
    )


def copy_of_brief(brief: Brief) -> Brief:
    """Returns the brief without what belongs to the meeting that was held."""
    return replace(brief, dial_in="", recording_url="")


def agenda_in(
    spans: Iterable[Timespan], before: Timespan, after: Timespan
) -> tuple[Timespan | None, ...]:
    """Returns each sitting as long after the start as before, or None where it does not fit."""
    moved = (span.moved_to(after.starts_at + (span.starts_at - before.starts_at)) for span in spans)
    return tuple(span if span.ends_at <= after.ends_at else None for span in moved)
