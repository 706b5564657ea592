"""The board: a month day by day beside the working groups, where planners move events about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import N_, date_locale, untranslated
from app.kernel.timespan import Timespan
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.queries.asking import Advice, advice
from app.planning.arranging.queries.requests import open_request
from app.planning.arranging.rules.requests import can_be_lifted, decide_by
from app.planning.arranging.services.planning import move_event, restore_times, swap_events
from app.planning.arranging.services.requests import REASON_FIELD, ask_to_move, ask_with_draft
from app.planning.arranging.views.plan_page import (
    heading_of,
    moment_text,
    presidency_shown,
    sentences_of,
)
from app.planning.arranging.views.planning import changeable
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus, GroupSummary, holder_of
from app.planning.programme.forms import MoveForm, SwapForm, move_form, span_asked
from app.planning.programme.queries.programme import (
    BindingHoliday,
    Process,
    ProgrammeEntry,
    Swappable,
    all_groups,
    binding_holidays,
    entries_between,
    processes_between,
    swappable_events,
)
from app.planning.programme.rules import MOMENT, days_between, month_of, next_month, previous_month
from app.planning.programme.views import bp
from app.planning.programme.views.lanes import (
    CLOSED,
    PROCESSES,
    WITHOUT_GROUP,
    WORKING_GROUP,
    Placed,
    placed_entries,
    placed_holiday,
    placed_process,
)
from app.planning.programme.views.month import FOR_ALL, Chip, Mark, Marks, month_text, title_of
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.services.claims import stands_beside
from app.planning.scheduling.values import FreeSlot
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import changed_meanwhile
from app.web.render import day_text, hours_text, span_text, zone_label
from app.web.undo import MinuteIsOver, flash_undoable, let_letters_wait, undo_token, undone

ONE_DAY = timedelta(days=1)
SATURDAY = 5
REGION, OTHERS = N_("The whole region"), N_("Other processes")
COLUMN_OF = {CLOSED: WITHOUT_GROUP}
"""What closes the calendar stands in the column of the whole region."""


@dataclass(frozen=True)
class Handle:
    """What can be moved: where it stands by the reader's clock, and its title."""

    id: str
    on: str
    start: str
    title: str


@dataclass(frozen=True)
class Card:
    chip: Chip
    handle: Handle | None


@dataclass(frozen=True)
class BoardDay:
    on: date
    text: str
    is_today: bool
    is_weekend: bool
    holidays: Sequence[str]
    is_closed: bool
    cells: Sequence[Sequence[Card]]


@bp.get("/programme/board")
@requires(policy.may_plan)
def board() -> Any:
    typed = request.args.get("month", "")
    month = month_of(typed) or clock.today(reader_timezone()).replace(day=1)
    is_known = not typed or month_of(typed) is not None
    starts, ends = _edges(month)
    with reading() as db:
        groups = all_groups(db)
        entries = entries_between(
            db, actor=current_actor(), starts_at=starts - ONE_DAY, ends_at=ends + ONE_DAY
        )
        holidays = binding_holidays(db, first=month, last=ends.date() - ONE_DAY)
        processes = processes_between(db, starts_at=starts, ends_at=ends)
    wanted = set(request.args.getlist("group"))
    chosen = [
        group.slug for group in groups if group.slug in wanted and group.kind == WORKING_GROUP
    ]
    html = _page(
        month, groups, chosen, (entries, holidays, processes), unknown="" if is_known else typed
    )
    return html, 200 if is_known else 422


Found = tuple[Sequence[ProgrammeEntry], Sequence[BindingHoliday], Sequence[Process]]


