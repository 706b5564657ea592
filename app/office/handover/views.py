"""Pages of terms, handovers and the journal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel import dated
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import date_locale
from app.office.handover import exports, policy, wording
from app.office.handover.forms import NoteForm, PersonForm, TermForm
from app.office.handover.queries.handovers import (
    contents_of,
    handover_of,
    handovers_for,
    latest_note,
    presidency_terms,
)
from app.office.handover.queries.journal import (
    ALL,
    MOST,
    JournalFilters,
    JournalPage,
    journal_page,
    title_of_event,
    who_acts,
)
from app.office.handover.queries.subjects import subject_of
from app.office.handover.rules import handover_among
from app.office.handover.services import export_journal, write_note
from app.office.handover.values import Handover, OfficeKind, PresidencyYear
from app.office.handover.wording import KIND_NAMES, told
from app.people.directory.queries.designations import candidates_for, must_search
from app.people.directory.queries.roster import LONGEST_SEARCH, countries
from app.people.identity.policy import leads_the_region
from app.people.identity.queries import terms_held
from app.people.identity.services.offices import (
    appoint_to_presidency,
    designate_presidency,
    dismiss_from_presidency,
)
from app.planning.arranging.views.plan_page import record_people_shown
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.fields import day_in, number_in, uuid_in
from app.web.guards import current_actor, require_confirmation, requires, signed_in
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.markdown import rich_text
from app.web.mistakes import show_refusal
from app.web.render import by_name, zone_label
from app.web.sent import flash_sent

bp = Blueprint("handover", __name__)


# The journal in words, filtered by kind, event, person and days.


@bp.get("/audit")
@requires(policy.may_read_journal)
def audit() -> str:
    filters, language, actor = _filters(request.args), reader_language(), current_actor()
    before = (number_in(request.args.get("before", "")) or 0) or None
    with reading() as db:
        page = exports.spoken(journal_page(db, filters=filters, before=before))
        people = who_acts(db)
        event = title_of_event(db, filters.event_id) if filters.event_id else None
    return render_template(
        "office/handover/audit.html",
        page=page,
        filters=filters,
        people=people,
        event=event,
        kinds=KIND_NAMES,
        before=before,
        said=[(one, told(language, one, page.names)) for one in page.entries],
        address=lambda earlier=None: _journal_address(filters, earlier),
        at=_at,
        zone=zone_label(actor.timezone, clock.now(), language),
        may_export=policy.may_export_journal(actor),
    )


@bp.get("/history/<of_kind>/<of_id>")
@requires(signed_in)
def history(of_kind: str, of_id: str) -> str:
    """Shows what the journal says of one thing."""
    actor, language = current_actor(), reader_language()
    before = (number_in(request.args.get("before", "")) or 0) or None
    with reading() as db:
        subject = subject_of(db, actor=actor, kind=of_kind, key=of_id)
        filters = JournalFilters(
            kind=ALL,
            about=subject.about,
            until=policy.history_until(actor, subject.country_code),
        )
        page = exports.spoken(journal_page(db, filters=filters, before=before))
        if not policy.may_read_journal(actor):
            page = _by_known(page, dict(who_acts(db)))
    name = subject.name.in_(language)
    return render_template(
        "office/handover/history.html",
        name=_("Agreement %(paragraph)s", paragraph=name) if of_kind == "agreement" else name,
        page=page,
        before=before,
        said=[(one, told(language, one, page.names)) for one in page.entries],
        address=lambda earlier=None: url_for(
            "handover.history", of_kind=of_kind, of_id=of_id, before=earlier
        ),
        back=_page_of(of_kind, of_id),
        at=_at,
        zone=zone_label(actor.timezone, clock.now(), language),
    )


def _by_known(page: JournalPage, acting: Mapping[int, str]) -> JournalPage:
    """Names only who plans or answers for a country; of others it tells no name."""
    entries = [
        replace(one, by=acting.get(one.account_id, "—") if one.by else "") for one in page.entries
    ]
    return replace(page, entries=entries)


def _page_of(kind: str, key: str) -> str:
    endpoint, name = PAGES[kind]
    values: dict[str, Any] = {name: key} if name else {}
    return url_for(endpoint, **values)


PAGES = {
    "event": ("events.event", "event_id"),
    "institution": ("institutions.institution", "institution_id"),
    "agreement": ("agreements.agreement", "agreement_id"),
    "table": ("plans.table", "table_id"),
    "group": ("directory.delegations", ""),
}


def history_address(kind: str, key: object, country_code: str = "") -> str:
    """Returns where the journal tells of a thing, "" for whoever may not read it there."""
    if not policy.may_read_history(current_actor(), country_code):
        return ""
    return url_for("handover.history", of_kind=kind, of_id=key)


@bp.post("/audit.xlsx")
@requires(policy.may_export_journal, costs=EXPORT)
def export_audit() -> Response:
    """Answers POST, because the export is recorded."""
    require_confirmation()
    actor, now, language = current_actor(), clock.now(), reader_language()
    with transaction() as db:
        page = exports.spoken(
            export_journal(db, actor=actor, filters=_filters(request.form), now=now)
        )
    content = exports.journal_workbook(
        page, language=language, timezone=actor.timezone, made_at=now, mark=copy_mark()
    )
    answer = make_response(content)
    answer.mimetype = XLSX
    name_file(answer, f"journal-{clock.today().isoformat()}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _filters(sent: Mapping[str, str]) -> JournalFilters:
    """Returns the filters of a request. Text that cannot be read filters nothing."""
    kind = sent.get("kind", MOST)
    return JournalFilters(
        kind=kind if kind in KIND_NAMES else MOST,
        event_id=uuid_in(sent.get("event", "")),
        who=number_in(sent.get("who", "")) or 0,
        since=_near(day_in(sent.get("since", ""))),
        until=_near(day_in(sent.get("until", ""))),
    )


def _near(on: date | None) -> date | None:
    """Returns the day if both databases and all zones can compute with it, else None."""
    return on if on is not None and date(1990, 1, 1) <= on <= date(2100, 1, 1) else None


def _journal_address(filters: JournalFilters, before: int | None = None) -> str:
    return url_for(
        "handover.audit",
        kind=filters.kind if filters.kind != MOST else None,
        event=filters.event_id,
        who=filters.who or None,
        since=filters.since,
        until=filters.until,
        before=before,
    )


def _at(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return format_datetime(local, "d MMM y, HH:mm:ss", locale=date_locale(reader_language()))


# The page of a handover: what is open, who is who, and what the outgoing leave in writing.

Answer = Response | tuple[str, int]
PRESIDENCY_PAGE = "handover.of_presidency"


@bp.get("/handover")
@requires(signed_in)
def handovers() -> str:
    """Lists the handovers that concern the reader; most of the time there are none."""
    with reading() as db:
        shown = handovers_for(db, actor=current_actor(), today=clock.today())
    return render_template(
        "office/handover/handovers.html", handovers=shown, address=_address_of, **_words()
    )


@bp.get("/handover/presidency")
@requires(signed_in)
def of_presidency() -> str:
    return _page(OfficeKind.PRESIDENCY, "")


@bp.post("/handover/presidency/note")
@requires(signed_in)
def write_presidency_note() -> Answer:
    return _written(OfficeKind.PRESIDENCY, "")


@bp.get("/handover/countries/<country_code>")
@requires(signed_in)
def of_country(country_code: str) -> str:
    return _page(OfficeKind.FOCAL_POINT, country_code)


@bp.post("/handover/countries/<country_code>/note")
@requires(signed_in)
def write_country_note(country_code: str) -> Answer:
    return _written(OfficeKind.FOCAL_POINT, country_code)


def _written(office: OfficeKind, country_code: str) -> Answer:
    form = NoteForm(request.form)
    if not form.validate():
        return _page(office, country_code, form), 422
    try:
        with transaction() as db:
            write_note(
                db,
                actor=current_actor(),
                office=office,
                country_code=country_code,
                text=form.text.data,
                seen=form.seen.data,
                today=clock.today(),
                now=clock.now(),
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(form, refusal, stored=_address(office, country_code))
        return _page(office, country_code, form), status
    flash(
        _(
            "The note is saved. Your successor and the secretariat can read it; earlier versions are kept."
        ),
        "success",
    )
    return redirect(_address(office, country_code), 303)


def _page(office: OfficeKind, country_code: str, form: NoteForm | None = None) -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        handover = handover_of(
            db, actor=actor, office=office, country_code=country_code, today=today
        )
        contents = contents_of(db, actor=actor, handover=handover, today=today, now=clock.now())
    note = latest_note(contents.notes)
    return render_template(
        "office/handover/handover.html",
        handover=handover,
        contents=contents,
        today=today,
        note=rich_text(note),
        form=form or NoteForm(data={"text": note, "seen": mark_of(note)}),
        zone=actor.timezone,
        earlier=[(one, rich_text(one.text)) for one in contents.notes[1:]],
        may_write=policy.may_write_note(actor, handover, today),
        may_open=leads_the_region(actor),
        **_words(),
    )


def _address_of(handover: Handover) -> str:
    return _address(handover.office, handover.outgoing.country_code)


def _address(office: OfficeKind, country_code: str) -> str:
    if office is OfficeKind.PRESIDENCY:
        return url_for(PRESIDENCY_PAGE)
    return url_for("handover.of_country", country_code=country_code)


def _words() -> dict[str, object]:
    """Returns the functions that write dates, roles and offices on the two pages."""
    language = reader_language()

    def day(on: date) -> str:
        return wording.day_text(language, on)

    def last_day(until: date | None) -> str:
        return wording.last_day_text(language, until)

    return {
        "day": day,
        "last_day": last_day,
        "title": lambda one: wording.title_of(language, one),
        "role": lambda held: wording.role_of(language, held),
    }


# The terms of the presidency: which country from when until when, and who acts for it.


@bp.get("/presidency")
@requires(policy.may_see_terms)
def presidency() -> str:
    return _terms_page()


@bp.post("/presidency")
@requires(policy.may_set_terms)
def set_term() -> Answer:
    """Sets a term. The term before it ends on that day. The next page asks who acts for the new
    one.
    """
    require_confirmation()
    form = TermForm(request.form)
    if not form.validate():
        return _terms_page(form), 422
    try:
        with transaction() as db:
            term_id = designate_presidency(
                db,
                actor=current_actor(),
                country_code=form.country.data,
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                today=clock.today(),
                now=clock.now(),
                seen=form.seen.data,
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=url_for("handover.presidency"))
        return _terms_page(form), status
    flash(_("The term is set. Now say who acts for the presidency in it."), "success")
    return redirect(url_for("handover.term", term_id=term_id), 303)


@bp.get("/presidency/<int:term_id>")
@requires(policy.may_see_terms)
def term(term_id: int) -> str:
    return _term_page(term_id)


@bp.post("/presidency/<int:term_id>/people")
@requires(policy.may_set_terms)
def appoint(term_id: int) -> Answer:
    require_confirmation()
    form = PersonForm(request.form)
    try:
        with transaction() as db:
            appoint_to_presidency(
                db,
                actor=current_actor(),
                term_id=term_id,
                person_id=form.person.data or 0,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _term_page(term_id, form), status
    flash_sent(
        _(
            "Saved. The role begins and ends with the term; anyone without an account is invited by letter."
        )
    )
    return redirect(url_for("handover.term", term_id=term_id), 303)


@bp.post("/presidency/<int:term_id>/people/<int:grant_id>/end")
@requires(policy.may_set_terms)
def dismiss(term_id: int, grant_id: int) -> Answer:
    require_confirmation()
    form = PersonForm()
    try:
        with transaction() as db:
            dismiss_from_presidency(
                db,
                actor=current_actor(),
                term_id=term_id,
                grant_id=grant_id,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _term_page(term_id, form), status
    flash(_("This person no longer acts for the presidency."), "success")
    return redirect(url_for("handover.term", term_id=term_id), 303)


def _terms_page(form: TermForm | None = None) -> str:
    actor, today, language = current_actor(), clock.today(), reader_language()
    with reading() as db:
        seen, terms, known = mark_of(terms_held(db)), presidency_terms(db), countries(db)
    handover = handover_among(OfficeKind.PRESIDENCY, terms, today)
    if form is None:
        first = max([one.until for one in terms if one.until], default=date(today.year + 1, 1, 1))
        until = date(first.year + 1, first.month, min(first.day, 28))
        form = TermForm(data={"valid_from": first, "valid_until": until, "seen": seen})
    form.offer([(one.code, one.name.in_(language)) for one in by_name(known)])
    return render_template(
        "office/handover/presidency.html",
        terms=terms,
        form=form,
        today=today,
        day=_day,
        last_day=_last_day,
        may_set=policy.may_set_terms(actor),
        may_read=handover is not None and policy.may_read_handover(actor, handover, today),
    )


def _term_page(term_id: int, form: PersonForm | None = None) -> str:
    actor, today = current_actor(), clock.today()
    form = form or PersonForm()
    words = (form.words.data or request.args.get("words", "")).strip()[:LONGEST_SEARCH]
    with reading() as db:
        term = _term(presidency_terms(db), term_id)
        may_set = policy.may_set_terms(actor) and dated.not_over(term.until, today)
        code = term.country_code
        people = (
            candidates_for(db, actor=actor, country_code=code, on=today, words=words)
            if may_set
            else ()
        )
    record_people_shown([one.person_id for one in people])
    form.words.data = words
    form.person.choices = [(one.person_id, one.full_name) for one in people]
    return render_template(
        "office/handover/term.html",
        term=term,
        people=people,
        form=form,
        today=today,
        day=_day,
        last_day=_last_day,
        may_set=may_set,
        must_search=must_search(actor, term.country_code, words),
    )


def _term(terms: tuple[PresidencyYear, ...], term_id: int) -> PresidencyYear:
    for one in terms:
        if one.id == term_id:
            return one
    raise NotFound


def _day(on: date) -> str:
    return wording.day_text(reader_language(), on)


def _last_day(until: date | None) -> str:
    return wording.last_day_text(reader_language(), until)
