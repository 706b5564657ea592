"""Pages of agreements, of the priorities and findings of events, and of closing an event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.agreements import policy, wording
from app.followup.agreements.exports import names_of, sheet_of
from app.followup.agreements.forms import (
    AgreementForm,
    ClosingForm,
    FindingForm,
    IssueForm,
    ReportForm,
    ReviewsForm,
    answers_of,
    blank_finding,
    read_filters,
    read_ids,
    reviews_form,
)
from app.followup.agreements.policy import may_open_findings, may_read
from app.followup.agreements.queries.agreements import (
    AgreementFilters,
    NamedChoice,
    agreement_of,
    agreements_of,
    agreements_page,
    all_agreements,
    choices,
    countries,
    editions_with_agreements,
    review_list,
    sections,
)
from app.followup.agreements.queries.events import (
    CongressAhead,
    SessionOrigin,
    closing_of,
    congress_ahead,
    findings_of,
    issues_of,
    rapporteurs_of,
    session_origins,
)
from app.followup.agreements.rules import breach
from app.followup.agreements.services.agreements import (
    change_agreement,
    follow_up_agreements,
    note_export,
    record_agreement,
    record_reviews,
    report_status,
)
from app.followup.agreements.services.events import (
    close,
    prefill_agenda,
    record_finding,
    record_issue,
    remove_finding,
    remove_issue,
    reopen,
)
from app.followup.agreements.values import (
    AgreementView,
    IssueView,
    ListedAgreement,
    ReviewView,
    Status,
)
from app.followup.agreements.wording import STATUSES
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.actor import Role
from app.kernel.paging import Paging
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText, date_locale
from app.planning.events import policy as events_policy
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import NotClosed, Phase
from app.planning.events.values import EventDetail, EventStatus, LinkRole
from app.planning.scheduling.rules.judging import MOST_REASON, SHORTEST_REASON
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.fields import Typed
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.limits import EXPORT
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import refused, show_refusal
from app.web.paging import page_asked

bp = Blueprint("agreements", __name__)


# What the pages of agreements have in common: words, days, and a form that was refused.

Answer = Response | tuple[str, int]


def short_day(on: date) -> str:
    return format_date(on, "d MMM y", locale=date_locale(reader_language()))


def day_of(at: datetime) -> str:
    return short_day(at.astimezone(ZoneInfo(reader_timezone())).date())


def state_of(one: AgreementView) -> str:
    """Returns its status as a mark; overdue is one of its own."""
    return "overdue" if one.is_overdue(clock.today()) else one.status.value


def who(one: AgreementView) -> str:
    return names_of(one.responsible, reader_language())


def choices_of(countries: Iterable[NamedChoice]) -> list[tuple[str, str]]:
    """Returns the choices of a field: what is sent, and what is read."""
    return [(one.key, one.name.in_(reader_language())) for one in countries]


def sections_of(sections: Mapping[str, LocalizedText]) -> list[tuple[str, str]]:
    return [(code, f"{code} · {title.in_(reader_language())}") for code, title in sections.items()]


WORDS: Mapping[str, Any] = {
    "verbs": wording.VERBS,
    "statuses": wording.STATUSES,
    "all_statuses": tuple(Status),
    "issue_kinds": wording.ISSUE_KINDS,
    "finding_kinds": wording.FINDING_KINDS,
    "bodies": wording.BODIES,
    "short_day": short_day,
    "day_of": day_of,
    "state_of": state_of,
    "who": who,
}


# Agreements of all meetings: filters, export and follow-up.


@bp.get("/agreements")
@requires(policy.may_read)
def agreements() -> str:
    return _list_page(read_filters(request.args))


@bp.post("/agreements/export")
@requires(policy.may_read, costs=EXPORT)
def export() -> FlaskResponse:
    """Returns the filtered list as XLSX. A POST, because taking a copy is recorded."""
    actor, today, now = current_actor(), clock.today(), clock.now()
    with reading() as db:
        found = all_agreements(db, actor=actor, filters=read_filters(request.form), today=today)
    content = sheet_of(
        found, language=reader_language(), today=today, made_at=now, mark=copy_mark()
    )
    with transaction() as db:
        note_export(db, actor=actor, rows=len(found), now=now)
    name = _("agreements")
    answer = FlaskResponse(content, mimetype=XLSX, headers={"Cache-Control": "private, no-store"})
    name_file(answer, f"{name}-{today.isoformat()}.xlsx")
    return answer


@bp.post("/agreements/follow-up")
@requires(events_policy.may_plan)
def follow_up() -> Answer:
    """Makes a draft webinar about the ticked agreements, with the countries that are responsible
    (R18).
    """
    try:
        with transaction() as db:
            event_id = follow_up_agreements(
                db,
                actor=current_actor(),
                ids=read_ids(request.form.getlist("agreement")),
                now=clock.now(),
            )
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _list_page(read_filters(request.form), sentence), status
    flash(
        _("A draft is ready and holds its time. Check it, complete it and publish it."), "success"
    )
    return redirect(url_for("events.edit", event_id=event_id), 303)


def _list_page(filters: AgreementFilters, refusal: str = "") -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        page = agreements_page(db, actor=actor, filters=filters, today=today, number=page_asked())
        editions, states = editions_with_agreements(db, actor=actor), countries(db)
    return render_template(
        "followup/agreements/list.html",
        page=page,
        filters=filters,
        editions=editions,
        countries=states,
        refusal=refusal,
        which=wording.WHICH,
        may_follow_up=events_policy.may_plan(actor),
        ticked=_ticked(),
        address=lambda number: url_for(
            "agreements.agreements",
            page=number,
            which=filters.which,
            country=filters.country or None,
            edition=filters.edition or None,
        ),
        **WORDS,
    )


def _ticked() -> frozenset[int]:
    return read_ids(typed_fields().getlist("agreement"))


# One agreement with its reviews, and its status between webinars.


@bp.get("/agreements/<int:agreement_id>")
@requires(policy.may_read)
def agreement(agreement_id: int) -> str:
    return _agreement_page(agreement_id)


@bp.post("/agreements/<int:agreement_id>/status")
@requires(policy.may_read)
def status(agreement_id: int) -> Answer:
    """Records the status, or a proposal of one: organizers of its event record, the focal point of
    a responsible country proposes.
    """
    require_may_report(agreement_id)
    form = ReportForm(request.form).offer()
    if not form.validate():
        return _agreement_page(agreement_id, form), 422
    try:
        with transaction() as db:
            is_set = report_status(
                db,
                actor=current_actor(),
                agreement_id=agreement_id,
                report=form.report(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        code = show_refusal(
            form, refusal, stored=url_for("agreements.agreement", agreement_id=agreement_id)
        )
        return _agreement_page(agreement_id, form), code
    flash(
        _("The status is recorded.")
        if is_set
        else _("Your proposal is recorded. The next follow-up webinar decides."),
        "success",
    )
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


def require_may_report(agreement_id: int) -> None:
    """Refuses an actor who may not send this form, before anything is said about its fields."""
    actor = current_actor()
    with reading() as db:
        shown, _reviews = agreement_of(db, actor=actor, agreement_id=agreement_id)
        event = event_of(db, actor=actor, event_id=shown.event_id)
    if not policy.may_propose(actor, shown.countries):
        policy.require_may_record(actor, event.group_slugs, event.kind)


def _agreement_page(agreement_id: int, form: ReportForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        shown, reviews = agreement_of(db, actor=actor, agreement_id=agreement_id)
        event = event_of(db, actor=actor, event_id=shown.event_id)
    may_record = policy.may_record(actor, event.group_slugs, event.kind)
    own_countries = actor.scopes(Role.FOCAL_POINT) & shown.countries
    seen = mark_of(shown.standing() if may_record else shown.proposed_by(own_countries))
    form = form or ReportForm().offer()
    form.seen.data = form.seen.data or seen
    return render_template(
        "followup/agreements/agreement.html",
        one=shown,
        reviews=reviews,
        event=event,
        form=form,
        may_record=may_record,
        may_change=may_record and event.closed_at is None,
        may_propose=policy.may_propose(actor, shown.countries),
        **WORDS,
    )


# Recording an agreement, and changing it until its event is closed.


@bp.get("/events/<uuid:event_id>/agreements/new")
@requires(policy.may_read)
def new(event_id: UUID) -> str:
    event = _planned(event_id)
    return _form_page(event, None, _form(data={"paragraph": _next_paragraph(event_id)}))


@bp.post("/events/<uuid:event_id>/agreements")
@requires(policy.may_read)
def record(event_id: UUID) -> Answer:
    event = _planned(event_id)
    form = _form(request.form)
    if not form.validate():
        return _form_page(event, None, form), 422
    draft = form.draft()
    try:
        press_once(
            lambda db, now: record_agreement(
                db, actor=current_actor(), event_id=event_id, draft=draft, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _form_page(event, None, form), status
    flash(_("Agreement %(paragraph)s is recorded.", paragraph=str(draft.paragraph)), "success")
    if request.form.get("action") == "another":
        return redirect(url_for("agreements.new", event_id=event_id), 303)
    return redirect(
        url_for("agreements.event_agreements", event_id=event_id, _anchor="agreed"), 303
    )


@bp.get("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def edit(agreement_id: int) -> str:
    agreement = _agreement(agreement_id)
    return _form_page(_planned(agreement.event_id), agreement, _form(data=answers_of(agreement)))


@bp.post("/agreements/<int:agreement_id>/edit")
@requires(policy.may_read)
def change(agreement_id: int) -> Answer:
    agreement = _agreement(agreement_id)
    event = _planned(agreement.event_id)
    form = _form(request.form)
    if not form.validate():
        return _form_page(event, agreement, form), 422
    try:
        with transaction() as db:
            changed = change_agreement(
                db,
                actor=current_actor(),
                agreement_id=agreement.id,
                draft=form.draft(),
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(
            form, refusal, stored=url_for("agreements.edit", agreement_id=agreement.id)
        )
        return _form_page(event, agreement, form), status
    flash(_("The agreement is changed.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("agreements.agreement", agreement_id=agreement.id), 303)


def _agreement(agreement_id: int) -> AgreementView:
    with reading() as db:
        return agreement_of(db, actor=current_actor(), agreement_id=agreement_id)[0]


def _planned(event_id: UUID) -> EventDetail:
    """Returns the event. Refuses an actor who may not send this form, before anything is said about
    its fields.
    """
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_record(actor, event.group_slugs, event.kind)
    return event


def _next_paragraph(event_id: UUID) -> str:
    with reading() as db:
        written = agreements_of(db, actor=current_actor(), event_id=event_id)
    return str(1 + max((one.paragraph.number for one in written), default=0))


def _form(typed: Typed | None = None, data: Mapping[str, Any] | None = None) -> AgreementForm:
    language = reader_language()
    with reading() as db:
        offered = choices(db)
    return AgreementForm(typed, data=data).offer(
        countries=choices_of(offered.countries),
        groups=choices_of(offered.groups),
        institutions={
            state.name.in_(language): choices_of(found) for state, found in offered.institutions
        },
        sections=sections_of(offered.sections),
    )


def _form_page(event: EventDetail, agreement: AgreementView | None, form: AgreementForm) -> str:
    return render_template(
        "followup/agreements/form.html",
        event=event,
        agreement=agreement,
        form=form,
        **WORDS,
    )


# The agreements of one event, those it has to review, and the priority issues it defined for a
# congress.

REVIEWED_AT_ONCE = 10


@dataclass(frozen=True)
class EventPage:
    """`phase`: has it begun, is it over, is it closed."""

    event: EventDetail
    phase: Phase
    may_record: bool
    agreements: tuple[AgreementView, ...]
    listed: tuple[ListedAgreement, ...]
    issues: tuple[IssueView, ...]
    congress: CongressAhead | None
    countries: tuple[NamedChoice, ...]

    @property
    def is_preparatory(self) -> bool:
        return any(link.role is LinkRole.PREPARATORY for link in self.event.links)

    @property
    def has_begun(self) -> bool:
        """Returns True for a past event too whose date is only partly known."""
        return self.phase in (Phase.RUNNING, Phase.ENDED) or (
            self.event.starts_at is None
            and self.event.status is EventStatus.PUBLISHED
            and not self.is_closed
        )

    @property
    def is_over(self) -> bool:
        return self.phase is Phase.ENDED or (self.has_begun and self.event.starts_at is None)

    @property
    def is_closed(self) -> bool:
        return self.phase is Phase.CLOSED


@bp.get("/events/<uuid:event_id>/agreements")
@requires(policy.may_read)
def event_agreements(event_id: UUID) -> str:
    return event_page(event_id)


@bp.post("/events/<uuid:event_id>/agreements/reviews")
@requires(policy.may_read)
def review(event_id: UUID) -> Answer:
    """Saves the statuses of one page of the list. A row without an answer is not changed."""
    with reading() as db:
        listed = review_list(db, actor=current_actor(), event_id=event_id)
    form = reviews_form(_numbers(_shown(listed)[0]), request.form)
    if not form.validate():
        return event_page(event_id, reviews=form), 422
    try:
        with transaction() as db:
            changed = record_reviews(
                db,
                actor=current_actor(),
                event_id=event_id,
                reports=form.reports(),
                seen=form.marks(),
                now=clock.now(),
            )
    except Refusal as refusal:
        stored = url_for("agreements.event_agreements", event_id=event_id, page=page_asked())
        status = show_refusal(form, refusal, stored=stored)
        return event_page(event_id, reviews=form), status
    flash(
        ngettext(
            "The status of one agreement is written down.",
            "The status of %(num)s agreements is written down.",
            changed,
        )
        if changed
        else _("Nothing was changed."),
        "success",
    )
    number = page_asked()
    return redirect(
        url_for(
            "agreements.event_agreements", event_id=event_id, page=number if number > 1 else None
        ),
        303,
    )


def event_page(
    event_id: UUID, *, reviews: ReviewsForm | None = None, issue: IssueForm | None = None
) -> str:
    """Returns the page. `reviews`, `issue`: the form that was refused."""
    with reading() as db:
        page = _page_of(db, event_id)
    shown, paging = _shown(page.listed)
    reviews = reviews or reviews_form(_numbers(shown))
    for row in shown:
        reviews.name_row(row)
    return render_template(
        "followup/agreements/event.html",
        page=page,
        event=page.event,
        shown=shown,
        reviews=reviews,
        issue_form=(issue or IssueForm()).offer(choices_of(page.countries)),
        paging=paging,
        left=sum(one.review is None for one in page.listed),
        address=lambda number: url_for(
            "agreements.event_agreements", event_id=event_id, page=number
        ),
        **WORDS,
    )


def _shown(listed: Sequence[ListedAgreement]) -> tuple[Sequence[ListedAgreement], Paging]:
    """Returns the rows of the requested page."""
    paging = Paging(len(listed), REVIEWED_AT_ONCE, page_asked())
    return listed[paging.offset : paging.last], paging


def _numbers(rows: Sequence[ListedAgreement]) -> list[int]:
    return [row.agreement.id for row in rows]


def _page_of(db: Session, event_id: UUID) -> EventPage:
    actor, now = current_actor(), clock.now()
    event = event_of(db, actor=actor, event_id=event_id)
    is_preparatory = any(link.role is LinkRole.PREPARATORY for link in event.links)
    may_record = policy.may_record(actor, event.group_slugs, event.kind)
    return EventPage(
        event=event,
        phase=phase_of_event(event, now),
        may_record=may_record,
        agreements=agreements_of(db, actor=actor, event_id=event_id),
        listed=review_list(db, actor=actor, event_id=event_id),
        issues=issues_of(db, actor=actor, event_id=event_id) if is_preparatory else (),
        congress=congress_ahead(db, actor=actor, event_id=event_id, now=now)
        if is_preparatory
        else None,
        countries=countries(db) if is_preparatory and may_record else (),
    )


# Priority issues of a preparatory webinar, and prefilling the agenda of the congress with them.


@bp.post("/events/<uuid:event_id>/priority-issues")
@requires(events_policy.may_plan)
def add_issue(event_id: UUID) -> Answer:
    _require_planned(event_id)
    with reading() as db:
        form = IssueForm(request.form).offer(choices_of(countries(db)))
    if not form.validate():
        return event_page(event_id, issue=form), 422
    try:
        with transaction() as db:
            record_issue(
                db, actor=current_actor(), event_id=event_id, draft=form.draft(), now=clock.now()
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return event_page(event_id, issue=form), status
    flash(_("The priority issue is recorded."), "success")
    return _to_priorities(event_id)


@bp.post("/events/<uuid:event_id>/priority-issues/prefill")
@requires(events_policy.may_plan)
def prefill(event_id: UUID) -> Answer:
    try:
        with transaction() as db:
            done = prefill_agenda(db, actor=current_actor(), event_id=event_id, now=clock.now())
    except Refusal as refusal:
        form = IssueForm()
        status = show_refusal(form, refusal)
        return event_page(event_id, issue=form), status
    flash(
        ngettext(
            "One issue is now a session of the congress.",
            "%(num)s issues are now sessions of the congress.",
            done.placed,
        )
        if done.placed
        else _("Nothing was changed."),
        "success",
    )
    if done.unplaced:
        said = ngettext(
            "One issue found no free half hour on any day of the congress.",
            "%(num)s issues found no free half hour on any day of the congress.",
            done.unplaced,
        )
        flash(said, "warning")
    return _to_priorities(event_id)


@bp.post("/priority-issues/<int:issue_id>/removal")
@requires(events_policy.may_plan)
def take_out_issue(issue_id: int) -> Answer:
    with transaction() as db:
        event_id = remove_issue(db, actor=current_actor(), issue_id=issue_id, now=clock.now())
    flash(_("The priority issue is removed."), "success")
    return _to_priorities(event_id)


def _require_planned(event_id: UUID) -> None:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_record(actor, event.group_slugs, event.kind)


def _to_priorities(event_id: UUID) -> Answer:
    return redirect(
        url_for("agreements.event_agreements", event_id=event_id, _anchor="priorities"), 303
    )


# Findings of a congress's tables, for organizers and each table's rapporteur.


@bp.get("/editions/<slug>/findings")
@requires(policy.may_read)
def findings(slug: str) -> str:
    return _findings_page(slug, None)


@bp.post("/editions/<slug>/findings")
@requires(policy.may_read)
def add_finding(slug: str) -> Answer:
    with reading() as db:
        tables = {table.id for table in findings_of(db, actor=current_actor(), slug=slug).tables}
        form = FindingForm(request.form).offer(sections_of(sections(db)))
    if not form.validate():
        return _findings_page(slug, form), 422
    try:
        with transaction() as db:
            record_finding(
                db,
                actor=current_actor(),
                work_table_id=form.table_id if form.table_id in tables else 0,
                draft=form.draft(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _findings_page(slug, form), status
    flash(_("Recorded."), "success")
    return redirect(
        url_for("agreements.findings", slug=slug, _anchor=f"table-{form.table_id}"), 303
    )


@bp.post("/findings/<int:finding_id>/removal")
@requires(policy.may_read)
def take_out_finding(finding_id: int) -> Answer:
    with transaction() as db:
        slug = remove_finding(db, actor=current_actor(), finding_id=finding_id, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("agreements.findings", slug=slug), 303)


def _findings_page(slug: str, refused: FindingForm | None) -> str:
    """Returns the page. `refused`: the form of one table; the other tables have fresh ones."""
    with reading() as db:
        edition = findings_of(db, actor=current_actor(), slug=slug)
        offered = sections_of(sections(db))
    forms = {
        table.id: refused
        if refused is not None and refused.table_id == table.id
        else blank_finding(table.id, offered)
        for table in edition.tables
        if table.may_write
    }
    return render_template(
        "followup/agreements/findings.html",
        edition=edition,
        forms=forms,
        refused=refused,
        **WORDS,
    )


# Closing an event: the page lists what is missing, with links, and has the button.


@bp.get("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_event(event_id: UUID) -> str:
    return _closing_page(event_id, ClosingForm())


@bp.post("/events/<uuid:event_id>/close")
@requires(events_policy.may_plan)
def close_confirmed(event_id: UUID) -> Answer:
    form = ClosingForm(request.form)
    if not form.validate():
        return _closing_page(event_id, form), 422
    try:
        with transaction() as db:
            close(
                db,
                actor=current_actor(),
                event_id=event_id,
                now=clock.now(),
                without_attendance=form.reason.data or "",
                seen_open=form.seen_open.data or "",
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _closing_page(event_id, form), status
    flash(_("The event is closed. What was recorded is final."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.get("/events/<uuid:event_id>/reopen")
@requires(events_policy.may_plan)
def reopen_event(event_id: UUID) -> Answer:
    return _reopen_page(event_id, reason=typed_fields().get("reason", ""))


@bp.post("/events/<uuid:event_id>/reopen")
@requires(events_policy.may_plan)
def reopen_confirmed(event_id: UUID) -> Answer:
    reason = request.form.get("reason", "")
    try:
        with transaction() as db:
            reopen(db, actor=current_actor(), event_id=event_id, reason=reason, now=clock.now())
    except InvalidInput as refusal:
        error = say(reader_language(), refusal.errors["reason"])
        return _reopen_page(event_id, reason=reason, error=error, status=422)
    except NotClosed as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return redirect(url_for("events.event", event_id=event_id), 303)
    flash(_("The event is open again. Close it once what was missing is recorded."), "success")
    return redirect(url_for("agreements.close_event", event_id=event_id), 303)


def _reopen_page(event_id: UUID, *, reason: str = "", error: str = "", status: int = 200) -> Answer:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        policy.require_may_record(actor, event.group_slugs, event.kind)
    html = render_template(
        "followup/agreements/reopen.html",
        event=event,
        is_closed=phase_of_event(event, clock.now()) is Phase.CLOSED,
        reason=reason,
        error=error,
        shortest=SHORTEST_REASON,
        most=MOST_REASON,
        page_has_errors=bool(error),
    )
    return html, status


def _closing_page(event_id: UUID, form: ClosingForm) -> str:
    actor = current_actor()
    with reading() as db:
        event = event_of(db, actor=actor, event_id=event_id)
        policy.require_may_record(actor, event.group_slugs, event.kind)
        phase = phase_of_event(event, clock.now())
        closing = closing_of(db, event_id=event_id, now=clock.now())
        listed = review_list(db, actor=actor, event_id=event_id) if closing.unreviewed else ()
    form.seen_open.data = closing.open_mark
    return render_template(
        "followup/agreements/close.html",
        event=event,
        closing=closing,
        form=form,
        is_closed=phase is Phase.CLOSED,
        is_over=phase is Phase.ENDED,
        is_complete=breach(closing, "-") is None,
        page_of={
            one.agreement.id: 1 + place // REVIEWED_AT_ONCE for place, one in enumerate(listed)
        },
        **WORDS,
    )


# What agreements add to the agenda of an event: what it reviews, and which session came from which
# priority issue.

MOST_LISTED = 30


@dataclass(frozen=True)
class AgendaInsert:
    """`listed` is empty for who reads no agreements; `origins` by session."""

    listed: tuple[ListedAgreement, ...] = ()
    more: int = 0
    origins: Mapping[UUID, SessionOrigin] = field(default_factory=dict)


def agenda_insert(event: EventDetail) -> AgendaInsert:
    actor = current_actor()
    roles = {link.role for link in event.links}
    with reading() as db:
        listed = review_list(db, actor=actor, event_id=event.id) if may_read(actor) else ()
        origins = (
            session_origins(db, actor=actor, event_id=event.id)
            if LinkRole.CONGRESS in roles
            else ()
        )
    return AgendaInsert(
        listed[:MOST_LISTED],
        len(listed) - len(listed[:MOST_LISTED]),
        {one.session_id: one for one in origins},
    )


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {
        "agenda_insert": agenda_insert,
        "agreement_status": _status_in_words,
        "findings_url": findings_url,
    }


def findings_url(slug: str) -> str:
    """Returns where the tables' findings stand, for who may open them; "" for others."""
    with reading() as db:
        rapporteurs = rapporteurs_of(db, slug=slug)
    is_open = may_open_findings(current_actor(), rapporteurs)
    return url_for("agreements.findings", slug=slug) if is_open else ""


def _status_in_words(said: AgreementView | ReviewView) -> str:
    return translate(reader_language(), STATUSES[said.status])
