"""Editions of the congress: the list, one edition with its tables and checklist, creating, cloning, and who pays."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import LocalizedText
from app.planning.arranging.queries.planning import are_enough
from app.planning.arranging.queries.plans import has_sessions
from app.planning.arranging.rules import cycle
from app.planning.arranging.views.plan_page import choose_people, note_of
from app.planning.cycles import queries
from app.planning.cycles.forms import (
    CloneForm,
    EditionForm,
    FundingForm,
    ItemForm,
    SourceForm,
    TableForm,
    edition_answers,
    funding_answers,
    table_answers,
)
from app.planning.cycles.queries import EditionLine
from app.planning.cycles.rules import TableHasFindings, TableInUse
from app.planning.cycles.services import editions as services
from app.planning.cycles.services.editions import add_source as keep_source
from app.planning.cycles.services.editions import (
    clone_edition,
    lay_out_agenda,
    remove_table,
    save_table,
    set_edition_funding,
    set_event_funding,
)
from app.planning.cycles.views import bp
from app.planning.cycles.wording import days_in_words
from app.planning.events import policy
from app.planning.events.queries.events import (
    event_of,
    slugs_of,
    sources,
    sources_of_edition,
    sources_of_event,
)
from app.planning.events.values import EventDetail, LinkRole, TableDraft
from app.planning.holidays.queries import invited_countries
from app.web.errors import STATUS
from app.web.fields import number_in
from app.web.form_token import press_key, press_once
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name


def edition_page(
    slug: str, *, form: ItemForm | None = None, status: int = 200, refusal: str = ""
) -> tuple[str, int]:
    actor = current_actor()
    with reading() as db:
        edition = queries.edition_of(db, actor=actor, slug=slug)
        events = queries.events_of(db, actor=actor, edition_id=edition.id)
        shown = {
            "roles": {role: queries.in_role(events, slug, role) for role in LinkRole},
            "tables": queries.tables_of(db, actor=actor, edition_id=edition.id),
            "funds": sources_of_edition(db, edition_id=edition.id),
            "source": queries.source_of_clone(db, actor=actor, edition_id=edition.id),
        }
        plans = (
            _for_planners(db, edition, events, shown["tables"]) if policy.may_plan(actor) else {}
        )
    html = render_template(
        "planning/cycles/edition.html",
        edition=edition,
        form=form or ItemForm(),
        refusal=refusal,
        days_of=days_in_words,
        may_keep=policy.may_keep_editions(actor),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
        **shown,
        **plans,
    )
    return html, status


def _for_planners(
    db: Session, edition: EditionLine, events: tuple[EventDetail, ...], tables: Any
) -> dict[str, Any]:
    state = queries.state_of(db, edition=edition, events=events, tables=tables)
    congress = queries.congress_of(events, edition.slug)
    checks = [(check, _address(check.place, edition, congress)) for check in cycle.checklist(state)]
    items = queries.items_of(db, edition_id=edition.id)
    done = sum(check.is_done for check, _url in checks) + sum(
        item.done_at is not None for item in items
    )
    is_laid_out = congress is not None and has_sessions(db, congress.id)
    outline = () if is_laid_out else queries.outline_of(db, edition_id=edition.id)
    return {
        "checks": checks,
        "items": items,
        "done": done,
        "outline": outline,
        "congress": congress,
    }


def _address(place: cycle.ChecklistPage, edition: EditionLine, congress: EventDetail | None) -> str:
    """Returns where something on the checklist is mended. Convenors, who change no edition, are
    sent to where it stands.
    """
    keeps = policy.may_keep_editions(current_actor())
    if place is cycle.ChecklistPage.EDITION and keeps:
        return url_for("cycles.edit_edition", slug=edition.slug)
    if place is cycle.ChecklistPage.TABLES:
        return f"{url_for('cycles.edition', slug=edition.slug)}#tables"
    if place is cycle.ChecklistPage.AGENDA and congress is not None and congress.span is not None:
        return url_for("agenda.event_agenda", event_id=congress.id)
    if (
        place not in (cycle.ChecklistPage.EDITION, cycle.ChecklistPage.EVENTS)
        and congress is not None
        and keeps
    ):
        return url_for("events.edit", event_id=congress.id)
    return (
        url_for("events.plan")
        if place is not cycle.ChecklistPage.EDITION
        else url_for("cycles.editions")
    )


# Editions of the congress: the list, one edition, creating, changing and cloning it, and ticking
# its checklist.

Answer = Response | tuple[str, int]


@bp.get("/editions")
@requires(anyone)
def editions() -> str:
    with reading() as db:
        found = queries.editions_for(db, actor=current_actor())
    may_keep = policy.may_keep_editions(current_actor())
    return render_template(
        "planning/cycles/editions.html", editions=found, may_keep=may_keep, days_of=days_in_words
    )


@bp.get("/editions/<slug>")
@requires(anyone)
def edition(slug: str) -> Answer:
    return edition_page(slug)


@bp.get("/editions/new")
@requires(policy.may_keep_editions)
def new_edition() -> Answer:
    return _form_page(None, EditionForm())


@bp.post("/editions/new")
@requires(policy.may_keep_editions)
def create_edition() -> Answer:
    return _saved(
        None,
        _("The edition is created. Only those who plan see it until an event of it is published."),
    )


@bp.get("/editions/<slug>/edit")
@requires(policy.may_keep_editions)
def edit_edition(slug: str) -> Answer:
    with reading() as db:
        draft = queries.edition_draft(db, slug=slug)
    return _form_page(slug, EditionForm(data=edition_answers(draft)))


@bp.post("/editions/<slug>/edit")
@requires(policy.may_keep_editions)
def change_edition(slug: str) -> Answer:
    return _saved(slug, _("The edition is changed."))


@bp.get("/editions/<slug>/clone")
@requires(policy.may_keep_editions)
def clone(slug: str) -> Answer:
    return _clone_page(slug, CloneForm())


@bp.post("/editions/<slug>/clone")
@requires(policy.may_keep_editions)
def clone_submitted(slug: str) -> Answer:
    form = CloneForm(request.form)
    if not form.validate():
        return _clone_page(slug, form, status=STATUS[Kind.INVALID])
    try:
        new = press_once(
            lambda db, now: clone_edition(
                db, actor=current_actor(), slug=slug, label=form.label.data, now=now
            )
        )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _clone_page(slug, form, status=status)
    flash(
        _(
            "The new edition has the same tables, kinds of sessions and checklist. Give it its dates."
        ),
        "success",
    )
    return redirect(url_for("cycles.edition", slug=new), 303)


TICK, UNTICK, REMOVE = "tick", "untick", "remove"


@bp.post("/editions/<slug>/checklist")
@requires(policy.may_keep_editions)
def tick_checklist(slug: str) -> Answer:
    """Takes one of the buttons beside a line: the button's name is the action, its value the line."""
    pressed = next((name for name in (TICK, UNTICK, REMOVE) if name in request.form), "")
    item_id = number_in(request.form.get(pressed, ""))
    if item_id is not None and pressed == REMOVE:
        _write(services.remove_item, slug, item_id=item_id)
        flash(_("The line is taken off the checklist."), "success")
    elif item_id is not None:
        _write(services.tick_item, slug, item_id=item_id, is_done=pressed == TICK)
    return redirect(url_for("cycles.edition", slug=slug, _anchor="checklist"), 303)


