"""The review of the Guidelines: its page, the answers to its challenges, what each country would do
with a section, and how it ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.review import policy, queries, services, wording
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
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import field_in, interface_language
from app.training.library.queries import version_text
from app.training.library.values import VersionText
from app.web.fields import NOT_A_DAY, Typed
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
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
        all_reviews = queries.reviews(db, actor=actor, today=today)
    return render_template(
        "followup/review/review.html",
        page=page,
        due=due or DueForm(data={"due_on": shown.due_on if shown else None}),
        opening=opening or OpeningForm(),
        challenge_form=challenge or ChallengeForm().offer(_for_whom()),
        refused=due or opening or challenge,
        others=[one for one in all_reviews if shown is None or one.id != shown.id],
        unanswered=_named(one.words.in_(reader_language()) for one in shown.unanswered)
        if shown
        else "",
        may_run=policy.may_run_review(actor),
        may_answer=policy.may_answer_some(actor),
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
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _challenge_page(review_id, challenge_key, form), status
    flash(_("The answer is kept."), "success")
    return redirect(url_for("guidelines_review.review", review_id=review_id), 303)


def _challenge_page(review_id: int, key: str, form: AnswerForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        page = _page_asked(db, review_id)
        shown = page.challenge(key)
        answers = [
            one
            for one in queries.answers_of(db, review_id=review_id)
            if one.about is About.CHALLENGE and one.key == key
        ]
        inputs = _inputs(db, page.review, key)
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
    before = next((one.words for one in answers if own and one.country == own[0]), None)
    typed = {field_in("words", code): text for code, text in before.items()} if before else {}
    return AnswerForm(data=typed).offer(_for_whom())


# One section: what it says today, what countries propose, and who supports which wording.


@bp.get("/guidelines/review/<int:review_id>/sections/<path:section_code>")
@requires(policy.may_read_review)
def section(review_id: int, section_code: str) -> str:
    return _section_page(review_id, section_code)


@bp.post("/guidelines/review/<int:review_id>/sections/<path:section_code>")
@requires(policy.may_propose_some)
def propose(review_id: int, section_code: str) -> Answer:
    with reading() as db:
        one = _page_asked(db, review_id).section(section_code)
    form = _proposal_form(one, request.form)
    if not form.validate():
        return _section_page(review_id, section_code, form), 422
    own = SectionProposal.REWORD if one.text else SectionProposal.ADD
    proposal, supported = form.proposal(own)
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
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _section_page(review_id, section_code, form), status
    flash(_("What your country proposes is kept."), "success")
    return redirect(
        url_for("guidelines_review.section", review_id=review_id, section_code=section_code), 303
    )


def _section_page(review_id: int, code: str, form: ProposalForm | None = None) -> str:
    actor = current_actor()
    with reading() as db:
        page = _page_asked(db, review_id)
        shown = page.section(code)
        inputs = _inputs(db, page.review, code)
    return render_template(
        "followup/review/section.html",
        page=page,
        review=page.review,
        section=shown,
        answered=len(current_body().country_names) - len(shown.stand.silent),
        all_countries=len(current_body().country_names),
        form=form or _proposal_form(shown),
        is_refused=form is not None,
        inputs=inputs,
        may_run=policy.may_run_review(actor),
        may_propose=page.is_open and policy.may_propose_some(actor),
        **_words(),
    )


def _proposal_form(shown: ReviewedSection, typed: Typed | None = None) -> ProposalForm:
    """Returns the form with what the first of the actor's countries said before."""
    own = _own_countries()
    form = ProposalForm(typed, data=_said_before(shown, own[0]) if own else None)
    form.offer(_choices(own))
    others = [one for one in shown.stand.wordings if (one.answer.country,) != own]
    form.offer_wordings(
        [(one, country_name(one.answer.country)) for one in others], is_new=shown.text is None
    )
    return form


def _said_before(shown: ReviewedSection, country: str) -> dict[str, Any]:
    if country in shown.stand.keep:
        return {"choice": SectionProposal.KEEP.value}
    for one in shown.stand.wordings:
        if one.answer.country == country and one.answer.proposal:
            return {
                "choice": one.answer.proposal.value,
                **{field_in("words", code): text for code, text in one.answer.words.items()},
                **{field_in("reason", code): text for code, text in one.answer.reason.items()},
            }
        if country in one.countries:
            return {"choice": f"{SUPPORTS}{one.answer.id}"}
    return {}


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
        offered = _inputs(db, page.review, about)
    sent = set(request.form.getlist("input"))
    chosen = frozenset(
        ReviewInput(one.kind, one.ref, about) for one, _url in offered if input_key(one) in sent
    )
    try:
        with transaction() as db:
            services.tick_inputs(
                db,
                actor=current_actor(),
                review_id=review_id,
                about=about,
                inputs=chosen,
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


def keys_of(review: Review, about: str) -> frozenset[str]:
    """Returns what is ticked as a contribution to a challenge or a section."""
    return frozenset(input_key(one) for one in review.inputs if one.about == about)


def _inputs(db: Session, review: Review, about: str) -> list[tuple[OfferedInput, str]]:
    """Returns what may be ticked, with the address where each is read; "" where it has none."""
    offered = queries.inputs_offered(
        db, actor=current_actor(), review=review, about=about, today=clock.today()
    )
    return [(one, _address(one)) for one in offered]


def _address(one: OfferedInput) -> str:
    if one.kind is InputKind.AGREEMENT:
        return url_for("agreements.agreement", agreement_id=int(one.ref))
    if one.kind is InputKind.FINDING:
        return url_for("agreements.findings", slug=one.place)
    if one.kind is InputKind.LESSON:
        return url_for("learning.course", slug=one.place)
    if one.kind is InputKind.PRACTICE:
        return url_for("practices.practices")
    return ""


# How the review ends (R32): with the next version, or with the one there is.


@bp.get("/guidelines/review/<int:review_id>/closing")
@requires(policy.may_run_review)
def closing(review_id: int) -> str:
    with reading() as db:
        page = _page_asked(db, review_id)
    return _closing_page(page, closing_form(page.sections, supported_by))


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
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
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
        unanswered=_named(one.words.in_(reader_language()) for one in page.review.unanswered),
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


def country_name(code: str) -> str:
    """Returns the name of a country, or of the region for ""."""
    names = current_body().country_names
    return str(names[code].in_(reader_language()) if code in names else _("The region"))


def _choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, country_name(code)) for code in codes]


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


def _named(names: Iterable[str]) -> str:
    """Returns names as a list in words."""
    return str(format_list(list(names), locale=interface_language(reader_language())))


def _need_day(field: Any) -> None:
    if not field.errors:
        field.errors = [*field.errors, _(NOT_A_DAY)]


def _words() -> Mapping[str, Any]:
    return {
        "country_name": country_name,
        "input_key": input_key,
        "keys_of": keys_of,
        "input_kinds": wording.INPUTS,
    }


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {"flagged_lessons": flagged_lessons}


def flagged_lessons() -> tuple[FlaggedLesson, ...]:
    """Returns for who writes courses the lessons that rest on sections which have changed."""
    with reading() as db:
        return queries.flagged_lessons(db, actor=current_actor())
