"""Pages of series. Each module adds its routes to the one blueprint."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.kernel.timespan import Timespan
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.queries.asking import Advice
from app.planning.arranging.rules.plans import NotReady
from app.planning.arranging.views.plan_page import (
    are_own_groups,
    asking_page,
    may_ask,
    page_of,
    people_of,
    sentences_of,
)
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventDraft, EventKind, EventStatus
from app.planning.scheduling import policy as scheduling_policy
from app.planning.scheduling.rules.judging import SHORTEST_REASON, require_reason
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.rules.spec import REFUSED
from app.planning.scheduling.services.claims import OVERRIDE_FIELD
from app.planning.scheduling.values import Finding, Rule, Severity
from app.planning.scheduling.wording import sentence
from app.planning.series.forms import (
    MOVED,
    PAGE,
    RecurrenceForm,
    SeriesAnswers,
    SeriesCancelForm,
    SeriesChangeForm,
    answers_of_date,
    moved_in,
    scope_in,
    skipped_in,
    typed_with_choice,
)
from app.planning.series.queries import ProposedDate, SeriesDetail, propose_series, series_of
from app.planning.series.rules import (
    DateMisfit,
    NotInSeries,
    Recurrence,
    Scope,
    SeriesRefused,
    occurrences_of,
)
from app.planning.series.services import SeriesOutcome, cancel_series, change_series, plan_series
from app.planning.series.wording import recurrence_in_words
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import changed_meanwhile, show_errors
from app.web.render import day_text, moment, span_text, zone_label
from app.web.sent import flash_sent

bp = Blueprint("series", __name__)


# Putting the pages of a series together: the form, the dates with their answers, the series that
# exists.

NOT_IN_SERIES = (EventKind.CONGRESS, EventKind.EXTERNAL)
PER_PAGE, MOST_SENTENCES = 12, 3


@dataclass(frozen=True)
class SeriesPage:
    """What was typed of a series, with the button that was pressed taken in."""

    typed: Typed | None
    answers: SeriesAnswers

    @property
    def draft(self) -> EventDraft:
        """Refuses with InvalidInput."""
        return self.answers.plan.draft()

    @property
    def recurrence(self) -> Recurrence:
        return self.answers.recurrence.recurrence(self.answers.plan.on.data)

    @property
    def skip(self) -> frozenset[int]:
        return skipped_in(self.typed) if self.typed else frozenset()

    def moved(self, draft: EventDraft) -> dict[int, Timespan]:
        return moved_in(self.typed, draft.span.duration) if self.typed and draft.span else {}


def series_page_of(db: Session, typed: Typed | None) -> SeriesPage:
    taken = typed_with_choice(typed) if typed is not None else None
    plan = page_of(db, taken, None).form
    plan.kind.choices = [choice for choice in plan.kind.choices if choice[0] not in NOT_IN_SERIES]
    return SeriesPage(taken, SeriesAnswers(plan, RecurrenceForm(taken)))


def form_page(page: SeriesPage, *, status: int = 200) -> tuple[str, int]:
    with reading() as db:
        html = render_template(
            "planning/series/plan_series.html",
            form=page.answers,
            plan=page.answers.plan,
            recurrence=page.answers.recurrence,
            new_id=page.answers.plan.new_id or uuid4(),
            **people_of(db, page.answers.plan),
        )
    return html, status


def dates_page(
    page: SeriesPage, *, refusal: SeriesRefused | None = None, status: int = 200
) -> tuple[str, int]:
    """Returns which dates fit, and what may be done about the others.

    Refuses with InvalidInput, whose place is the form.
    """
    draft = page.draft
    moved, plan = page.moved(draft), page.answers.plan
    late = {misfit.occurrence.position: misfit for misfit in refusal.misfits} if refusal else {}
    number, pages = _pages(page.typed, len(occurrences_of(draft, page.recurrence)), late)
    first, last = pages[number - 1]
    with reading() as db:
        proposal = propose_series(
            db,
            actor=current_actor(),
            draft=draft,
            recurrence=page.recurrence,
            now=clock.now(),
            skip=page.skip,
            moved=moved,
            overrides=plan.overrides,
            offering=range(first, last + 1),
        )
    wanted = [date for date in proposal.dates if not date.is_skipped]
    misfits = [date for date in wanted if not date.fits or date.occurrence.position in late]
    shown = proposal.dates[first - 1 : last]
    positions = {date.occurrence.position for date in shown}
    html = render_template(
        "planning/series/series_dates.html",
        rows=[_row(date, draft.timezone, late) for date in shown],
        pages=pages,
        number=number,
        may_confirm=_confirmable(proposal.dates),
        reason=plan.override_reason,
        title=draft.title,
        wanted=len(wanted),
        fitting=len(wanted) - len(misfits),
        refusal=_say(refusal) if refusal else "",
        refused=[
            (date.occurrence.position, _day(date))
            for date in wanted
            if date.occurrence.position in late
        ],
        positions=positions,
        may_wait=any(map(_needs_reason, misfits)),
        rule=recurrence_in_words(page.recurrence),
        hours=_same_for_all(proposal.dates),
        carried=page.answers.carried(page.typed or Typed()),
        skipped=page.skip - positions,
        moved=[
            (f"{MOVED}{position}", span.starts_at.isoformat()) for position, span in moved.items()
        ],
    )
    return html, 409 if refusal else status


def _confirmable(dates: Sequence[ProposedDate]) -> list[dict[str, Any]]:
    """Returns what the reader may let stand, each once however many dates it is about, as boxes to
    tick.
    """
    by_rule: dict[str, dict[str, Any]] = {}
    for date in dates:
        for finding in date.advice.findings:
            if finding.severity in REFUSED and scheduling_policy.may_override(
                current_actor(), finding.approver
            ):
                value = (
                    f"{finding.rule}|{finding.against}" if finding.against else str(finding.rule)
                )
                row = by_rule.setdefault(
                    value, {"value": value, "label": _finding(finding), "dates": 0}
                )
                row["dates"] += 1
                row["is_ticked"] = finding.is_overridden
    return list(by_rule.values())


def _pages(
    typed: Typed | None, count: int, late: Collection[int]
) -> tuple[int, list[tuple[int, int]]]:
    """Returns the page of so many dates that was asked for (that of the first misfit after a
    refusal), and the first and last date of each.
    """
    edges = [(first + 1, min(first + PER_PAGE, count)) for first in range(0, count, PER_PAGE)]
    if late:
        return (min(late) - 1) // PER_PAGE + 1, edges
    pressed = typed.getlist(PAGE)[-1] if typed and typed.getlist(PAGE) else ""
    return next((n for n in range(1, len(edges) + 1) if str(n) == pressed), 1), edges


def _row(date: ProposedDate, timezone: str, late: Mapping[int, DateMisfit]) -> dict[str, Any]:
    position, span = date.occurrence.position, date.occurrence.span
    misfit = late.get(position) if date.fits and not date.is_skipped else None
    fits = date.fits and misfit is None
    slots = () if fits or date.is_skipped else date.advice.slots
    return {
        "position": position,
        "is_skipped": date.is_skipped,
        "is_moved": date.is_moved,
        "fits": fits,
        "needs_reason": misfit is None and _needs_reason(date),
        "day": _day(date),
        "when": moment(span.starts_at, span.ends_at, timezone) if span else None,
        "wall": f"{date.occurrence.wall:%H:%M}",
        "sentences": [] if date.is_skipped else _sentences_of(date, misfit)[:MOST_SENTENCES],
        "ask": _short(span.starts_at) if span and _may_ask(date, misfit) else "",
        "slots": [_slot(position, slot.span, timezone) for slot in slots],
        "has_no_slots": not (fits or date.is_skipped or slots) and span is not None,
    }


def _short(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _may_ask(date: ProposedDate, misfit: DateMisfit | None) -> bool:
    if misfit is not None:
        return may_ask(misfit.findings, misfit.breach)
    is_refused = not (date.fits or date.is_skipped)
    return is_refused and may_ask(date.advice.findings, date.advice.breach)


def _needs_reason(date: ProposedDate) -> bool:
    """Returns True when nothing stands in the way but what may be confirmed."""
    refused = [finding for finding in date.advice.findings if finding.is_refused]
    return (
        bool(refused)
        and date.advice.breach is None
        and all(f.severity is Severity.CONFIRM for f in refused)
    )


def _day(date: ProposedDate) -> str:
    return day_text(date.occurrence.wall.date(), reader_language())


def _slot(position: int, span: Timespan, timezone: str) -> dict[str, str]:
    starts = span.starts_at.astimezone(ZoneInfo(timezone))
    note = zone_label(timezone, span.starts_at, reader_language())
    text = span_text(span, timezone, reader_language())
    return {"value": f"{position}@{starts.isoformat()}", "text": text, "note": note}


def _sentences_of(date: ProposedDate, misfit: DateMisfit | None) -> list[str]:
    if misfit is not None:
        return sentences_of_misfit(misfit)
    if date.occurrence.gap is not None:
        return [say(reader_language(), date.occurrence.gap)]
    return _said(date.advice)


def _said(advice: Advice) -> list[str]:
    """Returns the findings in words without the hours of the countries, which are said once for all
    dates.
    """
    language = reader_language()
    words = [wording.breach_in_words(advice.breach).in_(language)] if advice.breach else []
    return words + [
        _finding(finding) for finding in advice.findings if finding.rule != Rule.OUTSIDE_HOURS
    ]


def _same_for_all(dates: Sequence[ProposedDate]) -> list[str]:
    sentences = [
        finding
        for date in dates
        for finding in date.advice.findings
        if finding.rule == Rule.OUTSIDE_HOURS
    ]
    return list(dict.fromkeys(map(_finding, sentences)))[:2]


def _finding(finding: Finding) -> str:
    may_see = leads_the_region(current_actor())
    words = sentence(finding, reader_timezone=reader_timezone(), may_see_title=may_see)
    return words.in_(reader_language())


def sentences_of_misfit(misfit: DateMisfit) -> list[str]:
    """Returns why a date cannot be, in the reader's language."""
    if misfit.occurrence.gap is not None:
        return [say(reader_language(), misfit.occurrence.gap)]
    if misfit.breach is not None:
        return [wording.breach_in_words(misfit.breach).in_(reader_language())]
    return [_finding(finding) for finding in misfit.findings]


