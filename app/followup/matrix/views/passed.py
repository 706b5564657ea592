"""One row that a focal point passed to a colleague, who answers by a signed link, without an account."""

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.matrix import queries, rules, services, wording
from app.followup.matrix.forms import RowForm, answers_of
from app.followup.matrix.values import RowView
from app.followup.matrix.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.people.directory.queries.roster import country_of
from app.web.guards import anyone, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal


@bp.get("/matrix-row/<row_key>")
@requires(anyone)
def passed(row_key: str) -> Response:
    with reading() as db:
        row = _row_of(db, row_key)
    return _page(row_key, row, _form(row))


@bp.post("/matrix-row/<row_key>")
@requires(anyone)
def answer_passed(row_key: str) -> Response:
    """Saves the colleague's answer; the focal point sees that the row came back."""
    with reading() as db:
        row = _row_of(db, row_key)
    row_id, pass_number = _signed(row_key)
    form = _form(row, typed=True)
    if not form.validate():
        return _page(row_key, row, form, 422)
    try:
        with transaction() as db:
            services.answer_passed_row(
                db,
                row_id=row_id,
                pass_number=pass_number,
                draft=form.draft(row.as_draft(), reader_language()),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, form.show_at_fields(refusal))
        return _page(row_key, row, form, status)
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.GONE):
            raise
        return _page(row_key, row, form, show_refusal(form, refusal))
    return redirect(url_for("matrix.passed", row_key=row_key, _anchor="main"), 303)


def _signed(row_key: str) -> tuple[int, int]:
    signed = rules.row_of_key(platform().keys, row_key)
    if signed is None:
        raise rules.LinkEndedForRow
    return signed


def _row_of(db: Session, row_key: str) -> RowView:
    row_id, pass_number = _signed(row_key)
    return queries.passed_row(db, row_id=row_id, pass_number=pass_number, today=clock.today())


def _form(row: RowView, typed: bool = False) -> RowForm:
    form = RowForm(request.form if typed else None, data=answers_of(row, reader_language()))
    return form.offer(wording.statuses_of(row))


def _page(row_key: str, row: RowView, form: RowForm, status: int = 200) -> Response:
    """Returns the page as an answer that is neither cached nor indexed: its address is a key."""
    with reading() as db:
        country = country_of(db, row.country)
    html = render_template(
        "followup/matrix/passed.html",
        row=row,
        row_key=row_key,
        title=row.agreement.text if row.agreement else row.fact,
        country=country,
        form=form,
        until=row.passing.until if row.passing else None,
        has_answered=row.passing is not None and row.passing.came_back_at is not None,
        statuses=wording.statuses_of(row),
        held_words=wording.HELD,
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
