"""The review of the Guidelines: its page, the answers to its challenges, what each country would do
with a section, and how it ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.review import policy, queries, rules, services, wording
from app.followup.review.forms import (
    SUPPORTS,
    AdditionForm,
    AnswerForm,
    ChallengeForm,
    DueForm,
    OpeningForm,
    ProposalForm,
    ReviewClosingForm,
    closing_form,
)
from app.followup.review.values import (
    About,
    Challenge,
    FlaggedLesson,
    GuidelinesAnswer,
    InputKind,
    OfferedInput,
    Review,
    ReviewedSection,
    ReviewInput,
    ReviewState,
    SectionProposal,
    Wording,
)
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import NotFound, Refusal
from app.kernel.seen import mark_of
from app.kernel.text import field_in, openable
from app.planning.arranging.views.event import country_name
from app.training.library.queries import version_text
from app.training.library.values import VersionText
from app.web.fields import NOT_A_DAY, Typed
from app.web.guards import current_actor, requires
from app.web.locale import listed, reader_language
from app.web.mistakes import refused, show_refusal

bp = Blueprint("guidelines_review", __name__)
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class ReviewPage:
    """What each page of a review shows: the review, its version's text and its sections."""

    review: Review
    version: VersionText
    sections: tuple[ReviewedSection, ...]

    @property
    def is_open(self) -> bool:
        return self.review.state is ReviewState.OPEN

    @property
    def answered(self) -> int:
        return len(self.review.challenges) - len(self.review.unanswered)

    def section(self, code: str) -> ReviewedSection:
        """Returns a section of the version, or one that somebody would add. Raises NotFound."""
        for one in self.sections:
            if one.stand.code == code:
                return one
        raise NotFound

    def challenge(self, key: str) -> Challenge:
        for one in self.review.challenges:
            if one.key == key:
                return one
        raise NotFound

    def next_to_answer(self, country: str) -> Challenge | None:
        """Returns the first challenge that a country, or with "" the region, has not answered."""
        for one in self.review.challenges:
            if country not in one.countries and (country or not one.is_answered):
                return one
        return None


# The page of the review: what is asked, how far it is, and the acts of who runs it.


@bp.get("/guidelines/review")
@requires(policy.may_read_review)
def current() -> str:
    """Shows the review that is set, due or open; without one, how to set it."""
    return _review_page(None)


@bp.get("/guidelines/review/<int:review_id>")
@requires(policy.may_read_review)
def review(review_id: int) -> str:
    return _review_page(review_id)