def _say(refusal: SeriesRefused) -> str:
    return say(reader_language(), refusal.sentence)


def refusals_of(refusal: SeriesRefused, series: SeriesDetail) -> list[str]:
    """Returns the whole, then each date with its sentences, for the summary above a form; and where
    the presidency can be asked for a date that only it may allow.
    """
    events = {member.position: member.event.id for member in series.members}
    lines = [_say(refusal)]
    for misfit in refusal.misfits:
        one = misfit.occurrence
        day = day_text(one.wall.date(), reader_language())
        lines += [f"{day}: {words}" for words in sentences_of_misfit(misfit)]
        if one.span and one.position in events and may_ask(misfit.findings, misfit.breach):
            lines.append(asking_line(events[one.position], one.span, day))
    return lines


def asking_line(event_id: UUID, span: Timespan, day: str) -> Markup:
    """Returns a link to where the presidency is asked for one date of a series."""
    link = Markup('<a href="{}">{}<span class="visually-hidden">: {}</span></a>').format(
        asking_page(event_id, span), _("Ask for authorization"), day
    )
    more = _("for this date alone; what else you changed here is not saved with it")
    return Markup("{} ({})").format(link, more)


def existing_page(
    series: SeriesDetail,
    event: EventDetail,
    form: SeriesChangeForm | None = None,
    *,
    status: int = 200,
    refusals: Sequence[str] = (),
) -> tuple[str, int]:
    """Returns a series that exists, seen from one of its dates."""
    shown = form or SeriesChangeForm(data=answers_of_date(event))
    zone = (
        zone_label(event.timezone, event.starts_at, reader_language())
        if event.starts_at
        else event.timezone
    )
    html = render_template(
        "planning/series/series.html",
        series=series,
        event=event,
        form=shown,
        refusals=refusals,
        zone=zone,
        rule=recurrence_in_words(series.pattern.recurrence),
        is_draft=any(member.event.status == "draft" for member in series.members),
    )
    return html, status


