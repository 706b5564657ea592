"""Taking back somebody who was written down by mistake."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Kind
from app.office.merging import policy
from app.office.merging.queries.records import is_invited_by_letter, what_hangs
from app.office.merging.rules import SomethingHangs
from app.office.merging.services.taking_back import take_back_person
from app.office.merging.views.merges import bp
from app.office.merging.wording import counts_text
from app.people.directory.policy import may_correct, may_keep_roster
from app.people.directory.queries.people import record_of
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

Answer = Response | tuple[str, int]


@bp.get("/people/<int:person_id>/removal")
@requires(policy.may_open_merges)
def removal(person_id: int) -> str:
    """Says what hangs on the record, or asks whether to take it back."""
    return _page(person_id)


@bp.post("/people/<int:person_id>/removal")
@requires(policy.may_open_merges)
def take_back(person_id: int) -> Answer:
    actor = current_actor()
    with reading() as db:
        code = record_of(db, actor=actor, person_id=person_id).country_code
    try:
        with transaction() as db:
            name = take_back_person(db, actor=actor, person_id=person_id, now=clock.now())
    except SomethingHangs:
        return _page(person_id), STATUS[Kind.CONFLICT]
    flash(_("%(name)s was taken out, as if never written down.", name=name), "success")
    if may_keep_roster(actor, code):
        return redirect(url_for("directory.roster", code=code), 303)
    return redirect(url_for("access.accounts"), 303)


def _page(person_id: int) -> str:
    actor = current_actor()
    with reading() as db:
        record = record_of(db, actor=actor, person_id=person_id)
        hanging = what_hangs(db, person_id)
        has_letter = is_invited_by_letter(db, person_id)
    return render_template(
        "office/merging/removal.html",
        record=record,
        hanging=counts_text(reader_language(), hanging),
        has_letter=has_letter,
        may_correct=may_correct(actor, record.country_code),
    )
