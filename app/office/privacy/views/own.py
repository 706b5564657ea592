"""My data: my consents, a copy of my data, and closing my account."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.text import date_locale
from app.office.privacy import policy, wording
from app.office.privacy.queries.consents import event_consents, standing_consents
from app.office.privacy.services.consents import set_consent, withdraw_event_consent
from app.office.privacy.services.erasing import erase, take_along
from app.office.privacy.values import Domain, PersonalData, Purpose
from app.office.privacy.views import bp
from app.people.identity.rules import LastOrganizer
from app.people.identity.views.door import leave
from app.web.downloads import name_file
from app.web.errors import STATUS
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.render import zone_label

Answer = BaseResponse | tuple[str, int]


@bp.get("/account/data")
@requires(policy.may_see_own)
def my_data() -> str:
    actor = current_actor()
    person_id = policy.require_person(actor)
    with reading() as db:
        standing, of_events = standing_consents(db, person_id), event_consents(db, person_id)
    return render_template(
        "office/privacy/my_data.html",
        standing=standing,
        of_events=of_events,
        names=wording.PURPOSES,
        at=_at,
        zone=zone_label(actor.timezone, clock.now(), reader_language()),
    )


@bp.post("/account/data/consents")
@requires(policy.may_see_own)
def change_consent() -> BaseResponse:
    """Gives or withdraws the consent to one purpose. An unknown purpose changes nothing."""
    purpose = next((one for one in Purpose if one.value == request.form.get("purpose")), None)
    if purpose is not None:
        with transaction() as db:
            set_consent(
                db,
                actor=current_actor(),
                purpose=purpose,
                is_given=request.form.get("is_given") == "1",
                now=clock.now(),
            )
        flash(_("Your choice is saved. You can change it here at any time."), "success")
    return redirect(url_for("privacy.my_data"), 303)


@bp.post("/account/data/consents/event")
@requires(policy.may_see_own)
def withdraw() -> BaseResponse:
    event_id = request.form.get("event", type=UUID)
    if event_id is not None:
        with transaction() as db:
            withdraw_event_consent(
                db,
                actor=current_actor(),
                event_id=event_id,
                purpose=request.form.get("purpose", ""),
                now=clock.now(),
            )
        flash(_("Your consent is withdrawn from now on."), "success")
    return redirect(url_for("privacy.my_data"), 303)


@bp.post("/account/data.json")
@requires(policy.may_see_own)
def take_my_data() -> Response:
    """Answers POST, because the export is recorded."""
    return json_of(policy.require_person(current_actor()))


@bp.get("/account/close")
@requires(policy.may_see_own)
def close_account() -> str:
    """Asks for confirmation and says what will happen."""
    return render_template("office/privacy/close_account.html", refusal="")


@bp.post("/account/close")
@requires(policy.may_see_own)
def close_account_confirmed() -> Answer:
    require_confirmation()
    actor = current_actor()
    try:
        with transaction() as db:
            erase(
                db,
                actor=actor,
                person_id=policy.require_person(actor),
                domains=domains(),
                now=clock.now(),
            )
    except LastOrganizer as refusal:
        said = say(reader_language(), refusal.sentence)
        return render_template("office/privacy/close_account.html", refusal=said), STATUS[
            refusal.kind
        ]
    leave(actor)
    flash(
        _(
            "Your account is closed and your personal data are erased. Certificates stay verifiable by their code."
        ),
        "success",
    )
    return redirect(url_for("home.home"), 303)


def domains() -> Sequence[Domain]:
    """Returns the packages that keep personal data, as app/wiring lists them."""
    return platform().port(PersonalData).domains


def json_of(person_id: int) -> Response:
    with transaction() as db:
        data: dict[str, Any] = take_along(
            db, actor=current_actor(), person_id=person_id, domains=domains(), now=clock.now()
        )
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    answer = Response(content, mimetype="application/json")
    name_file(answer, f"convoca-{person_id}.json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _at(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return format_datetime(local, "d MMM y, HH:mm", locale=date_locale(reader_language()))
