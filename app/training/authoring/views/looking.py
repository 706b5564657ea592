"""The draft as a learner sees it. Answers are marked at once and kept nowhere."""

from collections.abc import Collection, Sequence

from flask import Response as Bytes
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText, as_language, languages
from app.training.authoring import policy
from app.training.authoring.forms import item_typed
from app.training.authoring.rules.assembly import body_with_words, figure_of
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.training.authoring.views.drafts import bp, draft_read, pictures_of
from app.training.learning.forms.answers import given_in, places_in
from app.training.learning.queries.lessons import CheckCard, CheckOption, VideoLine
from app.training.learning.queries.quiz import NO_TEXT, Choice, QuizQuestion
from app.training.learning.rules import quiz as quiz_rules
from app.training.learning.rules.duration import asks_to_think, reading_minutes, words_in
from app.training.learning.rules.kinds import KINDS, AnswerKey, accepting, key_from, mark_of
from app.training.learning.values import Answering, ItemKind
from app.training.learning.views.lessons import DRAWING_POLICY, stored_file, with_videos
from app.web.guards import requires
from app.web.locale import reader_language
from app.web.markdown import rich_text

Answer = str | Response


@bp.get("/<int:draft_id>/look")
@requires(policy.may_write_courses)
def look_course(draft_id: int) -> str:
    """Shows the syllabus of the draft, with ways into each lesson and quiz."""
    draft = draft_read(draft_id)
    return render_template("training/authoring/look_course.html", draft=draft, kind=CoursePartKind)


@bp.route("/<int:draft_id>/look/<int:part_id>", methods=["GET", "POST"])
@requires(policy.may_write_courses)
def look(draft_id: int, part_id: int) -> Answer:
    """Shows a screen or a question as learners get it; posting answers it and records nothing."""
    draft = draft_read(draft_id)
    here = draft.part(part_id)
    module = draft.module_of(here) if here else None
    if here is None or module is None:
        raise NotFound
    if here.kind is CoursePartKind.SCREEN:
        return _screen(draft, module, here)
    if here.kind is CoursePartKind.QUESTION:
        return _question(draft, module, here)
    first = {
        CoursePartKind.LESSON: draft.children(here.id, CoursePartKind.SCREEN),
        CoursePartKind.QUIZ: draft.children(module.id, CoursePartKind.QUESTION),
    }.get(here.kind, ())
    if not first:
        raise NotFound
    return redirect(url_for("authoring.look", draft_id=draft_id, part_id=first[0].id))


@bp.get("/<int:draft_id>/pictures/<int:part_id>/<language>")
@requires(policy.may_write_courses)
def picture(draft_id: int, part_id: int, language: str) -> Response:
    """Sends a picture of a draft in a language, or in the one it has."""
    draft = draft_read(draft_id)
    part = draft.part(part_id)
    figure = (
        figure_of(part, as_language(language))
        if part is not None and part.kind is CoursePartKind.PICTURE
        else None
    )
    if figure is None:
        raise NotFound
    if figure.sha256:
        answer = stored_file(figure.sha256, figure.media_type)
    else:
        answer = Bytes(figure.svg, mimetype="image/svg+xml")
        answer.headers["Content-Security-Policy"] = DRAWING_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/<int:draft_id>/films/<int:part_id>")
@requires(policy.may_write_courses)
def film(draft_id: int, part_id: int) -> Response:
    part = draft_read(draft_id).part(part_id)
    if part is None or not part.data.get("sha256") or part.kind is not CoursePartKind.VIDEO:
        raise NotFound
    return stored_file(part.data["sha256"], part.data["media_type"])


def _screen(draft: Draft, module: CoursePart, here: CoursePart) -> str:
    lesson = draft.path(here)[-1]
    screens = draft.children(lesson.id, CoursePartKind.SCREEN)
    number = screens.index(here) + 1
    shown = here.text("body").language_shown(reader_language())
    bodies = [body_with_words(draft, module, one.text("body").in_(shown), shown) for one in screens]
    body, videos = with_videos(bodies[number - 1], _videos(draft, module))
    return render_template(
        "training/authoring/look_screen.html",
        draft=draft,
        module=module,
        lesson=lesson,
        here=here,
        number=number,
        screens=screens,
        shown=shown,
        body=rich_text(body, pictures_of(draft, module, shown)),
        thinks=asks_to_think(bodies[number - 1]),
        minutes_left=reading_minutes(sum(map(words_in, bodies[number - 1 :]))),
        videos=videos,
        film_urls={
            part.code: url_for("authoring.film", draft_id=draft.id, part_id=part.id)
            for part in draft.children(module.id, CoursePartKind.VIDEO)
            if part.data.get("sha256")
        },
        cards=[
            _card(check, _chosen(check)) for check in draft.children(here.id, CoursePartKind.CHECK)
        ],
        previous=screens[number - 2] if number > 1 else None,
        following=screens[number] if number < len(screens) else None,
    )