@bp.post("/guidelines/review")
@requires(policy.may_run_review)
def set_day() -> Answer:
    form = DueForm(request.form)
    if not form.validate() or form.due_on.data is None:
        _need_day(form.due_on)
        return _review_page(None, due=form), 422
    try:
        with transaction() as db:
            services.set_guidelines_review(
                db, actor=current_actor(), due_on=form.due_on.data, now=clock.now()
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _review_page(None, due=form), status
    flash(_("The day of the review is set."), "success")
    return redirect(url_for("guidelines_review.current"), 303)


@bp.post("/guidelines/review/<int:review_id>/opening")
@requires(policy.may_run_review)
def open_review(review_id: int) -> Answer:
    form = OpeningForm(request.form)
    if not form.validate() or form.answers_until.data is None:
        _need_day(form.answers_until)
        return _review_page(review_id, opening=form), 422
    try:
        with transaction() as db:
            services.open_guidelines_review(
                db,
                actor=current_actor(),
                review_id=review_id,
                answers_until=form.answers_until.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _review_page(review_id, opening=form), status
    flash(_("The review is open. Countries can answer."), "success")
    return redirect(url_for("guidelines_review.review", review_id=review_id), 303)


@bp.post("/guidelines/review/<int:review_id>/challenges")
@requires(policy.may_answer_some)
def add_challenge(review_id: int) -> Answer:
    form = ChallengeForm(request.form).offer(_for_whom())
    if not form.validate():
        return _review_page(review_id, challenge=form), 422
    try:
        with transaction() as db:
            key = services.add_challenge(
                db,
                actor=current_actor(),
                review_id=review_id,
                words=form.words.data,
                country=form.country.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _review_page(review_id, challenge=form), status
    flash(_("The challenge is in the review. It needs an answer like the others."), "success")
    return redirect(
        url_for("guidelines_review.challenge", review_id=review_id, challenge_key=key), 303
    )


def _review_page(
    review_id: int | None,
    *,
    due: DueForm | None = None,
    opening: OpeningForm | None = None,
    challenge: ChallengeForm | None = None,
) -> str:
    """Returns the page. `due`, `opening`, `challenge`: the form that was refused."""
    actor, today = current_actor(), clock.today()
    with reading() as db:
        if review_id is None:
            shown = queries.current_review(db, actor=actor, today=today)
        else:
            shown = queries.guidelines_review(db, actor=actor, review_id=review_id, today=today)
        page = _page_of(db, shown) if shown else None
        lines = queries.review_lines(db, actor=actor)
    own = policy.countries_to_answer_for(actor)
    return render_template(
        "followup/review/review.html",
        page=page,
        due=due or DueForm(data={"due_on": shown.due_on if shown else None}),
        opening=opening or OpeningForm(),
        challenge_form=challenge or ChallengeForm().offer(_for_whom()),
        refused=due or opening or challenge,
        others=[one for one in lines if shown is None or one.id != shown.id],
        unanswered=listed(one.words.in_(reader_language()) for one in shown.unanswered)
        if shown
        else "",
        may_run=policy.may_run_review(actor),
        may_answer=bool(own),
        next_to_answer=page.next_to_answer(own[0]) if page and own else None,
        may_propose=policy.may_propose_some(actor),
        **_words(),
    )


# One challenge: the answer of the region, what countries say, and what contributes to it (R32).


@bp.get("/guidelines/review/<int:review_id>/challenges/<challenge_key>")
@requires(policy.may_read_review)
def challenge(review_id: int, challenge_key: str) -> str:
    return _challenge_page(review_id, challenge_key)


@bp.post("/guidelines/review/<int:review_id>/challenges/<challenge_key>")
@requires(policy.may_answer_some)
def answer(review_id: int, challenge_key: str) -> Answer:
    form = AnswerForm(request.form).offer(_for_whom())
    if not form.validate():
        return _challenge_page(review_id, challenge_key, form), 422
    try:
        with transaction() as db:
            services.answer_challenge(
                db,
                actor=current_actor(),
                review_id=review_id,
                key=challenge_key,
                words=form.words.data,
                country=form.country.data,
                seen=form.mark,
                now=clock.now(),
            )
    except Refusal as refusal:
        stored = url_for(
            "guidelines_review.challenge", review_id=review_id, challenge_key=challenge_key
        )
        status = show_refusal(form, refusal, stored=stored)
        return _challenge_page(review_id, challenge_key, form), status
    flash(_("The answer is kept."), "success")
    return redirect(url_for("guidelines_review.review", review_id=review_id), 303)


def _challenge_page(review_id: int, key: str, form: AnswerForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        page = _page_asked(db, review_id)
        shown = page.challenge(key)
        inputs = _contributions(db, page.review, key)
    answers = page.review.answers_about(About.CHALLENGE, key)
    return render_template(
        "followup/review/challenge.html",
        page=page,
        review=page.review,
        challenge=shown,
        countries=[one for one in answers if one.country],
        form=form or _blank_answer(answers),
        is_refused=form is not None,
        inputs=inputs,
        may_run=policy.may_run_review(actor),
        may_answer=page.is_open and policy.may_answer_some(actor),
        **_words(),
    )


def _blank_answer(answers: Iterable[GuidelinesAnswer]) -> AnswerForm:
    """Returns the form with what was answered before by whom the actor answers for first."""
    own = policy.countries_to_answer_for(current_actor())
    before = next((one for one in answers if own and one.country == own[0]), None)
    return AnswerForm(data=_said_before(before)).offer(_for_whom())


def _said_before(answer: GuidelinesAnswer | None) -> dict[str, Any]:
    """Returns the fields of a form that begins from an answer, with its mark."""
    if answer is None:
        return {}
    return {
        **{field_in("words", code): text for code, text in answer.words.items()},
        **{field_in("reason", code): text for code, text in answer.reason.items()},
        "seen": mark_of(answer.as_draft()),
    }


# One section: what it says today, what countries propose, and who supports which wording.


@bp.get("/guidelines/review/<int:review_id>/sections/<path:section_code>")
@requires(policy.may_read_review)
def section(review_id: int, section_code: str) -> str:
    return _section_page(review_id, section_code)


@bp.post("/guidelines/review/<int:review_id>/sections/<path:section_code>")
@requires(policy.may_propose_some)
def propose(review_id: int, section_code: str) -> Answer:
    with reading() as db:
        page = _page_asked(db, review_id)
    one = page.section(section_code)
    form = _proposal_form(page.review, one, request.form)
    if not form.validate():
        return _section_page(review_id, section_code, form), 422
    own = SectionProposal.REWORD if one.text else SectionProposal.ADD
    proposal, supported = form.proposal(own)
    address = url_for("guidelines_review.section", review_id=review_id, section_code=section_code)
    try:
        with transaction() as db:
            services.answer_section(
                db,
                actor=current_actor(),
                review_id=review_id,
                code=section_code,
                country=form.country.data,
                proposal=proposal,
                words=form.wording,
                reason=form.reason.data,
                supports_id=supported,
                seen=form.mark,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=address)
        return _section_page(review_id, section_code, form), status
    flash(_("What your country proposes is kept."), "success")
    return redirect(address, 303)


def _section_page(review_id: int, code: str, form: ProposalForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        page = _page_asked(db, review_id)
        shown = page.section(code)
        inputs = _contributions(db, page.review, code)
    return render_template(
        "followup/review/section.html",
        page=page,
        review=page.review,
        section=shown,
        form=form or _proposal_form(page.review, shown),
        is_refused=form is not None,
        inputs=inputs,
        may_run=policy.may_run_review(actor),
        may_propose=page.is_open and policy.may_propose_some(actor),
        **_words(),
    )


def _proposal_form(
    review: Review, shown: ReviewedSection, typed: Typed | None = None
) -> ProposalForm:
    """Returns the form with what the first of the actor's countries said before."""
    own, code = _own_countries(), shown.stand.code
    answers = review.answers_about(About.SECTION, code)
    before = next((one for one in answers if own and one.country == own[0]), None)
    form = ProposalForm(typed, data={"choice": _choice_of(before), **_said_before(before)})
    form.offer(_choices(own))
    others = [one for one in shown.stand.wordings if (one.answer.country,) != own]
    form.offer_wordings(
        [(one, country_name(one.answer.country)) for one in others], is_new=shown.text is None
    )
    return form


def _choice_of(answer: GuidelinesAnswer | None) -> str | None:
    if answer is None or answer.proposal is None:
        return None
    return f"{SUPPORTS}{answer.supports_id}" if answer.supports_id else answer.proposal.value


# A section that a country would add.


@bp.get("/guidelines/review/<int:review_id>/new-section")
@requires(policy.may_propose_some)
def new_section(review_id: int) -> str:
    return _addition_page(review_id, AdditionForm().offer(_choices(_own_countries())))


@bp.post("/guidelines/review/<int:review_id>/new-section")
@requires(policy.may_propose_some)
def add_section(review_id: int) -> Answer:
    form = AdditionForm(request.form).offer(_choices(_own_countries()))
    if not form.validate():
        return _addition_page(review_id, form), 422
    code = form.section.data or ""
    try:
        with transaction() as db:
            services.answer_section(
                db,
                actor=current_actor(),
                review_id=review_id,
                code=code,
                country=form.country.data,
                proposal=SectionProposal.ADD,
                words=form.words.data,
                reason=form.reason.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _addition_page(review_id, form), status
    flash(_("What your country proposes is kept."), "success")
    return redirect(
        url_for("guidelines_review.section", review_id=review_id, section_code=code), 303
    )


def _addition_page(review_id: int, form: AdditionForm) -> str:
    with reading() as db:
        page = _page_asked(db, review_id)
    if not page.is_open:
        raise NotFound
    return render_template(
        "followup/review/new_section.html", page=page, review=page.review, form=form, **_words()
    )


# What contributes to a challenge or a section: ticked by who runs the review.


@bp.post("/guidelines/review/<int:review_id>/inputs")
@requires(policy.may_run_review)
def tick(review_id: int) -> Answer:
    about = request.form.get("about", "")
    with reading() as db:
        page = _page_asked(db, review_id)
        is_challenge = any(one.key == about for one in page.review.challenges)
        if not is_challenge and about not in {one.stand.code for one in page.sections}:
            flash(_("Nothing was changed."), "warning")
            return redirect(url_for("guidelines_review.review", review_id=review_id), 303)
        offered = _contributions(db, page.review, about).offered
    sent = set(request.form.getlist("input"))
    boxes = frozenset(ReviewInput(one.kind, one.ref, about) for one, _url in offered)
    # What was ticked once and has no box any more stays.
    kept = page.review.inputs_about(about) - boxes
    chosen = frozenset(one for one in boxes if input_key(one) in sent)
    try:
        with transaction() as db:
            services.tick_inputs(
                db,
                actor=current_actor(),
                review_id=review_id,
                about=about,
                inputs=kept | chosen,
                seen=request.form.get("seen", ""),
                now=clock.now(),
            )
    except Refusal as refusal:
        flash(refused(refusal)[0], "warning")
    else:
        flash(
            ngettext(
                "%(num)s contribution is noted here.",
                "%(num)s contributions are noted here.",
                len(chosen),
            ),
            "success",
        )
    address = (
        url_for(
            "guidelines_review.challenge",
            review_id=review_id,
            challenge_key=about,
            _anchor="inputs",
        )
        if is_challenge
        else url_for(
            "guidelines_review.section", review_id=review_id, section_code=about, _anchor="inputs"
        )
    )
    return redirect(address, 303)


def input_key(one: OfferedInput | ReviewInput) -> str:
    return f"{one.kind}:{one.ref}"


@dataclass(frozen=True)
class Contributions:
    """What may be ticked for a challenge or a section, each with the address where it is read, ""
    where it has none. `ticked`: keys of what is; `hidden`: how many of it the reader is not shown.
    `seen`: the mark of what is ticked.
    """

    about: str
    offered: tuple[tuple[OfferedInput, str], ...]
    ticked: frozenset[str]
    hidden: int
    seen: str

    @property
    def shown(self) -> tuple[tuple[OfferedInput, str], ...]:
        """Returns what is ticked and may be shown to the reader."""
        return tuple((one, url) for one, url in self.offered if input_key(one) in self.ticked)


def _contributions(db: Session, review: Review, about: str) -> Contributions:
    offered = queries.inputs_offered(
        db, actor=current_actor(), review=review, about=about, today=clock.today()
    )
    inputs = review.inputs_about(about)
    ticked = frozenset(map(input_key, inputs))
    return Contributions(
        about=about,
        offered=tuple((one, _address(one)) for one in offered),
        ticked=ticked,
        hidden=len(ticked.difference(map(input_key, offered))),
        seen=mark_of(rules.in_order(inputs)),
    )


def _address(one: OfferedInput) -> str:
    match one.kind:
        case InputKind.AGREEMENT:
            return url_for("agreements.agreement", agreement_id=int(one.ref))
        case InputKind.FINDING if one.place:
            return url_for("agreements.findings", slug=one.place)
        case InputKind.LESSON:
            return url_for("learning.course", slug=one.place)
        case InputKind.PRACTICE:
            return url_for("practices.practices")
        case InputKind.ROW | InputKind.INSTRUMENT:
            return url_for("matrix.region", period=one.place)
        case InputKind.MATERIAL if one.place:
            return openable(one.place)
        case InputKind.MATERIAL:
            return url_for("materials.material_file", material_id=one.ref)
    return ""


# How the review ends (R32): with the next version, or with the one there is.


@bp.get("/guidelines/review/<int:review_id>/closing")
@requires(policy.may_run_review)
def closing(review_id: int) -> str:
    with reading() as db:
        page = _page_asked(db, review_id)
    form = closing_form(page.sections, supported_by)
    form.seen.data = mark_of(page.review.answers)
    return _closing_page(page, form)


@bp.post("/guidelines/review/<int:review_id>/closing")
@requires(policy.may_run_review)
def close(review_id: int) -> Answer:
    with reading() as db:
        page = _page_asked(db, review_id)
    form = closing_form(page.sections, supported_by, request.form)
    if not form.validate() or form.next_due_on.data is None:
        if form.next_due_on.data is None:
            _need_day(form.next_due_on)
        return _closing_page(page, form), 422
    try:
        with transaction() as db:
            version_id = services.close_guidelines_review(
                db,
                actor=current_actor(),
                review_id=review_id,
                closure=form.closure(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        stored = url_for("guidelines_review.review", review_id=review_id, _anchor="sections")
        status = show_refusal(form, refusal, stored=stored)
        return _closing_page(page, form), status
    flash(
        _("The review is closed, and the next version is open.")
        if version_id
        else _("The review is closed. The Guidelines stay as they are."),
        "success",
    )
    return redirect(url_for("guidelines_review.review", review_id=review_id), 303)


def _closing_page(page: ReviewPage, form: ReviewClosingForm) -> str:
    return render_template(
        "followup/review/closing.html",
        page=page,
        review=page.review,
        form=form,
        unanswered=listed(one.words.in_(reader_language()) for one in page.review.unanswered),
        **_words(),
    )


# What the pages have in common.


def _page_of(db: Session, review: Review) -> ReviewPage:
    return ReviewPage(
        review, version_text(db, review.version_id), queries.sections_of_review(db, review)
    )


def _page_asked(db: Session, review_id: int) -> ReviewPage:
    shown = queries.guidelines_review(
        db, actor=current_actor(), review_id=review_id, today=clock.today()
    )
    return _page_of(db, shown)


def _own_countries() -> tuple[str, ...]:
    return tuple(code for code in policy.countries_to_answer_for(current_actor()) if code)


def _choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, country_name(code) if code else _("The region")) for code in codes]


def _for_whom() -> list[tuple[str, str]]:
    """Returns the choices of who answers: the region, and countries."""
    return _choices(policy.countries_to_answer_for(current_actor()))


def supported_by(one: Wording) -> str:
    """Returns "As Costa Rica proposes: 5 countries want it"."""
    words = ngettext(
        "As %(country)s proposes: %(num)s country wants it",
        "As %(country)s proposes: %(num)s countries want it",
        len(one.countries),
        country=country_name(one.answer.country),
    )
    return str(words)


def _need_day(field: Any) -> None:
    if not field.errors:
        field.errors = [*field.errors, _(NOT_A_DAY)]


def _words() -> Mapping[str, Any]:
    return {
        "input_key": input_key,
        "input_kinds": wording.INPUTS,
    }


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {"flagged_lessons": flagged_lessons, "section_review_url": section_review_url}


def section_review_url(version_id: int, code: str) -> str:
    """Returns where countries say what to do with a section while its review is open, for who may
    read it; "" otherwise.
    """
    with reading() as db:
        review_id = queries.section_under_review(
            db, actor=current_actor(), version_id=version_id, code=code
        )
    if review_id is None:
        return ""
    return url_for("guidelines_review.section", review_id=review_id, section_code=code)


def flagged_lessons() -> tuple[FlaggedLesson, ...]:
    """Returns for who writes courses the lessons that rest on sections which have changed."""
    with reading() as db:
        return queries.flagged_lessons(db, actor=current_actor())
