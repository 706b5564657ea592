"""Editions of the congress: the list, one edition, creating, changing and cloning it, and ticking
its checklist.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.planning.cycles.forms.editions import CloneForm, EditionForm, ItemForm, edition_answers
from app.planning.cycles.queries import editions as queries
from app.planning.cycles.services import editions as services
from app.planning.cycles.services.cloning import clone_edition, lay_out_agenda
from app.planning.cycles.views import bp
from app.planning.cycles.views.edition_page import edition_page
from app.planning.cycles.wording import days_in_words
from app.planning.events import policy
from app.planning.holidays.queries.countries import invited_countries
from app.web.errors import STATUS
from app.web.fields import number_in
from app.web.form_token import press_key, press_once
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

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
        found = queries.edition_of(db, actor=current_actor(), slug=slug)
    has_errors = status == STATUS[Kind.INVALID]
    return render_template(
        "planning/cycles/edition_clone.html", edition=found, form=form, page_has_errors=has_errors
    ), status