@bp.post("/editions/<slug>/checklist/new")
@requires(policy.may_keep_editions)
def add_to_checklist(slug: str) -> Answer:
    form = ItemForm(request.form)
    if not form.validate():
        return edition_page(slug, form=form, status=STATUS[Kind.INVALID])
    try:
        _write(services.add_item, slug, words=form.words.data)
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return edition_page(slug, form=form, status=status)
    return redirect(url_for("cycles.edition", slug=slug, _anchor="checklist"), 303)


@bp.post("/editions/<slug>/agenda")
@requires(policy.may_keep_editions)
def lay_out(slug: str) -> Answer:
    """Makes sessions of the congress from the day plan of the edition that this one was cloned
    from.
    """
    try:
        with transaction() as db:
            event_id = lay_out_agenda(db, actor=current_actor(), slug=slug, now=clock.now())
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        said = say(reader_language(), refusal.sentence)
        return edition_page(slug, status=STATUS[refusal.kind], refusal=said)
    flash(
        _("The sessions stand in the agenda of the congress. Name who speaks in them."), "success"
    )
    return redirect(url_for("agenda.event_agenda", event_id=event_id), 303)


def _write(service: Callable[..., Any], slug: str, **given: Any) -> None:
    with transaction() as db:
        service(db, actor=current_actor(), slug=slug, now=clock.now(), **given)


def _saved(slug: str | None, said: str) -> Answer:
    form = EditionForm(request.form)
    _offer(form)
    if not form.validate():
        return _form_page(slug, form, status=STATUS[Kind.INVALID])
    try:
        with transaction() as db:
            given: dict[str, Any] = {
                "actor": current_actor(),
                "draft": form.draft(),
                "now": clock.now(),
            }
            if slug is None:
                slug = once(
                    db, press_key(), lambda: services.create_edition(db, **given), now=clock.now()
                )
            else:
                services.change_edition(db, slug=slug, seen=form.seen.data or "", **given)
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("cycles.edit_edition", slug=slug) if slug else ""
        status = show_refusal(form, refusal, stored=stored)
        return _form_page(slug, form, status=status)
    flash(said, "success")
    return redirect(url_for("cycles.edition", slug=slug), 303)


def _offer(form: EditionForm) -> None:
    with reading() as db:
        countries = [
            (one.code, one.name.in_(reader_language())) for one in by_name(invited_countries(db))
        ]
    form.offer([("", _("Not named yet")), *countries])


def _form_page(slug: str | None, form: EditionForm, *, status: int = 200) -> Answer:
    _offer(form)
    with reading() as db:
        known = queries.edition_of(db, actor=current_actor(), slug=slug) if slug else None
    return render_template(
        "planning/cycles/edition_form.html",
        edition=known,
        form=form,
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    ), status


def _clone_page(slug: str, form: CloneForm, *, status: int = 200) -> Answer:
    with reading() as db:
        edition = queries.edition_of(db, actor=current_actor(), slug=slug)
    has_errors = status == STATUS[Kind.INVALID]
    return render_template(
        "planning/cycles/edition_clone.html", edition=edition, form=form, page_has_errors=has_errors
    ), status


# The work tables of an edition, and who pays for editions and events.

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
        chosen = slugs_of(sources_of_edition(db, edition_id=edition.id))
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
        chosen = slugs_of(sources_of_event(db, event_id=event_id))
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
    paid.offer([(one.slug, one.name.in_(reader_language())) for one in sources(db)])
    return paid
