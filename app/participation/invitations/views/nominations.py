"""Nominations of a country: its focal point ticks people of the roster, withdraws and swaps them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound, Refusal
from app.participation.invitations import policy, rules, wording
from app.participation.invitations.forms import SuccessorForm, ids_in
from app.participation.invitations.queries.nominations import countries_asked, nominations_of
from app.participation.invitations.services import nominating as services
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import dates_of
from app.participation.registrations.rules import DeclinedBefore, RegistrationClosed
from app.planning.events.values import EventDetail, EventStatus
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.paging import page_asked
from app.web.sent import flash_sent

Answer = BaseResponse | tuple[str, int]
LONGEST_SEARCH = 80


@bp.get("/events/<uuid:event_id>/nominations")
@requires(policy.may_nominate)
def nominations(event_id: UUID) -> str:
    return _page(event_id)


@bp.post("/events/<uuid:event_id>/nominations")
@requires(policy.may_nominate)
def nominate(event_id: UUID) -> Answer:
    chosen = ids_in(request.form.getlist("person")[: rules.MOST_AT_ONCE])
    try:
        with transaction() as db:
            made = services.nominate(
                db,
                actor=current_actor(),
                event_id=event_id,
                country_code=_country(event_id),
                person_ids=chosen,
                today=_today(),
                now=clock.now(),
            )
    except (
        rules.NoneChosen,
        rules.NotServing,
        rules.TooManyNominated,
        RegistrationClosed,
        DeclinedBefore,
    ) as refusal:
        return _page(event_id, refusal), STATUS[refusal.kind]
    if not made:
        flash(_("Those you ticked are already nominated."), "success")
        return _back(event_id)
    flash_sent(
        ngettext(
            "One person was nominated and will hear of it by mail.",
            "%(num)s people were nominated and will hear of it by mail.",
            len(made),
        )
    )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/nominations/<int:nomination_id>/withdrawal")
@requires(policy.may_nominate)
def withdraw_nomination(event_id: UUID, nomination_id: int) -> BaseResponse:
    with transaction() as db:
        is_free = services.withdraw(
            db,
            actor=current_actor(),
            event_id=event_id,
            nomination_id=nomination_id,
            now=clock.now(),
        )
    flash(
        _("The nomination is withdrawn and the place is free again.")
        if is_free
        else _("The nomination is withdrawn."),
        "success",
    )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/nominations/<int:nomination_id>/swap")
@requires(policy.may_nominate)
def swap_nomination(event_id: UUID, nomination_id: int) -> Answer:
    """Gives the place of a nominated person, or their position in the waiting list, to somebody
    else.
    """
    form = SuccessorForm(request.form)
    try:
        if form.person_id is None:
            raise rules.NoneChosen
        with transaction() as db:
            services.swap(
                db,
                actor=current_actor(),
                event_id=event_id,
                nomination_id=nomination_id,
                person_id=form.person_id,
                today=_today(),
                now=clock.now(),
            )
    except (rules.NoneChosen, rules.NotServing, rules.SamePerson, DeclinedBefore) as refusal:
        form.successor.errors = [say(reader_language(), refusal.sentence)]
        return _page(event_id, swap=(nomination_id, form)), STATUS[refusal.kind]
    flash_sent(_("One person now has the other's place. Both are told by e-mail."))
    return _back(event_id)


def _today() -> date:
    return clock.today(current_actor().timezone)


def _country(event_id: UUID) -> str:
    """Returns the actor's country. With several, the one in the address, or the first that was
    asked to nominate.
    """
    own_countries = sorted(current_actor().countries_named())
    code = request.values.get("country", "")
    if code and code not in own_countries:
        raise NotFound
    if code or len(own_countries) == 1:
        return code or own_countries[0]
    with reading() as db:
        return next(
            iter(countries_asked(db, event_id=event_id, among=own_countries)), own_countries[0]
        )


def was_asked(actor: Actor, event: EventDetail) -> bool:
    """Returns True when a country that the reader answers for was asked to nominate."""
    own_countries = actor.countries_named()
    if not own_countries or event.published_at is None:
        return False
    with reading() as db:
        return bool(countries_asked(db, event_id=event.id, among=own_countries))


def _back(event_id: UUID) -> BaseResponse:
    country = request.values.get("country") or None
    return redirect(url_for("invitations.nominations", event_id=event_id, country=country), 303)


def _may_change(event: EventDetail) -> bool:
    return (
        event.status is EventStatus.PUBLISHED
        and event.starts_at is not None
        and event.starts_at > clock.now()
    )


def _page(
    event_id: UUID, refusal: Refusal | None = None, swap: tuple[int, SuccessorForm] | None = None
) -> str:
    """Renders the nominations. `refusal`: of the people who were ticked. `swap`: the nomination
    whose swap was refused, and its form.
    """
    words = (request.values.get("search", "")).strip()[:LONGEST_SEARCH]
    with reading() as db:
        page = nominations_of(
            db,
            actor=current_actor(),
            event_id=event_id,
            country_code=_country(event_id),
            on=_today(),
            search=words,
            number=page_asked(),
        )
    event = page.event

    def address(number: int) -> str:
        return url_for(
            "invitations.nominations",
            event_id=event_id,
            country=page.country_code,
            search=words or None,
            page=number,
        )

    nominated = {one.person_id for one in page.nominees}
    others = [
        (str(row.person_id), row.full_name)
        for row in page.roster.rows
        if row.person_id not in nominated
    ]
    refused = dict([swap] if swap else [])
    context: dict[str, Any] = {
        "page": page,
        "event": event,
        "states": wording.STATES,
        "looks": wording.LOOKS,
        "words": words,
        "refusal": say(reader_language(), refusal.sentence) if refusal else "",
        "address": address,
        "nominated": nominated,
        "chosen": typed_fields().getlist("person"),
        "may_change": _may_change(event),
        "may_swap": bool(others),
        "swaps": {
            one.nomination_id: refused.get(one.nomination_id, SuccessorForm()).offer(
                one.nomination_id, one.name, others
            )
            for one in page.nominees
        },
        "page_has_errors": bool(refusal or swap),
        **dates_of(event),
    }
    return render_template("participation/invitations/nominations.html", **context)
