"""Good practices: the public list, putting one forward (by account or by a guest's link), and their
review.
"""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.followup.practices import policy, queries, services, wording
from app.followup.practices.forms import (
    PracticeForm,
    RepositoryForm,
    ReturnForm,
    answers_of_fields,
)
from app.followup.practices.values import Category, OrganisationType, RepositoryEntry
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.pdf import pdf_of
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.kernel.seen import ChangedMeanwhile
from app.participation.invitations.queries.guests import guest_of
from app.people.directory.queries import roster
from app.web.downloads import name_file
from app.web.form_token import press_once
from app.web.forms import one_of_many
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.limits import PDF
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import page_asked
from app.web.render import by_name, day_text

bp = Blueprint("practices", __name__)
Answer = Response | tuple[str, int]


@bp.get("/good-practices")
@requires(anyone)
def practices() -> str:
    category, kind = request.args.get("category", ""), request.args.get("type", "")
    number = page_asked()
    with reading() as db:
        shown, total = queries.accepted(
            db,
            category=Category(category) if category in set(Category) else None,
            organisation_type=OrganisationType(kind) if kind in set(OrganisationType) else None,
            number=number,
        )
        own = queries.own(db, actor=current_actor())
    return render_template(
        "followup/practices/practices.html",
        found=shown,
        total=total,
        number=number,
        per_page=queries.PER_PAGE,
        mine=own,
        category=category,
        kind=kind,
        may_review=policy.may_review(current_actor()),
        **_words(),
    )


@bp.get("/good-practices/new")
@requires(signed_in)
def new() -> str:
    return _page(_form(), url_for("practices.submit"))


@bp.post("/good-practices/new")
@requires(signed_in)
def submit() -> Answer:
    return _submitted(current_actor(), None, back=url_for("practices.practices"))


@bp.get("/guest/<token>/good-practice")
@requires(anyone)
def guest_practice(token: str) -> str:
    with reading() as db:
        guest_of(db, token, clock.now())
    return _page(_form(), url_for("practices.guest_submit", token=token))


@bp.post("/guest/<token>/good-practice")
@requires(anyone)
def guest_submit(token: str) -> Answer:
    with reading() as db:
        seat = guest_of(db, token, clock.now())
    return _submitted(
        seat.actor, seat.event_id, back=url_for("practices.guest_practice", token=token)
    )


@bp.get("/good-practices/review")
@requires(policy.may_review)
def review() -> str:
    return _review_page(None, None)


@bp.post("/good-practices/<uuid:practice_id>/acceptance")
@requires(policy.may_review)
def accept(practice_id: UUID) -> Response:
    with transaction() as db:
        services.accept_practice(
            db, actor=current_actor(), practice_id=practice_id, now=clock.now()
        )
    flash(_("It is published."), "success")
    return redirect(url_for("practices.review"), 303)


@bp.post("/good-practices/<uuid:practice_id>/return")
@requires(policy.may_review)
def send_back(practice_id: UUID) -> Answer:
    form = ReturnForm(request.form).of(practice_id)
    if not form.validate():
        return _review_page(practice_id, form), 422
    try:
        with transaction() as db:
            services.return_practice(
                db,
                actor=current_actor(),
                practice_id=practice_id,
                note=form.note.data or "",
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _review_page(practice_id, form), status
    flash(_("It was returned with your note."), "success")
    return redirect(url_for("practices.review"), 303)


@bp.get("/good-practices/<uuid:practice_id>/repository")
@requires(policy.may_review)
def repository(practice_id: UUID) -> str:
    return _repository_page(practice_id, None)


@bp.post("/good-practices/<uuid:practice_id>/repository")
@requires(policy.may_review)
def fill_repository(practice_id: UUID) -> Answer:
    form = RepositoryForm(request.form).offer()
    if not form.validate():
        return _repository_page(practice_id, form), 422
    try:
        with transaction() as db:
            services.fill_repository_fields(
                db,
                actor=current_actor(),
                practice_id=practice_id,
                fields=form.fields(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        stored = url_for("practices.repository", practice_id=practice_id)
        status = show_refusal(form, refusal, stored=stored)
        return _repository_page(practice_id, form), status
    flash(_("The form is saved."), "success")
    return redirect(url_for("practices.repository", practice_id=practice_id), 303)


@bp.get("/good-practices/<uuid:practice_id>/repository.pdf")
@requires(policy.may_review, costs=PDF)
def repository_pdf(practice_id: UUID) -> Response:
    """Returns the practice as the form of the UN Network on Migration, in the reader's language."""
    entry = _entry(practice_id)
    fields = wording.repository_fields(entry, reader_language())
    html = render_template(
        "followup/practices/repository_pdf.html",
        lang=reader_language(),
        fields=fields,
        missing=[label for label, text in fields if not text],
        made_on=day_text(clock.today(), reader_language()),
    )
    answer = make_response(pdf_of(html))
    answer.mimetype = "application/pdf"
    name_file(answer, f"good-practice-{practice_id}-{reader_language()}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _entry(practice_id: UUID) -> RepositoryEntry:
    with reading() as db:
        return queries.repository_entry(
            db, actor=current_actor(), practice_id=practice_id, today=clock.today()
        )


def _repository_page(practice_id: UUID, refused: RepositoryForm | None) -> str:
    """Renders what the repository asks for. `refused`: what was typed and could not be saved."""
    entry = _entry(practice_id)
    form = refused or RepositoryForm(None, data=answers_of_fields(entry.fields)).offer()
    fields = wording.repository_fields(entry, reader_language())
    return render_template(
        "followup/practices/repository.html",
        practice=entry.practice,
        form=form,
        fields=fields,
        missing=[label for label, text in fields if not text],
    )


def _submitted(actor: Actor, event_id: UUID | None, *, back: str) -> Answer:
    form = _form()
    if not form.validate():
        return _page(form, request.path), 422
    try:
        press_once(
            lambda db, now: services.submit_practice(
                db, actor=actor, draft=form.draft(), event_id=event_id, now=now
            )
        )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(form, request.path), status
    flash(_("Thank you. The secretariat reads it before it is published."), "success")
    return redirect(back, 303)


def _form() -> PracticeForm:
    with reading() as db:
        countries = [
            (one.code, one.name.in_(reader_language())) for one in by_name(roster.countries(db))
        ]
    return PracticeForm(request.form if request.method == "POST" else None).offer(countries)


def _page(form: PracticeForm, action: str) -> str:
    return render_template("followup/practices/new.html", form=form, action=action)


def _review_page(practice_id: UUID | None, refused: ReturnForm | None) -> str:
    """Renders what waits for review. `refused`: what was typed of the practice with that id."""
    with reading() as db:
        waiting = queries.to_review(db, actor=current_actor())
    forms = {
        one.id: refused
        if refused and one.id == practice_id
        else ReturnForm(meta=one_of_many(url_for("practices.send_back", practice_id=one.id))).of(
            one.id
        )
        for one in waiting
    }
    return render_template(
        "followup/practices/review.html",
        waiting=waiting,
        forms=forms,
        refused=refused,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {
        "categories": wording.CATEGORIES,
        "types": wording.ORGANISATION_TYPES,
        "statuses": wording.STATUSES,
    }
