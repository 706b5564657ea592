"""Newcomers pasted as a table: the good lines are added and invited, the others come back with a
reason each.
"""

import re
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import Kind, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory import queries
from app.people.directory.forms import PastedNewcomersForm
from app.training.turnover import policy, services, wording
from app.training.turnover.rules.pasted import (
    MOST_LINES,
    TOO_MANY,
    PastedLine,
    line_key,
    read_pasted,
)
from app.training.turnover.services import Imported
from app.training.turnover.views.roster import bp, namesakes_of
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_errors

WHO = re.compile(r"[0-9]{1,15}")
NOTHING = Sentence(N_("Paste at least one line."))


@bp.get("/countries/<code>/officials/paste")
@requires(policy.may_keep_roster)
def newcomers(code: str) -> str:
    return _page(code, PastedNewcomersForm())


@bp.post("/countries/<code>/officials/paste")
@requires(policy.may_keep_roster)
def add_newcomers(code: str) -> Response | tuple[str, int] | str:
    form = PastedNewcomersForm(request.form)
    lines = _read(code, form.people.data or "")
    if not lines or len(lines) > MOST_LINES:
        sentence = Sentence(TOO_MANY, {"most": MOST_LINES}) if lines else NOTHING
        show_errors(form, {"people": sentence})
        return _page(code, form), STATUS[Kind.INVALID]
    lines = tuple(_answered(line) for line in lines)
    if any(line.written for line in lines) and "seen" not in request.form:
        return _page(code, form, understood=lines)
    with transaction() as db:
        done = services.import_newcomers(
            db,
            actor=current_actor(),
            country_code=code,
            lines=lines,
            today=clock.today(),
            now=clock.now(),
        )
    is_done = not done.bad and not done.asked
    flash(
        wording.imported(done, reader_language()),
        "success" if is_done and not done.held else "warning",
    )
    if is_done:
        return redirect(url_for("directory.roster", code=code), 303)
    left = sorted([*done.bad, *(asked.line for asked in done.asked)], key=lambda line: line.number)
    status = 200 if done.created or done.asked else STATUS[Kind.INVALID]
    form.people.data = "\n".join(line.text for line in left)
    return _page(code, form, done), status


def _answered(line: PastedLine) -> PastedLine:
    """The line with what was said of its name: whose record goes on, or that it is somebody
    else.
    """
    said = request.form.get(f"who-{line_key(line.text)}", "")
    if line.newcomer is None or not WHO.fullmatch(said):
        return line
    return replace(line, newcomer=replace(line.newcomer, same_as=int(said)))


def _read(code: str, typed: str) -> tuple[PastedLine, ...]:
    with reading() as db:
        known = queries.institutions_of(db, actor=current_actor(), country_code=code)
    names = {name: one.id for one in known for name in one.name.values()}
    return read_pasted(typed, institutions=names, today=clock.today())


def _page(
    code: str,
    form: PastedNewcomersForm,
    done: Imported | None = None,
    understood: tuple[PastedLine, ...] = (),
) -> str:
    """What was not taken stands in the field again, to be mended and sent once more."""
    with reading() as db:
        country = queries.country_of(db, code)
        institutions = queries.institutions_of(db, actor=current_actor(), country_code=code)
    if country is None:
        raise NotFound
    bad = done.bad if done else ()
    reasons = [
        (line.number, line.text, say(reader_language(), line.reason)) for line in bad if line.reason
    ]
    people = {person for asked in done.asked for person in asked.people} if done else set()
    known = (
        {one.person_id: (one, about) for one, about in namesakes_of(code, people)} if people else {}
    )
    questions = [
        (
            line_key(asked.line.text),
            asked.line,
            [known[person] for person in asked.people if person in known],
        )
        for asked in (done.asked if done else ())
    ]
    return render_template(
        "people/directory/newcomers.html",
        country=country,
        institutions=institutions,
        form=form,
        guessed=[line for line in understood if line.written],
        good=sum(line.newcomer is not None for line in understood),
        reasons=reasons,
        questions=questions,
    )
