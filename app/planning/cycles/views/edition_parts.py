"""The work tables of an edition, and who pays for editions and events."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import LocalizedText
from app.planning.arranging.queries.planning import are_enough
from app.planning.arranging.views.people_shown import choose_people, note_of
from app.planning.cycles.forms.editions import (
    FundingForm,
    SourceForm,
    TableForm,
    funding_answers,
    table_answers,
)
from app.planning.cycles.queries import editions as queries
from app.planning.cycles.rules.editions import TableHasFindings, TableInUse
from app.planning.cycles.services.editions import remove_table, save_table
from app.planning.cycles.services.funding import (
    add_source as keep_source,
)
from app.planning.cycles.services.funding import (
    set_edition_funding,
    set_event_funding,
)
from app.planning.cycles.views import bp
from app.planning.events import policy
from app.planning.events.queries import funding
from app.planning.events.queries.events import event_of
from app.planning.events.values.editions import TableDraft
from app.planning.holidays.queries.countries import invited_countries
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

Answer = Response | tuple[str, int]
FIND = "find"
SAVED = 303
LONGEST_WORDS = 100


@bp.get("/editions/<slug>/tables/new")
@requires(policy.may_keep_editions)
def new_table(slug: str) -> Answer:
    return _table_page(slug, None)


@bp.post("/editions/<slug>/tables/new")
@requires(policy.may_keep_editions)
def add_table(slug: str) -> Answer:
    return _table_page(slug, None, is_sent=True)


@bp.get("/editions/<slug>/tables/<int:table_id>")
@requires(policy.may_keep_editions)
def work_table(slug: str, table_id: int) -> Answer:
    return _table_page(slug, table_id)


@bp.post("/editions/<slug>/tables/<int:table_id>")
@requires(policy.may_keep_editions)
def change_table(slug: str, table_id: int) -> Answer:
    return _table_page(slug, table_id, is_sent=True)


@bp.post("/editions/<slug>/tables/<int:table_id>/remove")
@requires(policy.may_keep_editions)
def take_table_away(slug: str, table_id: int) -> Answer:
    try:
        with transaction() as db:
            remove_table(db, actor=current_actor(), slug=slug, table_id=table_id, now=clock.now())
    except (TableInUse, TableHasFindings) as refusal:
        said = say(reader_language(), refusal.sentence)
        return _table_page(slug, table_id, refusal=said, status=STATUS[refusal.kind])
    flash(_("The table is removed."), "success")
    return _to_edition(slug, "tables")


@bp.get("/editions/<slug>/funding")
@requires(policy.may_keep_editions)
def edition_funding(slug: str) -> Answer:
    return _edition_funding_page(slug, SourceForm())


@bp.post("/editions/<slug>/funding")
@requires(policy.may_keep_editions)
def save_edition_funding(slug: str) -> Answer:
    paid = FundingForm(request.form)
    try:
        with transaction() as db:
            set_edition_funding(
                db, actor=current_actor(), slug=slug, now=clock.now(), **paid.answers()
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("cycles.edition_funding", slug=slug)
        status = show_refusal(paid, refusal, stored=stored)
        return _edition_funding_page(slug, SourceForm(), paid=paid, status=status)
    flash(_("The funding is saved."), "success")
    return _to_edition(slug)


@bp.post("/editions/<slug>/funding/sources")
@requires(policy.may_keep_editions)
def add_source(slug: str) -> Answer:
    form = SourceForm(request.form)
    if not form.validate():
        return _edition_funding_page(slug, form, status=STATUS[Kind.INVALID])
    try:
        press_once(
            lambda db, now: keep_source(db, actor=current_actor(), name=form.name.data, now=now)
        )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _edition_funding_page(slug, form, status=status)
    flash(_("The source is in the list. Tick it where it pays."), "success")
    return redirect(url_for("cycles.edition_funding", slug=slug), 303)


@bp.get("/events/<uuid:event_id>/funding")
@requires(policy.may_plan)
def event_funding(event_id: UUID) -> Answer:
    return _event_funding_page(event_id)


@bp.post("/events/<uuid:event_id>/funding")
@requires(policy.may_plan)
def save_event_funding(event_id: UUID) -> Answer:
    paid = FundingForm(request.form)
    try:
        with transaction() as db:
            set_event_funding(
                db, actor=current_actor(), event_id=event_id, now=clock.now(), **paid.answers()
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("cycles.event_funding", event_id=event_id)
        status = show_refusal(paid, refusal, stored=stored)
        return _event_funding_page(event_id, paid=paid, status=status)
    flash(_("The funding is saved."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _to_edition(slug: str, anchor: str | None = None) -> Response:
    return redirect(url_for("cycles.edition", slug=slug, _anchor=anchor), 303)


def _table_page(
    slug: str, table_id: int | None, *, is_sent: bool = False, refusal: str = "", status: int = 200
) -> Answer:
    """Shows the page, searches for people or saves the table, as the pressed button says."""
    actor = current_actor()
    with reading() as db:
        edition = queries.edition_of(db, actor=actor, slug=slug)
        if table_id is None:
            base = TableDraft(
                LocalizedText(),
                len(queries.tables_of(db, actor=actor, edition_id=edition.id)) + 1,
            )
        else:
            base = queries.table_draft(db, edition_id=edition.id, table_id=table_id)
        form = TableForm(request.form if is_sent else None, data=table_answers(base))
        stands = {
            person for person in (base.moderator_id, base.rapporteur_id) if person is not None
        }
        words = str(form.people_words.data or "")[:LONGEST_WORDS]
        choices = choose_people(db, chosen=stands, words=words)
        people = choices.people
        countries = [
            (one.code, one.name.in_(reader_language())) for one in by_name(invited_countries(db))
        ]
    nobody = ("", _("Nobody yet"))
    form.offer(
        [("", _("No country yet")), *countries],
        [nobody, *((str(one.id), one.name) for one in people)],
    )
    if is_sent and request.form.get("action") != FIND:
        status = _save_table_form(form, slug, table_id)
        if status == SAVED:
            flash(_("The table is saved."), "success")
            return _to_edition(slug, "tables")
    html = render_template(
        "planning/cycles/work_table.html",
        edition=edition,
        table_id=table_id,
        form=form,
        refusals=[refusal] if refusal else (),
        has_searched=bool(words),
        are_enough=are_enough(words),
        found=len(people) - len(stands),
        people_note=note_of(choices),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status


def _save_table_form(form: TableForm, slug: str, table_id: int | None) -> int:
    """Saves the table; returns the status code."""
    if not form.validate():
        return STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            save_table(
                db,
                actor=current_actor(),
                slug=slug,
                draft=form.draft(),
                now=clock.now(),
                table_id=table_id,
                seen=form.seen.data or "",
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("cycles.work_table", slug=slug, table_id=table_id) if table_id else ""
        return show_refusal(form, refusal, stored=stored)
    return SAVED


def _edition_funding_page(
    slug: str,
    form: SourceForm,
    *,
    paid: FundingForm | None = None,
    status: int = 200,
) -> Answer:
    with reading() as db:
        edition = queries.edition_of(db, actor=current_actor(), slug=slug)
        chosen = funding.slugs_of(funding.sources_of_edition(db, edition_id=edition.id))
        paid = _offered(db, paid or FundingForm(data=funding_answers(chosen)))
    html = render_template(
        "planning/cycles/funding.html",
        edition=edition,
        event=None,
        paid=paid,
        form=form,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status


def _event_funding_page(
    event_id: UUID,
    *,
    paid: FundingForm | None = None,
    status: int = 200,
) -> Answer:
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
        policy.require_may_plan_for(current_actor(), event.group_slugs, event.kind)
        chosen = funding.slugs_of(funding.sources_of_event(db, event_id=event_id))
        paid = _offered(db, paid or FundingForm(data=funding_answers(chosen)))
    html = render_template(
        "planning/cycles/funding.html",
        edition=None,
        event=event,
        paid=paid,
        form=None,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    )
    return html, status


def _offered(db: Session, paid: FundingForm) -> FundingForm:
    paid.offer([(one.slug, one.name.in_(reader_language())) for one in funding.sources(db)])
    return paid