# Planning a series, changing it and cancelling it. Every step is a form that keeps what was typed;
# no script.

SAVE, PUBLISH, TO_FORM = "save", "publish", ("form", "find")
Answer = Response | tuple[str, int]


@bp.get("/series/plan")
@requires(policy.may_plan)
def plan_a_series() -> Answer:
    """Shows what was kept of a series at the step at which it was sent."""
    typed = kept_fields()
    with reading() as db:
        page = series_page_of(db, typed)
    if typed is not None and typed.get("action", "") not in TO_FORM and page.answers.validate():
        try:
            return dates_page(page)
        except InvalidInput as refusal:
            page.answers.show_errors(refusal.errors)
    return form_page(page)


@bp.post("/series/plan")
@requires(policy.may_plan)
def plan_a_series_submitted() -> Answer:
    """Plans the series that was sent; any other button (show the dates, a free slot, back to the
    form) only shows a page.
    """
    with reading() as db:
        page = series_page_of(db, request.form)
    action = request.form.get("action", "")
    if action in TO_FORM:
        return form_page(page)
    if not page.answers.validate() or not are_own_groups(page.answers.plan):
        return form_page(page, status=422)
    try:
        return (
            _save_series(page, publish=action == PUBLISH)
            if action in (SAVE, PUBLISH)
            else dates_page(page)
        )
    except InvalidInput as refusal:
        page.answers.show_errors(refusal.errors)
        return (dates_page if OVERRIDE_FIELD in refusal.errors else form_page)(page, status=422)
    except NotReady as refusal:
        page.answers.show_errors({"decision_ref": refusal.sentence})
        return form_page(page, status=409)


