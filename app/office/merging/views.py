"""Two records of one person: found, held side by side, joined, taken apart; and somebody taken
back.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text, say
from app.kernel.reference import reference_day
from app.kernel.refusal import Kind, NotAllowed, NotFound, Refusal
from app.office.merging import policy, queries
from app.office.merging.forms import KeepForm
from app.office.merging.queries import KINDS, is_invited_by_letter, what_hangs
from app.office.merging.rules import HoldsAnOffice, SomethingHangs
from app.office.merging.services import merge_people, take_back_person, undo_merge
from app.office.merging.values import RecordView
from app.office.merging.wording import counts_text
from app.people.directory.policy import may_correct, may_keep_roster
from app.people.directory.queries.designations import office_holders
from app.people.directory.queries.people import record_of
from app.people.directory.queries.roster import LONGEST_SEARCH
from app.planning.arranging.views.plan_page import record_people_shown
from app.web.errors import STATUS
from app.web.fields import numbers_in
from app.web.form_token import press_once
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

bp = Blueprint("merging", __name__)
Answer = Response | tuple[str, int]
TWO, INVALID = 2, 422


@bp.get("/merges")
@requires(policy.may_open_merges)
def merges() -> str:
    return _list_page()


@bp.get("/merges/compare")
@requires(policy.may_open_merges)
def compare() -> Answer:
    people = _numbers(request.args.getlist("person"))
    if len(people) != TWO:
        return _list_page(_("Tick exactly two records.")), INVALID
    return _compare_page(people), 200


@bp.post("/merges")
@requires(policy.may_open_merges)
def merge() -> Answer:
    require_confirmation()
    people = _numbers(request.form.getlist("person"))
    form = KeepForm(request.form).offer([(number, "") for number in people])
    if len(people) != TWO:
        return _list_page(_("Tick exactly two records.")), INVALID
    if not form.validate():
        return _compare_page(people, form), INVALID
    kept = form.keep.data
    gone = next(number for number in people if number != kept)
    try:
        merge_id = press_once(
            lambda db, now: merge_people(
                db, actor=current_actor(), kept_id=kept, gone_id=gone, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _compare_page(people, form), status
    flash(_("The two records are one now. You can undo that below."), "success")
    return redirect(url_for("merging.merged", merge_id=merge_id), 303)


@bp.get("/merges/<int:merge_id>")
@requires(policy.may_open_merges)
def merged(merge_id: int) -> str:
    return _merge_page(merge_id)


@bp.post("/merges/<int:merge_id>/undo")
@requires(policy.may_open_merges)
def undo(merge_id: int) -> Answer:
    require_confirmation()
    try:
        with transaction() as db:
            left = undo_merge(db, actor=current_actor(), merge_id=merge_id, now=clock.now())
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        said = say(reader_language(), refusal.sentence)
        return _merge_page(merge_id, said), STATUS[refusal.kind]
    if left:
        flash(_("The records are two again, except for what had changed since."), "warning")
    else:
        flash(_("The records are two again, as they were."), "success")
    return redirect(url_for("merging.merged", merge_id=merge_id), 303)


def _numbers(typed: list[str]) -> list[int]:
    return list(dict.fromkeys(numbers_in(typed)))


def _list_page(mistake: str = "") -> str:
    actor = current_actor()
    words = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    with reading() as db:
        people = queries.people_found(db, actor=actor, words=words) if words else ()
        pairs = queries.likely_pairs(db, actor=actor)
        done = queries.merges(db, actor=actor)
    record_people_shown([one.person_id for one in people])
    return render_template(
        "office/merging/merges.html",
        words=words,
        found=people,
        pairs=pairs,
        done=done,
        mistake=mistake,
        day=_day,
    )


def _compare_page(people: list[int], form: KeepForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        one, other = queries.records_of(db, actor=actor, people=people)
        offices = office_holders(db, people, reference_day(clock.now()))
    record_people_shown(people)
    form = form or KeepForm()
    form.offer([(record.person_id, _label(record)) for record in (one, other)])
    return render_template(
        "office/merging/compare.html",
        one=one,
        other=other,
        kinds=[kind for kind in KINDS if one.counts.get(kind) or other.counts.get(kind)],
        form=form,
        for_the_secretariat=(
            "" if policy.may_merge_offices(actor) or not offices else HoldsAnOffice.msgid
        ),
    )


def _label(record: RecordView) -> str:
    number = _("Record %(number)s", number=record.person_id)
    return f"{number}: {', '.join(filter(None, (record.full_name, record.email)))}"


def _merge_page(merge_id: int, mistake: str = "") -> str:
    language = reader_language()
    with reading() as db:
        rows = queries.merges(db, actor=current_actor(), merge_id=merge_id)
    if not rows:
        raise NotFound
    row = rows[0]
    return render_template(
        "office/merging/merge.html",
        row=row,
        moved=counts_text(language, row.moved),
        removed=counts_text(language, row.removed),
        mistake=mistake,
        day=_day,
    )


def _day(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return date_text(reader_language(), local.date())


# Taking back somebody who was written down by mistake.


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
