"""Rows of the matrix that are pasted or sent as a sheet: shown as they were understood, then saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.followup.agreements.queries.agreements import countries
from app.followup.matrix import policy, wording
from app.followup.matrix.exports import COLUMNS, as_pasted, read_sheet
from app.followup.matrix.forms import SheetForm
from app.followup.matrix.queries import open_period_of
from app.followup.matrix.rules import PeriodNotOpen
from app.followup.matrix.services import bring_rows
from app.followup.matrix.values import LineOutcome, MatrixLine, SheetRead
from app.followup.matrix.views import bp
from app.infra import clock
from app.infra.database import reading, transaction, trial
from app.infra.language import say
from app.infra.sheets import rows_of
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.web.bodies import takes_up_to
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.mistakes import refused
from app.web.uploads import sent_bytes

Answer = Response | tuple[str, int]
MOST_BYTES = 2 * 1024 * 1024
MOST_SENTENCES = 20
"""Sentences about lines that stand in the summary; each stands at its line too."""
MOST_UNDERSTOOD = 50
"""Lines without a mistake that are shown; those with one are shown all."""
BRING = "bring"
NO_ERRORS: Mapping[str, Sentence] = {}


@dataclass(frozen=True)
class UnderstoodRow:
    """A line of the sheet in the words of the reader. `outcome`: what becomes of it; `reason`: why
    it cannot come in, else "".
    """

    number: int
    text: str
    country: str = ""
    agreement_id: int | None = None
    kind: str = ""
    section: str = ""
    status: str = ""
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SheetPreview:
    """`mark` names what is shown, so that a press brings in that and not what was changed since."""

    rows: tuple[UnderstoodRow, ...]
    total: int
    mark: str


@bp.get("/matrix/sheet")
@requires(policy.may_bring_rows)
def sheet() -> str:
    return _page(typed_fields().get("rows", ""))


@bp.post("/matrix/sheet")
@requires(policy.may_bring_rows)
@takes_up_to(MOST_BYTES)
def bring() -> Answer:
    """Shows what was understood of each line; once it was shown, a press brings the rows in as
    drafts, all or none. What was pasted or sent stays in the field.
    """
    form = SheetForm(request.form)
    text = form.rows.data or ""
    try:
        content = sent_bytes("file", MOST_BYTES)
        table = rows_of(text.encode() if content is None else content).rows
        text = text if content is None else as_pasted(table)
        with reading() as db:
            names = {one.key: one.name for one in countries(db)}
        read = read_sheet(table, names)
        is_told = form.action.data == BRING and form.seen.data == mark_of(read) and not read.unread
        outcomes, reasons = _brought(read, is_tried=not is_told)
    except InvalidInput as refusal:
        return _page(text, refusal.errors), 422
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(text, refusal=sentence), status
    errors = {**{f"line-{one.line}": one.reason for one in read.unread}, **reasons}
    errors = {key: errors[key] for key in sorted(errors, key=_line_of)}
    if errors or not is_told:
        preview = _preview(read, outcomes, errors, names=names)
        return _page(text, errors, preview=preview), 422 if errors else 200
    counts = [list(outcomes.values()).count(one) for one in LineOutcome]
    flash(
        _(
            "Answers: %(answers)s. New facts: %(facts)s. There already: %(known)s.",
            answers=counts[0],
            facts=counts[1],
            known=counts[2],
        ),
        "success",
    )
    return redirect(url_for("matrix.sheet"), 303)


def _line_of(key: str) -> int:
    return int(key.removeprefix("line-"))


def _brought(
    read: SheetRead, *, is_tried: bool
) -> tuple[Mapping[int, LineOutcome], Mapping[str, Sentence]]:
    """Returns what becomes of each line, or why lines cannot come in. Tried: all is taken back, so
    that the page promises what the press does. Raises PeriodNotOpen.
    """
    try:
        with trial() if is_tried else transaction() as db:
            period = open_period_of(db, today=clock.today())
            if period is None:
                raise PeriodNotOpen
            outcomes = bring_rows(
                db,
                actor=current_actor(),
                period_id=period.id,
                rows=read.rows,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        return {}, refusal.errors
    return outcomes, NO_ERRORS


def _preview(
    read: SheetRead,
    outcomes: Mapping[int, LineOutcome],
    errors: Mapping[str, Sentence],
    *,
    names: Mapping[str, LocalizedText],
) -> SheetPreview:
    """Returns the lines in their order: all that cannot come in, and the first of the others."""
    language = reader_language()

    def reason(line: int) -> str:
        sentence = errors.get(f"line-{line}")
        return say(language, sentence) if sentence else ""

    def row_of(line: MatrixLine) -> UnderstoodRow:
        draft, outcome = line.draft, outcomes.get(line.line)
        statuses = wording.STATUSES if line.agreement_id else wording.STATUSES_OF_NEW
        words = statuses.get(draft.status, wording.STATUSES[draft.status]) if draft.status else ""
        return UnderstoodRow(
            number=line.line,
            text=draft.fact.in_(language),
            country=names[line.country].in_(language),
            agreement_id=line.agreement_id,
            kind=_(wording.KINDS[draft.kind]),
            section=draft.section,
            status=_(words) if words else "",
            outcome=_(wording.OUTCOMES[outcome]) if outcome else "",
            reason=reason(line.line),
        )

    unread = [
        UnderstoodRow(number=one.line, text=one.text, reason=reason(one.line))
        for one in read.unread
    ]
    rows = [*map(row_of, read.rows), *unread]
    sound = [row for row in rows if not row.reason][:MOST_UNDERSTOOD]
    shown = [*sound, *(row for row in rows if row.reason)]
    return SheetPreview(
        rows=tuple(sorted(shown, key=lambda row: row.number)),
        total=len(rows),
        mark=mark_of(read),
    )


def _page(
    text: str,
    errors: Mapping[str, Sentence] = NO_ERRORS,
    *,
    refusal: str = "",
    preview: SheetPreview | None = None,
) -> str:
    language = reader_language()
    with reading() as db:
        period = open_period_of(db, today=clock.today())
    sentences = {
        key: _("Line %(number)s: %(sentence)s", number=_line_of(key), sentence=words)
        if key.startswith("line-")
        else words
        for key, sentence in errors.items()
        if (words := say(language, sentence))
    }
    return render_template(
        "followup/matrix/sheet.html",
        period=period,
        days=wording.months_text(period, language) if period else "",
        text=text,
        preview=preview,
        errors=dict(list(sentences.items())[:MOST_SENTENCES]),
        more_errors=len(sentences) - MOST_SENTENCES,
        refusal=refusal,
        columns=[_(title) for title in COLUMNS],
    )