def _page(
    month: date,
    groups: Sequence[GroupSummary],
    chosen: Sequence[str],
    found: Found,
    *,
    unknown: str,
) -> str:
    language, marks = reader_language(), Marks(groups)
    own = [mark for mark in marks.legend if mark.slug in (chosen or _working(groups))]
    columns = [*own, _column(WITHOUT_GROUP, REGION, FOR_ALL), _column(PROCESSES, OTHERS, "gx")]
    days = _days(month, columns, found, groups, marks)
    return render_template(
        "planning/programme/board.html",
        month=month,
        month_name=month_text(month, language),
        columns=columns,
        days=days,
        marks=[mark for mark in marks.legend if mark.slug in _working(groups)],
        chosen=chosen,
        unknown=unknown,
        zone=zone_label(reader_timezone(), clock.now(), language),
        is_empty=not any(map(any, (d.cells for d in days))),
        earlier=_url(previous_month(month), chosen),
        later=_url(next_month(month), chosen),
        this_month=url_for("programme.board", group=chosen),
    )


def _working(groups: Iterable[GroupSummary]) -> list[str]:
    return [group.slug for group in groups if group.kind == WORKING_GROUP]


def _column(slug: str, msgid: str, look: str) -> Mark:
    name = translate(reader_language(), msgid)
    return Mark(slug=slug, code="", name=untranslated(name), look=look, short=untranslated(name))


def _days(
    month: date, columns: Sequence[Mark], found: Found, groups: Sequence[GroupSummary], marks: Marks
) -> list[BoardDay]:
    entries, holidays, processes = found
    cells: dict[tuple[date, str], list[Card]] = defaultdict(list)
    placed = placed_entries(entries, groups, marks, with_day=False)
    shown = [column.slug for column in columns]
    for entry, one in zip(entries, placed, strict=True):
        _put(one, _handle(entry, one), shown, cells)
    for process in processes:
        _put(placed_process(process, with_day=False), None, shown, cells)
    closures = [one.closure for one in placed if one.closure]
    bound: dict[date, list[str]] = defaultdict(list)
    for holiday in holidays:
        bound[holiday.on].append(placed_holiday(holiday).chip.text)
    today = clock.today(reader_timezone())

    def day(on: date) -> BoardDay:
        is_closed = on in bound or any(closure.first <= on <= closure.last for closure in closures)
        text = str(format_skeleton("Ed", on, locale=date_locale(reader_language())))
        return BoardDay(
            on=on,
            text=text,
            is_today=on == today,
            is_weekend=on.weekday() >= SATURDAY,
            holidays=bound.get(on, ()),
            is_closed=is_closed,
            cells=[cells.get((on, slug), ()) for slug in shown],
        )

    after = next_month(month) or month + timedelta(days=31)
    return [day(on) for on in days_between(month, after - ONE_DAY)]


def _put(
    one: Placed,
    handle: Handle | None,
    shown: Sequence[str],
    cells: dict[tuple[date, str], list[Card]],
) -> None:
    """Puts a card on each of an event's days and in each of its columns; it is moved by the first
    of them.
    """
    columns = list(dict.fromkeys(COLUMN_OF.get(lane, lane) for lane in one.lanes))
    is_region = WITHOUT_GROUP in columns
    places = [WITHOUT_GROUP] if is_region else [slug for slug in columns if slug in shown]
    for on in days_between(one.first, one.last):
        for slug in places:
            is_first = on == one.first and slug == places[0]
            cells[on, slug].append(Card(one.chip, handle if is_first else None))


def _handle(entry: ProgrammeEntry, one: Placed) -> Handle | None:
    """Returns None for what is not the actor's to move: others' events, reserved, cancelled and
    past ones.
    """
    is_open = not entry.is_reserved and entry.status is not EventStatus.CANCELLED
    is_coming = entry.ends_at is not None and entry.ends_at > clock.now()
    if not (
        is_open and is_coming and policy.may_plan_for(current_actor(), entry.groups, entry.kind)
    ):
        return None
    assert entry.starts_at is not None  # noqa: S101 - the query asked for instants
    starts = entry.starts_at.astimezone(ZoneInfo(reader_timezone()))
    start = "" if entry.is_all_day else f"{starts:%H:%M}"
    return Handle(str(entry.id), one.first.isoformat(), start, title_of(entry))


