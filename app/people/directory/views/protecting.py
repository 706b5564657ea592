"""What a focal point presses to keep names inside the country: of a sensitive unit, or of one person."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import transaction
from app.people.directory import policy
from app.people.directory.services import protecting as services
from app.web.guards import current_actor, requires

bp = Blueprint("protecting", __name__)
WITHHOLD = "withhold"


@bp.post("/institutions/<int:institution_id>/protection")
@requires(policy.may_keep_some_roster)
def institution(institution_id: int) -> Response:
    actor, is_sensitive = current_actor(), request.form.get("names") == WITHHOLD
    with transaction() as db:
        people = services.protect_institution(
            db,
            actor=actor,
            institution_id=institution_id,
            is_sensitive=is_sensitive,
            today=clock.today(actor.timezone),
            now=clock.now(),
        )
    said = (
        ngettext(
            "It is a sensitive unit now; the name of %(num)s person stays inside the country.",
            "It is a sensitive unit now; the names of %(num)s people stay inside the country.",
            num=people,
        )
        if is_sensitive
        else ngettext(
            "It is no longer a sensitive unit; %(num)s name is told again.",
            "It is no longer a sensitive unit; %(num)s names are told again.",
            num=people,
        )
    )
    flash(said, "success")
    return redirect(url_for("institutions.institution", institution_id=institution_id), 303)


@bp.post("/people/<int:person_id>/protection")
@requires(policy.may_keep_some_roster)
def person(person_id: int) -> Response:
    actor, is_withheld = current_actor(), request.form.get("names") == WITHHOLD
    with transaction() as db:
        services.protect_person(
            db,
            actor=actor,
            person_id=person_id,
            is_withheld=is_withheld,
            today=clock.today(actor.timezone),
            now=clock.now(),
        )
    said = (
        _("The name stays inside the country from now on.")
        if is_withheld
        else _("The name is told again, unless the person's unit is sensitive.")
    )
    flash(said, "success")
    return redirect(url_for("access.person", person_id=person_id), 303)
