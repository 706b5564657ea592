"""My country's matrix: what is open with last period's words beside it, and what is new. Each row
saves itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.agreements.queries.agreements import sections
from app.followup.matrix import policy, queries, rules, services, wording
from app.followup.matrix.forms import FILE, FactForm, PassingForm, RowForm, answers_of, blank_fact
from app.followup.matrix.values import (
    CountryMatrix,
    GivenEvidence,
    Period,
    PeriodState,
    RowDraft,
    RowState,
    RowView,
)
from app.followup.matrix.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.language import say
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, LocalizedText
from app.participation.materials import rules as material_rules
from app.people.directory.queries.roster import country_of
from app.web.autosave import is_autosave, mistakes_in, saved_text
from app.web.bodies import takes_up_to
from app.web.fields import number_in
from app.web.form_token import press_once
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.mistakes import refused, show_refusal
from app.web.render import day_text, short_day_text, zone_label
from app.web.sent import flash_sent
from app.web.uploads import FileRefused, inert, sent_file

Answer = Response | str | tuple[str, int]
FORM_BYTES = 64 * 1024
NEW = "new"
NO_FILE = N_("Choose a file first.")


@dataclass(frozen=True)
class ShownRow:
    """A row as the page shows it. `form` is None where only what was answered is shown; `lacks`:
    what it still needs before it is sent.
    """

    row: RowView
    title: LocalizedText
    where: str
    form: RowForm | None
    passing: PassingForm | None
    lacks: Sequence[str]
    saved: str


@dataclass(frozen=True)
class RowNotSaved:
    """A form that could not be saved, and of which row: its number, or NEW for a new fact."""

    key: int | str
    form: RowForm | PassingForm


def matrix_waits(db: Session, code: str) -> str:
    """Returns where the reader's own country stands, for the page of the country: "4 of 7 answered,
    closes on …"; "" where nothing waits or it is not theirs.
    """
    if not policy.may_report(current_actor(), code):
        return ""
    waiting = queries.matrix_to_send(db, country=code, today=clock.today())
    if waiting is None:
        return ""
    day = short_day_text(waiting.closes_on, "yMMMd", reader_language())
    said = _("%(answered)s of %(all)s answered", answered=waiting.answered, all=waiting.agreed)
    closes = _("closes on %(day)s", day=day)
    return f"{said}, {closes}"


# The page.


@bp.get("/countries/<code>/matrix")
@requires(policy.may_have_matrix)
def country(code: str) -> str:
    return _page(code, period_id=number_in(request.args.get("period", "")))


def _page(
    code: str, *, period_id: int | None = None, wrong: RowNotSaved | None = None, refusal: str = ""
) -> str:
    """Renders the matrix of a country in a period, else in the one that is open or was last."""
    actor, language, today = current_actor(), reader_language(), clock.today()
    with reading() as db:
        named = country_of(db, code)
        if named is None or not policy.may_read_country_matrix(actor, code):
            raise NotFound
        periods = [
            one for one in queries.periods(db, today=today) if one.state is not PeriodState.COMING
        ]
        shown = queries.last_period(db, today=today)
        if period_id is not None:
            shown = next((one for one in periods if one.id == period_id), None)
            if shown is None:
                raise NotFound
        if shown is None:
            return render_template("followup/matrix/no_period.html", country=named)
        matrix = queries.country_matrix(
            db, actor=actor, period_id=shown.id, country=code, today=today
        )
        themes = queries.themes_of(db, matrix.agreed)
        titles = sections(db)
    own = number_in(request.args.get("row", ""))
    return render_template(
        "followup/matrix/country.html",
        country=named,
        matrix=matrix,
        agreed=[_shown(row, matrix, themes, own=own, wrong=wrong) for row in matrix.agreed],
        new=[_shown(row, matrix, themes, own=None, wrong=None) for row in matrix.new],
        fact=_fact_form(matrix, titles, own=own, wrong=wrong) if matrix.may_write else None,
        months=wording.months_text(shown, language),
        closing=closing_text(shown),
        today=today,
        days_left=(shown.closes_on - today).days,
        confirmable=len(_confirmable(matrix)),
        others=[one for one in periods if one.id != shown.id],
        months_of=lambda period: wording.months_text(period, language),
        short_day=lambda on: wording.short_day(on, language),
        day_of=_day_of,
        most_new=rules.MOST_NEW,
        refusal=refusal,
        page_has_errors=bool(wrong or refusal),
        wrong=wrong,
        **WORDS,
    )


WORDS = {
    "statuses": wording.STATUSES,
    "statuses_of_new": wording.STATUSES_OF_NEW,
    "kinds": wording.KINDS,
    "held_words": wording.HELD,
    "period_states": wording.PERIOD_STATES,
}


def closing_text(period: Period) -> str:
    """Returns the last day in words, with the zone in which it ends."""
    end = datetime.combine(period.closes_on, time(23, 59), REFERENCE)
    day = day_text(period.closes_on, reader_language())
    zone = zone_label(REFERENCE_ZONE, end, reader_language())
    return str(_("%(day)s, end of the day in %(zone)s", day=day, zone=zone))


def _day_of(at: datetime) -> str:
    return wording.short_day(at.astimezone(REFERENCE).date(), reader_language())


def _confirmable(matrix: CountryMatrix) -> list[RowView]:
    """Returns the rows that one press answers with "no change"."""
    return [row for row in matrix.unanswered if row.passing is None]


def _shown(
    row: RowView,
    matrix: CountryMatrix,
    themes: Mapping[int, LocalizedText],
    *,
    own: int | None,
    wrong: RowNotSaved | None,
) -> ShownRow:
    """Returns a row with its form where it waits for an answer or the reader asked to change it."""
    is_wrong = wrong is not None and wrong.key == row.id
    is_free = matrix.may_write and row.state is RowState.DRAFT and row.agreement_id is not None
    is_asked = own == row.id or is_wrong
    waits = not row.is_answered and not row.is_out
    form, passing = None, None
    if is_free and (is_asked or waits):
        form, passing = _row_form(row), PassingForm()
        if wrong is not None and is_wrong:
            form = wrong.form if isinstance(wrong.form, RowForm) else form
            passing = wrong.form if isinstance(wrong.form, PassingForm) else passing
        for field in passing:
            field.id = f"{field.name}-{row.id}"
    return ShownRow(
        row=row,
        title=row.agreement.text if row.agreement else row.fact,
        where=_where(row, themes),
        form=form,
        passing=passing,
        lacks=_lacks(row) if row.state is RowState.DRAFT else (),
        saved=saved_text(row.changed_at),
    )


def _lacks(row: RowView) -> list[str]:
    """Returns in words what an answered row, or a new fact, still needs before it is sent."""
    if row.status is None and row.agreement_id is not None:
        return []
    missing = rules.missing(row.as_draft(), is_agreed=row.agreement_id is not None)
    return [say(reader_language(), one) for one in missing.values()]


def _where(row: RowView, themes: Mapping[int, LocalizedText]) -> str:
    """Returns "Agreement 14 · III.1", or for an activity "Protection, activity 9 · III.6"."""
    if row.agreement is None:
        return row.section
    number = str(row.agreement.paragraph)
    theme = themes.get(row.agreement.id)
    said = (
        _("%(table)s, activity %(number)s", table=theme.in_(reader_language()), number=number)
        if theme is not None
        else _("Agreement %(number)s", number=number)
    )
    return f"{said} · {row.section}" if row.section else said


def _row_form(row: RowView, typed: bool = False) -> RowForm:
    url = url_for("matrix.write", row_id=row.id)
    form = RowForm(
        request.form if typed else None,
        data=answers_of(row, reader_language()),
        meta=one_of_many(url),
    )
    return form.offer().name_controls(row.id)


def _fact_form(
    matrix: CountryMatrix,
    titles: Mapping[str, LocalizedText],
    *,
    own: int | None,
    wrong: RowNotSaved | None,
) -> FactForm | None:
    """Returns the form of the fact that the reader changes, else of a new one; None where there are
    enough of them.
    """
    language = reader_language()
    offered = [(code, f"{code} · {title.in_(language)}") for code, title in titles.items()]
    if wrong is not None and isinstance(wrong.form, FactForm):
        return wrong.form.offer_sections(offered)
    row = next((one for one in matrix.new if one.id == own and one.state is RowState.DRAFT), None)
    if row is None and len(matrix.new) >= rules.MOST_NEW:
        return None
    contact = next((one.contact for one in reversed(matrix.new) if one.contact), "")
    data = answers_of(row, language) if row else blank_fact(contact)
    return FactForm(data=data).offer_sections(offered)


# A row of part A, and a fact of part B.


@bp.post("/matrix/rows/<int:row_id>")
@requires(policy.may_have_matrix)
def write(row_id: int) -> Answer:
    """Saves a row of part A; while one writes, htmx sends it and shows that it is saved."""
    row = _own_row(row_id)
    if row.agreement_id is None:
        raise NotFound
    form = _row_form(row, typed=True)
    return _save(row, form)


@bp.post("/countries/<code>/matrix/facts")
@requires(policy.may_have_matrix)
def write_fact(code: str) -> Answer:
    """Saves a fact of part B, a new one or the one whose number the form carries."""
    actor, language = current_actor(), reader_language()
    policy.require_may_report(actor, code)
    with reading() as db:
        titles = sections(db)
        period = queries.open_period_of(db, today=clock.today())
    form = FactForm(request.form).offer_sections(
        [(one, f"{one} · {title.in_(language)}") for one, title in titles.items()]
    )
    if period is None:
        raise rules.PeriodNotOpen
    if form.row_id is not None:
        row = _own_row(form.row_id)
        if row.agreement_id is not None or row.country != code:
            raise NotFound
        return _save(row, form)
    if not form.validate():
        return _not_saved(code, NEW, form, 422)
    draft = form.draft(RowDraft(), language)
    if not draft.fact:
        sentence = say(language, Sentence(rules.NO_FACT))
        if is_autosave():
            return _saved_part(code, None)
        form.fact.errors = [sentence]
        return _not_saved(code, NEW, form, 422)
    try:
        row_id = press_once(
            lambda db, now: services.add_row(
                db, actor=actor, period_id=period.id, country=code, draft=draft, now=now
            )
        )
    except InvalidInput as refusal:
        status = show_refusal(form, form.show_at_fields(refusal))
        return _not_saved(code, NEW, form, status)
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _not_saved(code, NEW, form, status)
    return _answer_saved(code, int(row_id), is_fact=True)


def _own_row(row_id: int) -> RowView:
    """Returns a row that the actor may write, before anything is said about its fields."""
    with reading() as db:
        row = queries.matrix_row(db, actor=current_actor(), row_id=row_id)
    policy.require_may_report(current_actor(), row.country)
    return row


def _save(row: RowView, form: RowForm) -> Answer:
    is_fact = isinstance(form, FactForm)
    key = NEW if is_fact else row.id
    if not form.validate():
        return _not_saved(row.country, key, form, 422)
    draft = form.draft(row.as_draft(), reader_language())
    try:
        with transaction() as db:
            services.write_row(
                db,
                actor=current_actor(),
                row_id=row.id,
                draft=draft,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, form.show_at_fields(refusal))
        return _not_saved(row.country, key, form, status)
    except Refusal as refusal:
        stored = url_for("matrix.country", code=row.country, row=row.id)
        status = show_refusal(form, refusal, stored=stored)
        return _not_saved(row.country, key, form, status)
    return _answer_saved(row.country, row.id, is_fact=is_fact)


def _answer_saved(code: str, row_id: int, *, is_fact: bool) -> Answer:
    if is_autosave():
        return _saved_part(code, row_id)
    flash(_("Saved."), "success")
    anchor = "facts" if is_fact else f"row-{row_id}"
    return redirect(url_for("matrix.country", code=code, _anchor=anchor), 303)


def _not_saved(code: str, key: int | str, form: RowForm, status: int) -> Answer:
    if is_autosave():
        return _saved_part(code, None, mistakes_in(form), key), status
    return _page(code, wrong=RowNotSaved(key, form)), status


def _saved_part(
    code: str,
    row_id: int | None,
    errors: Sequence[object] = (),
    key: int | str = NEW,
) -> str:
    """Returns what htmx puts beside the row: that it is saved or why not, the mark of what was
    saved, and how far the country is.

    After a conflict the form keeps the mark that it had: it would replace what somebody else saved
    at the next letter.
    """
    actor, today = current_actor(), clock.today()
    with reading() as db:
        period = queries.open_period_of(db, today=today)
        if period is None:
            raise rules.PeriodNotOpen
        matrix = queries.country_matrix(
            db, actor=actor, period_id=period.id, country=code, today=today
        )
    row = next((one for one in (*matrix.agreed, *matrix.new) if one.id == row_id), None)
    if row is not None:
        key = row.id if row.agreement_id is not None else NEW
    return render_template(
        "followup/matrix/_saved.html",
        key=key,
        row=row,
        seen=mark_of(row.as_draft()) if row else "",
        errors=errors,
        lacks=_lacks(row) if row else (),
        saved=saved_text(row.changed_at) if row else "",
        matrix=matrix,
        closing=closing_text(period),
        confirmable=len(_confirmable(matrix)),
        **WORDS,
    )


@bp.post("/matrix/rows/<int:row_id>/removal")
@requires(policy.may_have_matrix)
def remove(row_id: int) -> Answer:
    row = _own_row(row_id)
    with transaction() as db:
        services.remove_row(db, actor=current_actor(), row_id=row_id, now=clock.now())
    flash(_("The fact is taken out."), "success")
    return redirect(url_for("matrix.country", code=row.country, _anchor="facts"), 303)


# The file that proves a row.


@bp.post("/matrix/rows/<int:row_id>/evidence")
@requires(policy.may_have_matrix)
@takes_up_to(material_rules.LARGEST + FORM_BYTES)
def attach(row_id: int) -> Answer:
    """Keeps a file as the evidence of a row, in place of a link or file of before."""
    row = _own_row(row_id)
    try:
        evidence = _evidence_sent()
        draft = replace(row.as_draft(), evidence_url="", evidence=evidence)
        with transaction() as db:
            services.write_row(
                db,
                actor=current_actor(),
                row_id=row.id,
                draft=draft,
                seen=mark_of(row.as_draft()),
                now=clock.now(),
            )
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(row.country, refusal=sentence), status
    flash(_("The file is with the row."), "success")
    return redirect(
        url_for("matrix.country", code=row.country, row=row.id, _anchor=_anchor(row)), 303
    )


def _evidence_sent() -> GivenEvidence:
    """Stores the file. Raises FileRefused."""
    sent = sent_file(FILE)
    if sent is None:
        raise FileRefused(FILE, Sentence(NO_FILE))
    name, content = sent.filename or "", sent.stream.read()
    if defect := material_rules.file_defect(name, content):
        raise FileRefused(FILE, defect)
    return GivenEvidence(files().put(inert(FILE, content)), material_rules.plain_filename(name))


@bp.get("/matrix/rows/<int:row_id>/evidence")
@requires(signed_in)
def evidence(row_id: int) -> Response:
    """Sends the file of a row to whoever may read the row."""
    with reading() as db:
        row = queries.matrix_row(db, actor=current_actor(), row_id=row_id)
    if not row.evidence_key:
        raise NotFound
    try:
        content = files().get(row.evidence_key)
    except FileNotFoundError as lost:
        raise material_rules.FileLost from lost
    answer = send_file(
        BytesIO(content),
        mimetype=material_rules.media_type(row.evidence_name),
        as_attachment=True,
        download_name=row.evidence_name,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _anchor(row: RowView) -> str:
    return "facts" if row.agreement_id is None else f"row-{row.id}"


# The whole of it: no change for the rest, send, open again.


@bp.post("/countries/<code>/matrix/unchanged")
@requires(policy.may_have_matrix)
def confirm(code: str) -> Answer:
    """Answers "no change" for all rows that nobody has answered and no colleague has."""
    try:
        with transaction() as db:
            count = services.confirm_unchanged(
                db, actor=current_actor(), period_id=_open_period(), country=code, now=clock.now()
            )
    except Refusal as refusal:
        return _whole_refused(code, refusal)
    said = ngettext("%(num)s row says “no change” now.", "%(num)s rows say “no change” now.", count)
    flash(said, "success")
    return redirect(url_for("matrix.country", code=code), 303)


@bp.post("/countries/<code>/matrix/sending")
@requires(policy.may_have_matrix)
def send(code: str) -> Answer:
    """Sends the rows of the country to the secretariat."""
    try:
        with transaction() as db:
            services.send_matrix(
                db, actor=current_actor(), period_id=_open_period(), country=code, now=clock.now()
            )
    except Refusal as refusal:
        return _whole_refused(code, refusal)
    flash(
        _("Your country's matrix is sent. Until it closes you can open any row again."), "success"
    )
    return redirect(url_for("matrix.country", code=code), 303)


@bp.post("/matrix/rows/<int:row_id>/reopening")
@requires(policy.may_have_matrix)
def reopen(row_id: int) -> Answer:
    row = _own_row(row_id)
    try:
        with transaction() as db:
            services.reopen_row(db, actor=current_actor(), row_id=row_id, now=clock.now())
    except Refusal as refusal:
        return _whole_refused(row.country, refusal)
    flash(
        _("The row is open again. Send the matrix once more when it is as you want it."), "success"
    )
    return redirect(
        url_for("matrix.country", code=row.country, row=row.id, _anchor=_anchor(row)), 303
    )


def _open_period() -> int:
    with reading() as db:
        period = queries.open_period_of(db, today=clock.today())
    if period is None:
        raise rules.PeriodNotOpen
    return period.id


def _whole_refused(code: str, refusal: Refusal) -> Answer:
    sentence, status = refused(refusal)
    return _page(code, refusal=sentence), status


# Passing a row to a colleague, who answers by a signed link (views/passed.py).


@bp.post("/matrix/rows/<int:row_id>/passing")
@requires(policy.may_have_matrix)
def pass_on(row_id: int) -> Answer:
    """Writes a letter with a signed link to the mailbox of another institution; again with a new
    link.
    """
    row = _own_row(row_id)
    form = PassingForm(request.form)
    if not form.validate():
        return _page(row.country, wrong=RowNotSaved(row.id, form)), 422
    try:
        with transaction() as db:
            services.pass_row(
                db,
                actor=current_actor(),
                row_id=row_id,
                to=form.to.data,
                until=form.until.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _page(row.country, wrong=RowNotSaved(row.id, form)), status
    flash_sent(_("A letter with the link goes to %(mailbox)s.", mailbox=form.to.data))
    return redirect(url_for("matrix.country", code=row.country, _anchor=f"row-{row_id}"), 303)


@bp.post("/matrix/rows/<int:row_id>/return")
@requires(policy.may_have_matrix)
def take_back(row_id: int) -> Answer:
    """Ends the colleague's link: the focal point answers the row."""
    row = _own_row(row_id)
    try:
        with transaction() as db:
            services.take_row_back(db, actor=current_actor(), row_id=row_id, now=clock.now())
    except Refusal as refusal:
        return _whole_refused(row.country, refusal)
    flash(_("The link no longer opens the row. You answer it yourself."), "success")
    return redirect(
        url_for("matrix.country", code=row.country, row=row_id, _anchor=f"row-{row_id}"), 303
    )
