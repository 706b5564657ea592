"""Newcomers, one typed or many pasted: what will happen is shown line by line before anybody is
added or written to. The good lines are added and invited, the others come back with a reason each.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction, trial
from app.infra.language import say
from app.infra.once import once
from app.kernel.refusal import Kind, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory import policy as directory_policy
from app.people.directory.forms import HeldNewcomerForm, NewcomerForm, PastedNewcomersForm
from app.people.directory.queries import roster
from app.people.directory.queries.institutions import country_spellings, open_institutions
from app.people.directory.rules.people import NamesakeKnown, tidy
from app.people.directory.rules.places import line_key
from app.people.directory.services.roster import decline_newcomer
from app.people.directory.values import Newcomer
from app.people.identity.queries import denied_accounts
from app.people.identity.services.accounts import settle_denial
from app.training.turnover import policy, services, wording
from app.training.turnover.rules.pasted import (
    MOST_LINES,
    TOO_MANY,
    PasteAnswers,
    PastedLine,
    PastedNewcomers,
    read_pasted,
)
from app.training.turnover.services import Arrival, ArrivedLine, Imported
from app.training.turnover.views.roster import bp, namesakes_of
from app.web.errors import STATUS
from app.web.form_token import press_key
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.letters_ahead import LettersAhead, letters_ahead
from app.web.locale import reader_language
from app.web.mistakes import show_errors, show_refusal

Answer = Response | tuple[str, int] | str
WHO = re.compile(r"[0-9]{1,15}")
NOTHING = Sentence(N_("Paste at least one line."))
NOBODY_FITS = Sentence(N_("No line can be added as it stands: each gives its reason."))
INVALID, CONFLICT = STATUS[Kind.INVALID], STATUS[Kind.CONFLICT]


@dataclass(frozen=True)
class Preview:
    """What would happen: to whom, and the letters that would leave. `mark` names what was typed and
    answered, so that a press does what was shown and not what was changed since.
    """

    done: Imported
    letters: LettersAhead
    mark: str


@bp.get("/countries/<code>/officials/new")
@requires(policy.may_keep_roster)
def newcomer(code: str) -> str:
    return _one_page(code, NewcomerForm(formdata=None, valid_from=_today()))


@bp.post("/countries/<code>/officials/new")
@requires(policy.may_keep_roster)
def add_newcomer(code: str) -> Answer:
    form = NewcomerForm()
    if not form.validate():
        return _one_page(code, form), INVALID
    lines = (PastedLine(1, "", _newcomer(form)),)
    is_seen = request.form.get("seen") == preview_mark(lines)
    preview = None if is_seen else _tried(code, lines)
    done = preview.done if preview else _done(code, lines)
    [one] = done.lines
    if one.arrival in (Arrival.REFUSED, Arrival.ASKED) or (
        preview and one.arrival is Arrival.KNOWN
    ):
        return _one_page(code, form, refused=one), _status(one)
    if preview:
        return _one_page(code, form, preview=preview)
    _say(done)
    search = None if done.held else form.full_name.data
    return redirect(url_for("directory.roster", code=code, search=search), 303)


@bp.get("/countries/<code>/officials/paste")
@requires(policy.may_keep_roster)
def newcomers(code: str) -> str:
    return _many_page(code, PastedNewcomersForm())


@bp.post("/countries/<code>/officials/paste")
@requires(policy.may_keep_roster)
def add_newcomers(code: str) -> Answer:
    form = PastedNewcomersForm(request.form)
    pasted = _read(code, form.people.data or "")
    if not pasted.lines or len(pasted.lines) > MOST_LINES:
        sentence = Sentence(TOO_MANY, {"most": MOST_LINES}) if pasted.lines else NOTHING
        show_errors(form, {"people": sentence})
        return _many_page(code, form), INVALID
    lines = tuple(_answered(line) for line in pasted.lines)
    if request.form.get("seen") != preview_mark(lines):
        preview = _tried(code, lines)
        if _has_something(preview.done, pasted):
            return _many_page(code, form, pasted, preview)
        show_errors(form, {"people": NOBODY_FITS})
        return _many_page(code, form, pasted, preview), INVALID
    done = _done(code, lines)
    _say(done)
    left = [*done.bad, *done.asked, *done.open]
    if not left:
        return redirect(url_for("directory.roster", code=code), 303)
    form.people.data = "\n".join(
        one.line.text for one in sorted(left, key=lambda one: one.line.number)
    )
    pasted = _read(code, form.people.data)
    return _many_page(code, form, pasted, _tried(code, pasted.lines))


def _has_something(done: Imported, pasted: PastedNewcomers) -> bool:
    """Returns True when there is somebody to add, or a question to answer first."""
    return bool(len(done.bad) < len(done.lines) or pasted.places or pasted.days)


def _today() -> date:
    return clock.today(current_actor().timezone)


def _tried(code: str, lines: Sequence[PastedLine]) -> Preview:
    """Adds the lines and takes everything back, so that the page promises what the press does."""
    with trial() as db:
        done = _import(db, code, lines)
        invited = [one.person_id for one in done.of(Arrival.INVITED) if one.person_id]
        letters = letters_ahead().if_people_added(db, invited)
    return Preview(done, letters, preview_mark(lines))


def preview_mark(lines: Sequence[PastedLine]) -> str:
    """Returns a mark of what was typed and answered; the same words have the same mark on the next
    page.
    """
    return sha256(repr(lines).encode("utf-8", "replace")).hexdigest()[:24]


def _done(code: str, lines: Sequence[PastedLine]) -> Imported:
    """Adds the lines, once for a form that is sent twice: the second press finds them there."""
    done: Imported | None = None

    def act() -> str:
        nonlocal done
        done = _import(db, code, lines)
        return code

    with transaction() as db:
        once(db, press_key(), act, now=clock.now())
    return done or _tried(code, lines).done


def _say(done: Imported) -> None:
    is_whole = not (done.bad or done.asked or done.open or done.held)
    flash(wording.imported(done, reader_language()), "success" if is_whole else "warning")


def _import(db: Session, code: str, lines: Sequence[PastedLine]) -> Imported:
    return services.import_newcomers(
        db,
        actor=current_actor(),
        country_code=code,
        lines=lines,
        today=_today(),
        now=clock.now(),
    )


def _newcomer(form: NewcomerForm) -> Newcomer:
    return Newcomer(
        full_name=tidy(form.full_name.data),
        email=form.email.data.strip(),
        institution_id=form.institution_id.data,
        post_title=tidy(form.post_title.data),
        valid_from=form.valid_from.data,
        same_as=form.same_as.data,
    )


def _status(one: ArrivedLine) -> int:
    return INVALID if one.arrival is Arrival.REFUSED else CONFLICT


def _answered(line: PastedLine) -> PastedLine:
    """Returns the line with what was said of its name: whose record goes on, or that it is somebody
    else.
    """
    said = request.form.get(f"who-{line_key(line.text)}", "")
    if line.newcomer is None or not WHO.fullmatch(said):
        return line
    return replace(line, newcomer=replace(line.newcomer, same_as=int(said)))


def _read(code: str, typed: str) -> PastedNewcomers:
    said = {
        name.removeprefix("place-"): value
        for name, value in request.form.items()
        if name.startswith("place-")
    }
    with reading() as db:
        if roster.country_of(db, code) is None:
            raise NotFound
        known = open_institutions(db, actor=current_actor(), country_code=code)
        named = roster.institutions_of(db, actor=current_actor(), country_code=code)
        return read_pasted(
            typed,
            known=known,
            names={one.id: one.name.in_(reader_language()) for one in named},
            countries=country_spellings(db),
            today=_today(),
            answers=PasteAnswers(said, PastedNewcomersForm(request.form).order.data or ""),
        )


def _one_page(
    code: str,
    form: NewcomerForm,
    preview: Preview | None = None,
    refused: ArrivedLine | None = None,
) -> str:
    actor, language = current_actor(), reader_language()
    people: Collection[int] = refused.people if refused else ()
    with reading() as db:
        if not people and form.same_as.data is not None:
            people = roster.people_called(db, code, tidy(form.full_name.data or ""))
        institutions = roster.institutions_of(db, actor=actor, country_code=code)
        titles = roster.post_titles_of(db, actor=actor, country_code=code)
        country = roster.country_of(db, code)
    known = namesakes_of(code, people) if people else []
    form.offer([(each.id, each.name.in_(language)) for each in institutions])
    extra = _show(form, refused) if refused else []
    return render_template(
        "people/directory/newcomer.html",
        form=form,
        country=country,
        extra=extra,
        known=known,
        institutions=institutions,
        titles=[title.in_(language) for title in titles],
        preview=preview,
        **_sayings(preview),
    )


def _show(form: NewcomerForm, one: ArrivedLine) -> list[str]:
    """Puts each sentence at its field; returns those that name no field."""
    language = reader_language()
    if one.arrival is Arrival.ASKED:
        name = form.full_name.data or ""
        form.same_as.errors = [say(language, NamesakeKnown(name, one.people).sentence)]
        return []
    extra = [] if one.errors else [wording.arrival(one, language)]
    for name, sentence in one.errors.items():
        if name in form:
            form[name].errors = [say(language, sentence)]
        else:
            extra.append(say(language, sentence))
    return extra


def _many_page(
    code: str,
    form: PastedNewcomersForm,
    pasted: PastedNewcomers | None = None,
    preview: Preview | None = None,
) -> str:
    """Renders the page; what was not taken is in the field again, to be corrected and sent once
    more.
    """
    with reading() as db:
        country = roster.country_of(db, code)
        institutions = roster.institutions_of(db, actor=current_actor(), country_code=code)
    if country is None:
        raise NotFound
    return render_template(
        "people/directory/newcomers.html",
        country=country,
        institutions=[(str(one.id), one.name) for one in institutions],
        form=form,
        pasted=pasted,
        preview=preview,
        questions=_questions(code, preview.done.lines if preview else ()),
        answered=() if preview else _answered_before(),
        **_sayings(preview),
    )


def _answered_before() -> list[tuple[str, str]]:
    """Returns what had been answered in a preview whose form came too late, by the field's name.

    The questions themselves are asked anew when the lines are sent, with these answers marked: a
    page that is only read does not try what would happen.
    """
    return [
        (name, value)
        for name, value in typed_fields(request.path).items()
        if name == "order" or name.startswith(("place-", "who-"))
    ]


def _questions(
    code: str, lines: Sequence[ArrivedLine]
) -> list[tuple[str, PastedLine, list[tuple[roster.Namesake, str]]]]:
    """Returns each line whose name is known, answered or not, with its key and the people of that
    name.
    """
    questions: list[tuple[PastedLine, tuple[int, ...]]] = []
    with reading() as db:
        for one in lines:
            who = one.line.newcomer
            if one.arrival is Arrival.ASKED:
                questions.append((one.line, one.people))
            elif who is not None and who.same_as is not None:
                questions.append((one.line, roster.people_called(db, code, who.full_name)))
    people = {person for _line, some in questions for person in some}
    known = {one.person_id: (one, about) for one, about in namesakes_of(code, people)}
    return [
        (line_key(line.text), line, [known[person] for person in some if person in known])
        for line, some in questions
    ]


def _sayings(preview: Preview | None) -> Mapping[str, object]:
    language = reader_language()
    return {
        "outcome": lambda one: wording.arrival(one, language),
        "short_day": lambda on: wording.short_day(on, language),
        "summary": wording.ahead(preview.done, language) if preview else "",
    }


# Newcomers who wait for the secretariat, and first sign-ins at which somebody said: this is not
# me.


@bp.get("/newcomers/held")
@requires(directory_policy.may_decide_held)
def held_newcomers() -> Answer:
    return _held_page(), 200


@bp.post("/newcomers/held/<int:held_id>/acceptance")
@requires(directory_policy.may_decide_held)
def accept_held(held_id: int) -> Answer:
    form = HeldNewcomerForm(request.form)
    if not form.validate():
        return _held_page(held_id, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            services.accept_held(
                db,
                actor=current_actor(),
                held_id=held_id,
                person_id=form.person_id,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _held_page(held_id, form), status
    flash(_("The person is on the list of the country now."), "success")
    return redirect(url_for("directory.held_newcomers"), 303)


@bp.post("/newcomers/held/<int:held_id>/refusal")
@requires(directory_policy.may_decide_held)
def decline_held(held_id: int) -> Answer:
    with transaction() as db:
        decline_newcomer(db, actor=current_actor(), held_id=held_id, now=clock.now())
    flash(
        _("Nobody was added. The focal point can add the person with another address."),
        "success",
    )
    return redirect(url_for("directory.held_newcomers"), 303)


@bp.post("/newcomers/denied/<int:account_id>/settlement")
@requires(directory_policy.may_decide_held)
def settle_denied(account_id: int) -> Answer:
    with transaction() as db:
        settle_denial(db, actor=current_actor(), account_id=account_id, now=clock.now())
    flash(_("Taken off this list. The closed account stays closed."), "success")
    return redirect(url_for("directory.held_newcomers"), 303)


def _held_page(held_id: int = 0, refused: HeldNewcomerForm | None = None) -> str:
    """Renders the page; `refused` is the form of the newcomer `held_id` as it came back."""
    actor, language = current_actor(), reader_language()
    with reading() as db:
        held = roster.held_newcomers(db, actor=actor)
        denied = denied_accounts(db, actor=actor)
    forms = {}
    for one in held:
        form = (
            refused
            if refused is not None and one.id == held_id
            else HeldNewcomerForm(
                meta=one_of_many(url_for("directory.accept_held", held_id=one.id))
            )
        )
        owners = [
            (owner.person_id, wording.owner_line(owner, one.country, language))
            for owner in one.owners
        ]
        form.offer(one.id, owners)
        forms[one.id] = form
    return render_template(
        "people/directory/held.html",
        held=held,
        forms=forms,
        denied=denied,
        short_day=lambda on: wording.short_day(on, language),
        page_has_errors=refused is not None,
    )
