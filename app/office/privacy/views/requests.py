"""Requests that reach the secretariat by letter: find the person, hand out a copy, or erase."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound
from app.office.privacy import policy
from app.office.privacy.queries.personal import people_named, person_found
from app.office.privacy.rules import is_enough
from app.office.privacy.services.erasing import erase, record_reading
from app.office.privacy.views import bp
from app.office.privacy.views.own import domains, json_of
from app.people.directory.queries.roster import LONGEST_SEARCH
from app.people.identity.rules import LastOrganizer
from app.planning.arranging.views.people_shown import record_people_shown
from app.web.errors import STATUS
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.looking import record_when_sent

Answer = BaseResponse | tuple[str, int]


@bp.get("/privacy")
@requires(policy.may_answer_requests)
def people() -> str:
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    with reading() as db:
        found = people_named(db, words)
    record_people_shown([one.person_id for one in found])
    return render_template(
        "office/privacy/people.html", words=words, people=found, is_enough=is_enough(words)
    )


@bp.get("/privacy/people/<int:person_id>")
@requires(policy.may_answer_requests)
def person(person_id: int) -> str:
    actor, now = current_actor(), clock.now()
    record_when_sent(lambda db: record_reading(db, actor=actor, person_id=person_id, now=now))
    return _page(person_id)


@bp.post("/privacy/people/<int:person_id>/data.json")
@requires(policy.may_answer_requests)
def take_data_of(person_id: int) -> Response:
    return json_of(person_id)


@bp.post("/privacy/people/<int:person_id>/erase")
@requires(policy.may_answer_requests)
def erase_somebody(person_id: int) -> Answer:
    require_confirmation()
    try:
        with transaction() as db:
            erase(
                db, actor=current_actor(), person_id=person_id, domains=domains(), now=clock.now()
            )
    except LastOrganizer as refusal:
        return _page(person_id, say(reader_language(), refusal.sentence)), STATUS[refusal.kind]
    flash(_("The personal data are erased. Certificates stay verifiable by their code."), "success")
    return redirect(url_for("privacy.people"), 303)


def _page(person_id: int, refusal: str = "") -> str:
    with reading() as db:
        found = person_found(db, person_id)
    if found is None:
        raise NotFound
    return render_template("office/privacy/person.html", person=found, refusal=refusal)
