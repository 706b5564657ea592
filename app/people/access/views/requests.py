"""Asking for access, and deciding on who asks."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.once import once
from app.kernel.network import source_of
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal
from app.people.access import policy, queries, rules, services, wording
from app.people.access.forms import AccessForm, PlacementForm
from app.people.access.values import RequestDecision, RequestRow
from app.people.access.views.accounts import bp
from app.people.directory.queries.people import corrections_waiting
from app.people.directory.queries.roster import countries, people_called
from app.people.directory.rules.people import NamesakeKnown, sort_key
from app.people.identity.rules import TooManyTries
from app.people.identity.services import sign_in
from app.people.identity.values import Door
from app.people.identity.views.door import account_mark
from app.web.errors import STATUS
from app.web.form_token import press_key
from app.web.guards import anyone, current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name
from app.web.sent import flash_sent

Answer = Response | tuple[str, int]
INVALID, TOO_MANY = 422, 429


@bp.get("/request-access")
@requires(anyone)
def request_access() -> str:
    return _form_page(AccessForm(formdata=None))


@bp.post("/request-access")
@requires(anyone)
def ask() -> Answer:
    """Answers everybody the same, so that nobody but its owner learns whether an address is known."""
    form = AccessForm()
    _offer(form)
    if not form.validate():
        return _form_page(form), INVALID
    key = f"request-access:{source_of(request.remote_addr or '')}"
    doors = (
        Door(key, rules.PER_SOURCE),
        Door(sign_in.BY_DAY + key, rules.PER_SOURCE_AND_DAY),
        Door(f"request-access:{account_mark(form.email.data or '')}", rules.PER_EMAIL),
    )

    def ask_counted() -> None:
        sign_in.count_try(db, doors=doors, now=clock.now())
        services.ask_for_access(db, wish=form.wish(reader_language()), now=clock.now())

    try:
        with transaction() as db:
            once(db, press_key(), ask_counted, now=clock.now())
    except TooManyTries as refusal:
        form.form_errors.append(say(reader_language(), refusal.sentence))
        return _form_page(form), TOO_MANY
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _form_page(form), status
    return redirect(url_for("access.asked"), 303)


@bp.get("/request-access/sent")
@requires(anyone)
def asked() -> str:
    return render_template("people/access/asked.html")


@bp.get("/people-and-access/requests")
@requires(policy.may_open)
def access_requests() -> str:
    """Lists who asks for access, and whose records are to be corrected."""
    actor = current_actor()
    with reading() as db:
        rows = queries.requests_waiting(db, actor=actor, now=clock.now())
        corrections = corrections_waiting(db, actor=actor)
    return render_template(
        "people/access/requests.html", rows=rows, corrections=corrections, day=_local_day
    )


@bp.get("/people-and-access/requests/<int:request_id>")
@requires(policy.may_open)
def access_request(request_id: int) -> str:
    return _decide_page(request_id, PlacementForm(formdata=None, valid_from=clock.today()))


@bp.post("/people-and-access/requests/<int:request_id>/acceptance")
@requires(policy.may_open)
def accept(request_id: int) -> Answer:
    require_confirmation()
    if _is_settled(request_id):
        return _settled_already()
    form, row = PlacementForm(), _waiting(request_id)
    if row.gets_post:
        _offer_places(form, row.country_code)
        if not form.validate():
            return _decide_page(request_id, form), INVALID
    try:
        with transaction() as db:
            outcome = services.accept_request(
                db,
                actor=current_actor(),
                request_id=request_id,
                placement=form.placement() if row.gets_post else None,
                now=clock.now(),
            )
    except (NotFound, NotAllowed):
        if _is_settled(request_id):  # a second press, or a colleague was quicker
            return _settled_already()
        raise
    except Refusal as refusal:
        return _decide_page(request_id, form, refusal), STATUS[refusal.kind]
    if outcome.decision is RequestDecision.HELD:
        flash(
            _("The address belongs to somebody elsewhere. The secretariat checks it first."),
            "warning",
        )
    elif outcome.is_invited:
        flash_sent(
            _("%(name)s has access now, and the invitation is on its way.", name=row.full_name),
            _("%(name)s has access now, and the invitation is written.", name=row.full_name),
        )
    else:
        flash(
            _(
                "%(name)s is on record now, without an invitation: an account signs in with this address already.",
                name=row.full_name,
            ),
            "warning",
        )
    return redirect(url_for("access.access_requests"), 303)


@bp.post("/people-and-access/requests/<int:request_id>/refusal")
@requires(policy.may_open)
def decline(request_id: int) -> Answer:
    if _is_settled(request_id):
        return _settled_already()
    with transaction() as db:
        services.decline_request(db, actor=current_actor(), request_id=request_id, now=clock.now())
    flash_sent(_("The request is declined. A short letter says so, without reasons."))
    return redirect(url_for("access.access_requests"), 303)


def _is_settled(request_id: int) -> bool:
    with reading() as db:
        return queries.is_settled(db, actor=current_actor(), request_id=request_id)


def _settled_already() -> Response:
    flash(_("This request has already been decided."), "info")
    return redirect(url_for("access.access_requests"), 303)


def _waiting(request_id: int) -> RequestRow:
    with reading() as db:
        rows = queries.requests_waiting(db, actor=current_actor(), now=clock.now())
    row = next((one for one in rows if one.id == request_id), None)
    if row is None:
        raise NotFound
    return row


def _offer(form: AccessForm) -> None:
    language = reader_language()
    with reading() as db:
        form.offer([(one.code, one.name.in_(language)) for one in by_name(countries(db))])


def _offer_places(form: PlacementForm, country_code: str) -> None:
    language = reader_language()
    with reading() as db:
        places = queries.institutions_in(db, country_code)
    form.offer([(number, name.in_(language)) for number, name in places])


def _form_page(form: AccessForm) -> str:
    if form.country_code.choices is None:
        _offer(form)
    return render_template("people/access/request_access.html", form=form)


def _decide_page(request_id: int, form: PlacementForm, refusal: Refusal | None = None) -> str:
    row, language = _waiting(request_id), reader_language()
    if row.gets_post and form.institution_id.choices is None:
        _offer_places(form, row.country_code)
        form.institution_id.data = form.institution_id.data or _likely(form, row.institution)
    people: tuple[int, ...] = ()
    if isinstance(refusal, NamesakeKnown):
        people = refusal.people
        form.same_as.errors = [say(language, refusal.sentence)]
    elif refusal is not None:
        show_refusal(form, refusal)
    with reading() as db:
        if not people and form.same_as.data is not None:
            people = people_called(db, row.country_code, row.full_name)
        known = queries.namesakes_in(db, people) if people else ()
    return render_template(
        "people/access/request.html",
        row=row,
        may_decide=policy.acts_on_requests(current_actor(), row.country_code),
        form=form,
        known=[(one, wording.namesake_line(language, one)) for one in known],
        day=_local_day,
    )


def _likely(form: PlacementForm, typed: str) -> int:
    """Returns the institution whose name has every word that was typed; 0 when there is not exactly
    one.
    """
    words = sort_key(typed).split()
    fits = [
        number
        for number, name in form.institution_id.choices or ()
        if number and all(word in sort_key(str(name)) for word in words)
    ]
    return fits[0] if len(fits) == 1 else 0


def _local_day(at: datetime) -> str:
    return wording.local_day(reader_language(), at, current_actor().timezone)