def _videos(draft: Draft, module: CoursePart) -> list[VideoLine]:
    return [
        VideoLine(
            id=part.id,
            code=part.code,
            title=part.name,
            url=part.data.get("url", ""),
            sha256=part.data.get("sha256", ""),
            media_type=part.data.get("media_type", ""),
            transcript=part.text("transcript"),
            captioned=tuple(code for code in languages() if not part.text("captions").lacks(code)),
        )
        for part in draft.children(module.id, CoursePartKind.VIDEO)
    ]


def _chosen(part: CoursePart) -> frozenset[int]:
    """Returns what was just answered to this very question, as numbers of options."""
    if request.method != "POST" or request.form.get("part") != str(part.id):
        return frozenset()
    return frozenset(
        number
        for number in range(1, len(part.options) + 1)
        if str(number) in request.form.getlist("option")
    )


def _card(part: CoursePart, chosen: Collection[int]) -> CheckCard:
    options = tuple(
        CheckOption(
            number,
            part.text(f"option.{one['key']}.text"),
            part.text(f"option.{one['key']}.feedback"),
            bool(one.get("is_correct")),
        )
        for number, one in enumerate(part.options, start=1)
    )
    return CheckCard(
        part.id,
        part.code,
        ItemKind(part.data.get("kind") or ItemKind.SINGLE),
        part.text("stem"),
        options,
        frozenset(chosen),
    )


def _question(draft: Draft, module: CoursePart, here: CoursePart) -> str:
    questions = draft.children(module.id, CoursePartKind.QUESTION)
    number = questions.index(here) + 1
    case = draft.part(here.data.get("case"))
    key = key_from(item_typed(here))
    shown = _shown(key)
    given = _given(here, key, shown)
    question = _asked(here, key, shown, given)
    answering = question.spec.answering
    chosen = given if answering is Answering.CHOOSING else ()
    return render_template(
        "training/authoring/look_question.html",
        draft=draft,
        module=module,
        here=here,
        question=question,
        number=number,
        count=len(questions),
        case=case,
        screen=draft.part(here.data.get("screen")),
        answered=bool(given),
        lines=question.lines
        if answering is Answering.MATCHING
        else [(choice.id, choice) for choice in question.choices],
        places=places_in(request.form) if given else {},
        longest_answer=quiz_rules.LONGEST_ANSWER,
        mark=mark_of(key, given, shown),
        chosen=[_feedback(here, int(one)) for one in chosen],
        foreseen=_foreseen(here, key, given),
        previous=questions[number - 2] if number > 1 else None,
        following=questions[number] if number < len(questions) else None,
        kind=CoursePartKind,
    )


def _asked(
    part: CoursePart, key: AnswerKey, shown: Sequence[int], given: Sequence[int | str]
) -> QuizQuestion:
    """Returns the question as a quiz asks it, with the answer that was just given."""
    texts = {option.id: option.text for option in key.options}
    answering = KINDS[key.kind].answering
    matches = sorted(key.matches, key=lambda one: one.match.in_().casefold())
    return QuizQuestion(
        0,
        key.kind,
        part.text("stem"),
        tuple(Choice(one, texts[one], one in given) for one in _mixed(key, shown)),
        NO_TEXT,
        order=tuple(map(int, given)) if answering is Answering.MATCHING else (),
        matches=tuple((one.id, one.match) for one in matches),
        text=str(given[0]) if given and answering is Answering.WRITING else "",
    )


def _shown(key: AnswerKey) -> tuple[int, ...]:
    """Returns the options that are shown: nothing of what is accepted when written, and of a
    matching its lines.
    """
    answering = KINDS[key.kind].answering
    if answering is Answering.WRITING:
        return ()
    is_matching = answering is Answering.MATCHING
    return tuple(one.id for one in key.options if one.is_correct or not is_matching)


def _given(part: CoursePart, key: AnswerKey, shown: Sequence[int]) -> list[int | str]:
    """Returns what was just answered; nothing for what cannot be an answer."""
    if request.method != "POST" or request.form.get("part") != str(part.id):
        return []
    try:
        given = given_in(request.form, _chosen(part))
        return quiz_rules.answer_from(key.kind, shown, given, [one.id for one in key.matches])
    except Refusal:
        return []


def _foreseen(part: CoursePart, key: AnswerKey, given: Sequence[int | str]) -> LocalizedText:
    """Returns the feedback on what was written, where its author foresaw it."""
    is_written = KINDS[key.kind].answering is Answering.WRITING
    option = accepting(key, str(given[0])) if given and is_written else None
    return _feedback(part, option.id) if option else LocalizedText()


def _feedback(part: CoursePart, number: int) -> LocalizedText:
    return part.text(f"option.{part.options[number - 1]['key']}.feedback")


def _mixed(key: AnswerKey, shown: Sequence[int]) -> tuple[int, ...]:
    """Returns the lines of an ordering out of their order, always alike: the second half first."""
    if KINDS[key.kind].answering is not Answering.ORDERING:
        return tuple(shown)
    half = (len(shown) + 1) // 2
    return (*shown[half:], *shown[:half])