def _save_series(page: SeriesPage, *, publish: bool) -> Answer:
    draft = page.draft
    try:
        with transaction() as db:
            outcome = plan_series(
                db,
                actor=current_actor(),
                draft=draft,
                recurrence=page.recurrence,
                publish=publish,
                now=clock.now(),
                skip=page.skip,
                moved=page.moved(draft),
                overrides=page.answers.plan.overrides,
                series_id=page.answers.plan.new_id,
            )
    except SeriesRefused as refusal:
        return dates_page(page, refusal=refusal)
    count = len(outcome.events)
    if publish:
        flash(
            ngettext("%(num)d event is published.", "%(num)d events are published.", count),
            "success",
        )
    else:
        flash(
            _("%(count)d drafts are saved. They hold their time for 14 days.", count=count),
            "success",
        )
    return redirect(url_for("series.series", event_id=outcome.events[0]), 303)


@bp.get("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
def series(event_id: UUID) -> Answer:
    with reading() as db:
        found = _found(db, event_id)
    return existing_page(*found) if found else _to_event(event_id)


@bp.post("/events/<uuid:event_id>/series")
@requires(policy.may_plan)
def change_a_series(event_id: UUID) -> Answer:
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    form = SeriesChangeForm(request.form)
    if not form.validate():
        return existing_page(*found, form, status=422)
    try:
        outcome = _change(form, found[1])
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
        return existing_page(*found, form, status=422)
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        return existing_page(*found, form, status=409, refusals=_in_sentences(refusal, form, found))
    return _told(outcome, event_id)


def _in_sentences(
    refusal: Refusal, form: SeriesChangeForm, found: tuple[SeriesDetail, EventDetail]
) -> list[str]:
    series_found, event = found
    if isinstance(refusal, ChangedMeanwhile):
        form.seen.data = refusal.mark
        return [changed_meanwhile(refusal, url_for("series.series", event_id=event.id))]
    if isinstance(refusal, SeriesRefused):
        return refusals_of(refusal, series_found)
    lines, span = sentences_of(refusal), form.draft(event.as_draft()).span
    if isinstance(refusal, Clash) and span is not None and may_ask(refusal.findings):
        lines.append(asking_line(event.id, span, day_text(form.on.data, reader_language())))
    return lines


def _change(form: SeriesChangeForm, event: EventDetail) -> SeriesOutcome:
    draft, publish = form.draft(event.as_draft()), request.form.get("action") == PUBLISH
    with transaction() as db:
        return change_series(
            db,
            actor=current_actor(),
            event_id=event.id,
            scope=form.chosen_scope(),
            draft=draft,
            now=clock.now(),
            publish=publish,
            seen=form.seen.data or "",
        )


def _told(outcome: SeriesOutcome, event_id: UUID) -> Response:
    flash_sent(
        ngettext(
            "%(num)d date is changed. Whoever is registered is told when time or place changed.",
            "%(num)d dates are changed. Whoever is registered is told when time or place changed.",
            len(outcome.events),
        )
    )
    return redirect(url_for("series.series", event_id=event_id), 303)


@bp.get("/events/<uuid:event_id>/series/cancel")
@requires(policy.may_plan)
def cancel_a_series(event_id: UUID) -> Answer:
    """Asks once and names the dates."""
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    return _cancel_page(*found, scope_in(request.args.get("scope")))


@bp.post("/events/<uuid:event_id>/series/cancel")
@requires(policy.may_plan)
def cancel_a_series_confirmed(event_id: UUID) -> Answer:
    """Cancels dates of a series; it takes a reason if any of them is public, as everybody who is
    told reads it.
    """
    form = SeriesCancelForm(request.form)
    scope, reason = form.chosen_scope(), form.reason.data or ""
    with reading() as db:
        found = _found(db, event_id)
    if found is None:
        return _to_event(event_id)
    try:
        if _is_public(_ending(*found, scope)):
            require_reason(form.reason.name, reason)
        with transaction() as db:
            outcome = cancel_series(
                db,
                actor=current_actor(),
                event_id=event_id,
                scope=scope,
                now=clock.now(),
                reason=reason,
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _cancel_page(*found, scope, form, status=422)
    count = len(outcome.events)
    flash(
        ngettext(
            "%(num)d date is cancelled and its time is free again.",
            "%(num)d dates are cancelled and their time is free again.",
            count,
        ),
        "success",
    )
    return redirect(url_for("series.series", event_id=event_id), 303)


def _found(db: Session, event_id: UUID) -> tuple[SeriesDetail, EventDetail] | None:
    """Returns None for an event that stands by itself.

    Refuses what the actor may see and not change.
    """
    event = event_of(db, actor=current_actor(), event_id=event_id)
    policy.require_may_plan_for(current_actor(), event.group_slugs, event.kind)
    try:
        return series_of(db, actor=current_actor(), event_id=event_id), event
    except NotInSeries:
        return None


def _to_event(event_id: UUID) -> Response:
    flash(_("This event is not part of a series."), "info")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _cancel_page(
    series: SeriesDetail,
    event: EventDetail,
    scope: Scope,
    form: SeriesCancelForm | None = None,
    *,
    status: int = 200,
) -> Answer:
    dates = _ending(series, event, scope)
    shown = form or SeriesCancelForm(data={"scope": scope.value})
    shown.reason.flags.required = is_public = _is_public(dates)
    return render_template(
        "planning/series/cancel_series.html",
        event=event,
        form=shown,
        dates=dates,
        is_public=is_public,
        shortest=SHORTEST_REASON,
    ), status


def _is_public(dates: Sequence[EventDetail]) -> bool:
    return any(date.status is EventStatus.PUBLISHED for date in dates)


def _ending(series: SeriesDetail, event: EventDetail, scope: Scope) -> list[EventDetail]:
    """Returns the dates that cancelling would end."""
    here = next(member.position for member in series.members if member.event.id == event.id)
    now = clock.now()
    return [
        member.event
        for member in series.members
        if member.event.status is not EventStatus.CANCELLED
        and member.event.starts_at
        and member.event.starts_at > now
        and (
            scope is Scope.ALL
            or member.position == here
            or (scope is Scope.FOLLOWING and member.position > here)
        )
    ]