def _edges(month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(reader_timezone())
    after = next_month(month) or month + timedelta(days=31)
    return datetime.combine(month, time(), zone), datetime.combine(after, time(), zone)


def _url(month: date | None, chosen: Sequence[str]) -> str | None:
    return url_for("programme.board", month=f"{month:%Y-%m}", group=chosen) if month else None


# What the board and the moving page answer: the sentences, three free times, and the swap that
# would do.

FROM_BOARD = "X-Board"


@dataclass(frozen=True)
class AskedMove:
    """An event, where it stands, and where it is asked to go (in the form, by the reader's
    clock).
    """

    event: EventDetail
    span: Timespan
    form: MoveForm

    def span_asked(self) -> Timespan:
        zone, is_all_day = self.event.timezone, self.event.is_all_day
        return span_asked(
            self.form, self.span, typed_in=reader_timezone(), timezone=zone, is_all_day=is_all_day
        )

    def month(self) -> date:
        """Returns the month of the day asked for, or of the day on which the event stands."""
        asked: date | None = self.form.on.data
        return (
            asked or self.span.starts_at.astimezone(ZoneInfo(reader_timezone())).date()
        ).replace(day=1)


def place_of(event: EventDetail, span: Timespan) -> AskedMove:
    typed = (
        request.form
        if request.method == "POST" and request.endpoint == "programme.move_submitted"
        else None
    )
    form = move_form(
        typed,
        span,
        typed_in=reader_timezone(),
        timezone=event.timezone,
        is_all_day=event.is_all_day,
    )
    return AskedMove(event, span, form)


def is_from_board() -> bool:
    """Returns True when board.js asks, which shows the answer alone beside the board."""
    return FROM_BOARD in request.headers


def move_page(
    place: AskedMove,
    *,
    status: int = 200,
    sentences: Sequence[str] = (),
    slots: Sequence[dict[str, str]] = (),
    has_no_slots: bool = False,
    swap: EventDetail | None = None,
    swapping: SwapForm | None = None,
    asking: dict[str, Any] | None = None,
    heading: str = "",
) -> tuple[str, int]:
    """Returns the whole page, or for the board the answer alone."""
    swapping = swapping or SwapForm()
    page = {
        "event": place.event,
        "form": place.form,
        "sentences": sentences,
        "slots": slots,
        "has_no_slots": has_no_slots,
        "swap": swap,
        "swapping": swapping,
        "asking": asking,
        "heading": heading,
    }
    if is_from_board():
        return render_template(
            "planning/programme/_move_answer.html", is_from_board=True, **page
        ), status
    with reading() as db:
        others = swappable_events(db, actor=current_actor(), event=place.event, now=clock.now())
    swapping.other.choices = [
        ("", _("Choose one")),
        *((str(other.id), in_words(other)) for other in others),
    ]
    return render_template(
        "planning/programme/move.html",
        **page,
        has_others=bool(others),
        month=place.month(),
        zone=zone_label(reader_timezone(), place.span.starts_at, reader_language()),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    ), status


def answer_of(place: AskedMove, refusal: Refusal, *, may_swap: bool) -> dict[str, Any]:
    with reading() as db:
        said = _advice(db, place)
        swap = _other(db, refusal) if may_swap else None
        asking = _asking(db, place, said) if may_swap else None
    return {
        "sentences": sentences_of(refusal),
        "slots": [_slot(slot) for slot in said.slots],
        "has_no_slots": said.is_refused and not said.slots,
        "swap": swap,
        "asking": asking,
        "heading": translate(reader_language(), heading_of(said)) if said.is_refused else "",
    }


def refused_answer(place: AskedMove, *, reason: str, error: str) -> dict[str, Any]:
    """Returns the same answer once more, with what was written to the presidency and what it lacks."""
    with reading() as db:
        said = _advice(db, place)
        asking = _asking(db, place, said)
    found = wording.findings_in_words(
        said,
        reader_timezone=reader_timezone(),
        may_see_title=leads_the_region(current_actor()),
    )
    return {
        "sentences": [
            words.in_(reader_language())
            for _severity, words, finding in found
            if finding is None or finding.is_refused
        ],
        "slots": [_slot(slot) for slot in said.slots],
        "has_no_slots": said.is_refused and not said.slots,
        "asking": {**asking, "typed": reason, "error": error} if asking else None,
        "heading": translate(reader_language(), heading_of(said)) if said.is_refused else "",
    }


def _asking(db: Session, place: AskedMove, said: Advice) -> dict[str, Any] | None:
    """Returns how the presidency can be asked for the time, as on the planning page."""
    if not said.is_refused or said.breach is not None or not can_be_lifted(said.findings):
        return None
    span, language = place.span_asked(), reader_language()
    return {
        **presidency_shown(db, language),
        "decide_by": moment_text(decide_by(clock.now(), span.starts_at), language),
        "standing": open_request(db, place.event.id, now=clock.now()),
        "typed": "",
        "error": "",
    }


def _advice(db: Session, place: AskedMove) -> Advice:
    try:
        span = place.span_asked()
        draft = replace(place.event.as_draft(), span=span)
        return advice(
            db,
            actor=current_actor(),
            draft=draft,
            span=span,
            now=clock.now(),
            event_id=place.event.id,
        )
    except InvalidInput:
        return Advice()


def _other(db: Session, refusal: Refusal) -> EventDetail | None:
    """Returns the one event that stands in the way, if there is one alone and it is the actor's to
    move.
    """
    findings = refusal.findings if isinstance(refusal, Clash) else ()
    in_the_way = {wording.event_id_of(finding) for finding in findings}
    if len(in_the_way) != 1 or None in in_the_way:
        return None
    [other_id] = in_the_way
    assert other_id is not None  # noqa: S101 - asked just now
    try:
        other = event_of(db, actor=current_actor(), event_id=other_id)
    except NotFound:
        return None
    is_mine = policy.may_plan_for(current_actor(), other.group_slugs, other.kind)
    return other if is_mine and other.span and other.status is not EventStatus.CANCELLED else None


def moved_to(event_id: UUID) -> dict[str, str]:
    """Returns title and time of an event as it stands now, in the reader's words and zone."""
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    assert event.span is not None  # noqa: S101 - it was moved to a time
    return {
        "title": f"«{event.title.in_(reader_language())}»",
        "when": when_in_words(event.span, event),
    }


def when_in_words(span: Timespan, event: EventDetail) -> str:
    """Returns the time of an event by the reader's clock; whole days by the calendar of the place."""
    zone = event.timezone if event.is_all_day else reader_timezone()
    first = span.starts_at.astimezone(ZoneInfo(zone)).date()
    last = (span.ends_at - MOMENT).astimezone(ZoneInfo(zone)).date()
    days = " – ".join(dict.fromkeys(day_text(on, reader_language()) for on in (first, last)))
    if event.is_all_day:
        return days
    hours = hours_text(span.starts_at, span.ends_at, zone)
    return f"{days}, {hours} {zone_label(zone, span.starts_at, reader_language())}"


def in_words(other: Swappable) -> str:
    starts = other.starts_at.astimezone(ZoneInfo(reader_timezone()))
    day = format_skeleton("MMMEd", starts, locale=date_locale(reader_language()))
    return f"{day}, {starts:%H:%M} · {other.title.in_(reader_language())}"


def _slot(slot: FreeSlot) -> dict[str, str]:
    language, zone, span = reader_language(), reader_timezone(), slot.span
    starts = span.starts_at.astimezone(ZoneInfo(zone))
    text = span_text(span, zone, language)
    return {"value": starts.isoformat(), "text": text, "note": zone_label(zone, starts, language)}


# Moving an event as it is, and swapping two: one door for the board's drag, its keyboard and the
# plain form.

ASK = "ask"
Answer = Response | tuple[str, int]


@bp.get("/events/<uuid:event_id>/move")
@requires(policy.may_plan)
def move(event_id: UUID) -> Answer:
    return move_page(_place(event_id))


@bp.post("/events/<uuid:event_id>/move")
@requires(policy.may_plan)
def move_submitted(event_id: UUID) -> Answer:
    place = _place(event_id)
    if not place.form.validate():
        return move_page(place, status=422)
    if request.form.get("action") == ASK:
        return _ask(place)
    try:
        span = place.span_asked()
        with transaction() as db:
            let_letters_wait(db, clock.now())
            told = _told(db, place.event, span)
            beside = stands_beside(db, holder=holder_of(event_id), now=clock.now())
            move_event(
                db,
                actor=current_actor(),
                event_id=event_id,
                span=span,
                now=clock.now(),
                seen=place.form.seen.data or "",
            )
    except InvalidInput as refusal:
        place.form.show_errors(refusal.errors)
        return move_page(place, status=422)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("%(title)s is moved: %(when)s.", **moved_to(event_id))
    return _done(
        place,
        f"{said} {_told_in_words(told)}",
        [[str(event_id), *_instants(place.span)]],
        beside,
        _mark_now(event_id),
    )


def _ask(place: AskedMove) -> Answer:
    """Asks the presidency for the time that was refused. A draft takes it as its own and waits;
    what is published stays where it is.
    """
    event, reason, now = place.event, request.form.get(REASON_FIELD, ""), clock.now()
    try:
        span = place.span_asked()
        with transaction() as db:
            if event.status is EventStatus.DRAFT:
                ask_with_draft(
                    db,
                    actor=current_actor(),
                    draft=replace(event.as_draft(), span=span),
                    reason=reason,
                    event_id=event.id,
                    now=now,
                )
            else:
                ask_to_move(
                    db,
                    actor=current_actor(),
                    event_id=event.id,
                    span=span,
                    reason=reason,
                    now=now,
                )
    except InvalidInput as refusal:
        errors = {name: say(reader_language(), one) for name, one in refusal.errors.items()}
        found = refused_answer(place, reason=reason, error=errors.get(REASON_FIELD, ""))
        return move_page(place, status=422, **found)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("The presidency has been asked. The event stays where it is until it answers.")
    return _answer(place, said, "success")


@bp.post("/events/<uuid:event_id>/swap")
@requires(policy.may_plan)
def swap(event_id: UUID) -> Answer:
    place, form = _place(event_id), SwapForm(request.form)
    other: UUID | None = form.other.data
    if other is None or other == event_id:
        form.other.errors = [_("Choose the event to swap with.")]
        return move_page(place, status=422, swapping=form)
    try:
        with transaction() as db:
            let_letters_wait(db, clock.now())
            partner = event_of(db, actor=current_actor(), event_id=other)
            told = _told_of_swap(db, place, partner)
            beside = (
                *stands_beside(db, holder=holder_of(event_id), now=clock.now()),
                *stands_beside(db, holder=holder_of(other), now=clock.now()),
            )
            swap_events(db, actor=current_actor(), first=event_id, second=other, now=clock.now())
    except InvalidInput as refusal:
        sentences = [_(one.msgid, **one.params) for one in refusal.errors.values()]
        return move_page(place, status=422, sentences=sentences)
    except Refusal as refusal:
        return _refused(place, refusal, may_swap=False)
    said = _("The two have changed places. %(title)s: %(when)s.", **moved_to(event_id))
    were = [[str(event_id), *_instants(place.span)]]
    if partner.span is not None:
        were.append([str(other), *_instants(partner.span)])
    return _done(place, f"{said} {_told_in_words(told)}", were, beside, "")


@bp.post("/events/<uuid:event_id>/move/undo")
@requires(policy.may_plan)
def undo_move(event_id: UUID) -> Answer:
    """Moves the event back to where it was, or the two back to theirs, whatever the rules say
    today; only what somebody else has taken meanwhile stays taken.
    """
    place, now = _place(event_id), clock.now()
    try:
        were, beside, seen = undone()
        spans = {
            UUID(one): Timespan(*map(datetime.fromisoformat, instants)) for one, *instants in were
        }
        with transaction() as db:
            let_letters_wait(db, now)
            restore_times(db, actor=current_actor(), spans=spans, now=now, seen=seen, beside=beside)
    except MinuteIsOver as refusal:
        return _answer(place, say(reader_language(), refusal.sentence), "warning")
    except InvalidInput as refusal:
        sentences = [_(one.msgid, **one.params) for one in refusal.errors.values()]
        return move_page(place, status=422, sentences=sentences)
    except Refusal as refusal:
        return _refused(place, refusal)
    said = _("%(title)s is back: %(when)s.", **moved_to(event_id))
    return _answer(place, f"{said} {_('Nobody is told of the move.')}", "success")


def _instants(span: Timespan) -> tuple[str, str]:
    return span.starts_at.isoformat(), span.ends_at.isoformat()


def _told(db: Session, event: EventDetail, span: Timespan | None) -> int:
    """Returns how many get a letter about another time; nobody hears of a draft."""
    if event.status is not EventStatus.PUBLISHED:
        return 0
    ahead = letters_ahead().if_moved(
        db, event.id, span=span, timezone=event.timezone, place=event.place
    )
    return ahead.people


def _told_of_swap(db: Session, place: AskedMove, partner: EventDetail) -> int:
    own = partner.span.starts_at if partner.span else place.span.starts_at
    return _told(db, place.event, place.span.moved_to(own)) + _told(
        db, partner, partner.span.moved_to(place.span.starts_at) if partner.span else None
    )


def _told_in_words(told: int) -> str:
    if not told:
        return str(_("This sends no letter to anybody."))
    return str(
        ngettext(
            "In a minute %(num)s person is told, unless you undo it.",
            "In a minute %(num)s people are told, unless you undo it.",
            told,
        )
    )


def _mark_now(event_id: UUID) -> str:
    with reading() as db:
        return mark_of(event_of(db, actor=current_actor(), event_id=event_id).span)


def _answer(place: AskedMove, said: str, kind: str) -> Answer:
    """Returns a sentence alone, with nothing to undo."""
    if is_from_board():
        return render_template("planning/programme/_moved.html", said=said, token=""), 200
    flash(said, kind)
    return redirect(url_for("programme.board", month=f"{place.month():%Y-%m}"), 303)


def _place(event_id: UUID) -> AskedMove:
    """Returns the event and where it is asked to go; what has no hour to begin with cannot be moved
    like this.
    """
    with reading() as db:
        event: EventDetail = changeable(event_of(db, actor=current_actor(), event_id=event_id))
    if event.span is None:
        raise NotFound
    return place_of(event, event.span)


def _refused(place: AskedMove, refusal: Refusal, *, may_swap: bool = True) -> Answer:
    """Returns the same sentences as on the planning page. Raises again what is no conflict: it is
    not for this page to answer.
    """
    if refusal.kind is not Kind.CONFLICT:
        raise refusal
    if isinstance(refusal, ChangedMeanwhile):
        place.form.seen.data = refusal.mark
        said = changed_meanwhile(refusal, url_for("programme.move", event_id=place.event.id))
        return move_page(place, status=409, sentences=[said])
    return move_page(place, status=409, **answer_of(place, refusal, may_swap=may_swap))


def _done(place: AskedMove, said: str, *what: Any) -> Answer:
    """Returns the sentence of what was done, and its undoing; `what`: for undo_move."""
    url = url_for("programme.undo_move", event_id=place.event.id)
    if is_from_board():
        token = undo_token(url, *what)
        return render_template(
            "planning/programme/_moved.html", said=said, url=url, token=token
        ), 200
    flash_undoable(said, url, *what)
    return redirect(url_for("programme.board", month=f"{place.month():%Y-%m}"), 303)
