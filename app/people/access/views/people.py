"""One person's record: seen and put right by whoever may, and the wish to have the own one mended."""

from datetime import date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel import dated
from app.kernel.refusal import InvalidInput, Kind, NotAllowed, Refusal
from app.kernel.seen import mark_of
from app.people.access import policy, queries, services, wording
from app.people.access.forms import DeclineForm, RecordForm, RecordWishForm
from app.people.access.views.accounts import bp
from app.people.directory import policy as directory_policy
from app.people.directory.queries.people import (
    HeldPost,
    PersonRecord,
    last_asked,
    posts_of,
    record_for_mark,
    record_of,
)
from app.people.directory.services.people import ask_correction, settle_correction
from app.people.directory.services.sharing import record_lookup
from app.people.directory.values import CorrectionDecision
from app.people.identity.queries import has_signed_in, waiting_address
from app.people.identity.values import AddressOutcome
from app.web.errors import STATUS
from app.web.fields import number_in
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.looking import record_when_sent
from app.web.mistakes import show_refusal
from app.web.render import short_day
from app.web.sent import flash_sent

Answer = Response | tuple[str, int]
INVALID = STATUS[Kind.INVALID]


@bp.get("/people/<int:person_id>")
@requires(policy.may_open)
def person(person_id: int) -> str:
    return _page(person_id)


@bp.post("/people/<int:person_id>")
@requires(policy.may_open)
def correct_person(person_id: int) -> Answer:
    """Puts right what differs from the record; where the address changes, the actor confirms first
    who they are.
    """
    code = _require_may_correct(person_id)
    with reading() as db:
        form = _offered(db, RecordForm(request.form), code)
    if not form.validate():
        return _page(person_id, form), INVALID
    with reading() as db:
        email = queries.address_of(db, person_id)
    if form.email.data and form.email.data != email:
        require_confirmation()
    try:
        with transaction() as db:
            done = services.correct_person(
                db,
                actor=current_actor(),
                person_id=person_id,
                draft=form.draft(email),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=url_for("access.person", person_id=person_id))
        return _page(person_id, form), status
    said = wording.corrected(reader_language(), done, form.email.data or email)
    if done.address in (AddressOutcome.INVITED, AddressOutcome.ASKED):
        flash_sent(said)
    else:
        flash(said, "success")
    return redirect(url_for("access.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/corrections/refusal")
@requires(policy.may_open)
def decline_correction(person_id: int) -> Answer:
    _require_may_correct(person_id)
    form = DeclineForm(request.form)
    if not form.validate():
        return _page(person_id, declining=form), INVALID
    with transaction() as db:
        settle_correction(
            db,
            actor=current_actor(),
            person_id=person_id,
            decision=CorrectionDecision.DECLINED,
            reason=form.reason.data,
            now=clock.now(),
        )
    flash(_("The record stays as it is, and the person reads your reason."), "success")
    return redirect(url_for("access.person", person_id=person_id), 303)


@bp.get("/account/correction")
@requires(policy.may_ask_correction)
def correction() -> str:
    return _wish_page(RecordWishForm())


@bp.post("/account/correction")
@requires(policy.may_ask_correction)
def wish_correction() -> Answer:
    form = RecordWishForm(request.form)
    if not form.validate():
        return _wish_page(form), INVALID
    try:
        with transaction() as db:
            ask_correction(db, actor=current_actor(), wish=form.wish(), now=clock.now())
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _wish_page(form), status
    flash(_("Your request is noted. This page says what becomes of it."), "success")
    return redirect(url_for("access.correction"), 303)


def _require_may_correct(person_id: int) -> str:
    """Returns the country of the person, and refuses an actor who may not correct the record.

    Views call it before they validate, so that nothing is said about a form that was not the
    actor's to send.
    """
    with reading() as db:
        record = record_of(db, actor=current_actor(), person_id=person_id)
    directory_policy.require_may_correct(current_actor(), record.country_code)
    return record.country_code


def _offered(db: Session, form: RecordForm, code: str) -> RecordForm:
    language = reader_language()
    places = queries.institutions_in(db, code)
    return form.offer([(number, name.in_(language)) for number, name in places])


def _page(
    person_id: int, form: RecordForm | None = None, declining: DeclineForm | None = None
) -> str:
    actor, now = current_actor(), clock.now()
    today = clock.today(actor.timezone)
    with reading() as db:
        record = record_of(db, actor=actor, person_id=person_id)
        account = queries.account_of_person(db, person_id)
        email = queries.address_of(db, person_id)
        is_used = bool(account) and has_signed_in(db, account)
        waiting = waiting_address(db, account_id=account, now=now) if account else None
        may_address = services.may_change_address(db, actor=actor, person_id=person_id, now=now)
        names = queries.accounts_named(db, {line.by for line in record.history if line.by})
        mark = mark_of(record_for_mark(db, person_id))
    if not directory_policy.may_keep_roster(actor, record.country_code):
        record_when_sent(lambda db: record_lookup(db, actor=actor, person_ids=[person_id], now=now))
    post = _to_correct(record, today)
    if form is None:
        with reading() as db:
            form = _offered(db, _filled(record, post, email), record.country_code)
    form.seen.data = form.seen.data or mark
    form.email.flags.required, form.post_title.flags.required = bool(email), post is not None
    return render_template(
        "people/access/person.html",
        record=record,
        post=post,
        is_serving=post is not None and dated.in_force(post.since, post.until, today),
        account=account,
        is_used=is_used,
        email=email,
        waiting=waiting,
        may_answer=directory_policy.may_keep_roster(actor, record.country_code),
        may_correct=directory_policy.may_correct(actor, record.country_code),
        may_address=may_address,
        form=form,
        declining=declining or DeclineForm(),
        history=[
            (wording.FIELDS[line.field], line, names.get(line.by or 0, ""))
            for line in record.history
        ],
        short_day=short_day,
        day=_local_day,
    )


def _to_correct(record: PersonRecord, today: date) -> HeldPost | None:
    """Returns the post to correct: the one asked for, or the latest that has not ended."""
    wanted = number_in(request.values.get("appointment_id", ""))
    held = [one for one in record.posts if dated.not_over(one.until, today)]
    chosen = [one for one in held if one.appointment_id == wanted]
    return next(iter(chosen or held), None)


def _filled(record: PersonRecord, post: HeldPost | None, email: str) -> RecordForm:
    """Returns the form filled as the owner of the record asked, or from the record when they did
    not.
    """
    language = reader_language()
    return RecordForm(
        full_name=(record.asked and record.asked.full_name) or record.full_name,
        email=(record.asked and record.asked.email) or email,
        appointment_id=str(post.appointment_id) if post else "",
        institution_id=post.institution_id if post else 0,
        post_title=post.title.in_(language) if post else "",
    )


def _wish_page(form: RecordWishForm) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise NotAllowed
    with reading() as db:
        asked = last_asked(db, actor.person_id)
        email = queries.address_of(db, actor.person_id)
        posts = posts_of(db, actor.person_id)
    today = clock.today(actor.timezone)
    return render_template(
        "people/access/correction.html",
        form=form,
        asked=asked,
        name=actor.name,
        email=email,
        posts=[one for one in posts if dated.in_force(one.since, one.until, today)],
        day=_local_day,
    )


def _local_day(at: datetime) -> str:
    return wording.local_day(reader_language(), at, current_actor().timezone)
