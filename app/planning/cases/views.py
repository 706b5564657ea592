"""Conflict cases: what clashes since it was scheduled, and the three ways out of it: move, replace,
accept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.people.identity.policy import leads_the_region
from app.planning.arranging.forms import overrides_in
from app.planning.arranging.queries.planning import are_enough
from app.planning.arranging.queries.seats import findings_about
from app.planning.arranging.services.seats import replace_person
from app.planning.arranging.views.plan_page import choose_people, confirmable, note_of, sentences_of
from app.planning.cases.forms import AcceptCaseForm, ReplaceForm
from app.planning.cases.queries import ConflictCaseView, conflict_case, conflict_cases
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.services.cases import accept_case
from app.planning.scheduling.services.claims import OVERRIDE_FIELD
from app.planning.scheduling.wording import OUTCOMES, WHO_MAY_ACCEPT, about_case, cause_of
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.kept_forms import kept_fields
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_errors, show_refusal
from app.web.paging import addresses, page_asked
from app.web.render import day_text

bp = Blueprint("cases", __name__)
Answer = Response | tuple[str, int]


def _day_of(at: datetime) -> str:
    return day_text(at.astimezone(ZoneInfo(reader_timezone())).date(), reader_language())


WORDS = {
    "outcomes": OUTCOMES,
    "who_may_accept": WHO_MAY_ACCEPT,
    "cause_of": cause_of,
    "day_of": _day_of,
}


@bp.get("/cases")
@requires(leads_the_region)
def cases() -> str:
    with reading() as db:
        page = conflict_cases(db, actor=current_actor(), number=page_asked())
    return render_template(
        "planning/cases/cases.html", page=page, address=addresses(), sentence=_sentence, **WORDS
    )


@bp.get("/cases/<int:case_id>")
@requires(leads_the_region)
def case(case_id: int) -> str:
    return _case_page(_found(case_id))


@bp.post("/cases/<int:case_id>/accept")
@requires(leads_the_region)
def accept_conflict(case_id: int) -> Answer:
    """Accepts a case: by whoever may override its rule, with a reason that stays on record."""
    form = AcceptCaseForm(request.form)
    if not form.validate():
        return _case_page(_found(case_id), form), 422
    try:
        with transaction() as db:
            accept_case(
                db,
                actor=current_actor(),
                case_id=case_id,
                reason=form.reason.data,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _case_page(_found(case_id), form), status
    flash(_("The case is closed. Both events stay as they are, with your reason."), "success")
    return redirect(url_for("cases.cases"), 303)


@bp.get("/cases/<int:case_id>/replace")
@requires(leads_the_region)
def replace(case_id: int) -> str:
    found = _about_somebody(case_id)
    return _replace_page(found, _replace_form(found, kept_fields() or request.args))


@bp.post("/cases/<int:case_id>/replace")
@requires(leads_the_region)
def replace_submitted(case_id: int) -> Answer:
    found = _about_somebody(case_id)
    form = _replace_form(found, request.form)
    if not form.validate() or form.event_id is None or found.person_id is None:
        return _replace_page(found, form), 422
    try:
        _replace(form, form.event_id, found.person_id)
    except InvalidInput as refusal:
        boxes = _boxes(form.event_id, form.person_id) if OVERRIDE_FIELD in refusal.errors else []
        show_errors(form, refusal.errors)
        return _replace_page(found, form, boxes=boxes), 422
    except Clash as refusal:
        boxes = confirmable(refusal.findings)
        return _replace_page(found, form, sentences_of(refusal), boxes), 409
    return redirect(url_for("cases.cases"), 303)


def _replace_form(found: ConflictCaseView, sent: Typed) -> ReplaceForm:
    form, language = ReplaceForm(sent), reader_language()
    form.offer(
        [
            (str(event.id), event.title.in_(language))
            for event in found.events
            if not event.is_cancelled
        ]
    )
    return form


def _boxes(event_id: UUID, arriving: int) -> list[dict[str, Any]]:
    """Returns what was ticked with a reason that says too little, to be ticked again with a better
    one.
    """
    ticked = set(request.form.getlist("confirm"))
    with reading() as db:
        boxes = confirmable(
            findings_about(db, event_id=event_id, arriving=arriving, now=clock.now())
        )
    return [{**box, "is_ticked": box["value"] in ticked} for box in boxes]


def _replace(form: ReplaceForm, event_id: UUID, leaving: int) -> None:
    with transaction() as db:
        replace_person(
            db,
            actor=current_actor(),
            event_id=event_id,
            leaving=leaving,
            arriving=form.person_id,
            now=clock.now(),
            overrides=overrides_in(request.form),
        )
    flash(_("Somebody else takes part now."), "success")


def _found(case_id: int) -> ConflictCaseView:
    with reading() as db:
        return conflict_case(db, actor=current_actor(), case_id=case_id)


def _about_somebody(case_id: int) -> ConflictCaseView:
    found = _found(case_id)
    return found if found.person_id is not None and found.record.is_open else abort(404)


def _sentence(found: ConflictCaseView) -> str:
    return about_case(found.record, reader_timezone=reader_timezone()).in_(reader_language())


def _case_page(found: ConflictCaseView, form: AcceptCaseForm | None = None) -> str:
    return render_template(
        "planning/cases/case.html",
        case=found,
        sentence=_sentence,
        form=form or AcceptCaseForm(),
        **WORDS,
    )


def _replace_page(
    found: ConflictCaseView,
    form: ReplaceForm,
    refusals: Sequence[str] = (),
    boxes: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Shows the case; `boxes`: what may be confirmed all the same."""
    language, words = reader_language(), form.words.data
    with reading() as db:
        choices = choose_people(db, chosen=[], words=words)
    form.offer_people(
        [
            (str(person.id), ", ".join(filter(None, (person.name, person.country.in_(language)))))
            for person in choices.people
            if person.id != found.person_id
        ]
    )
    if len(form.event.choices) == 1:
        form.event.data = form.event.choices[0][0]
    return render_template(
        "planning/cases/case_replace.html",
        case=found,
        form=form,
        refusals=refusals,
        boxes=boxes,
        sentence=_sentence,
        are_enough=are_enough(words),
        people_note=note_of(choices),
    )
