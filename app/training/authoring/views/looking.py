"""The draft as a learner sees it. Answers are marked at once and kept nowhere."""

from collections.abc import Collection

from flask import Response as Bytes
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.infra.database import reading
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText, as_language, languages
from app.training.authoring import policy
from app.training.authoring.queries import drafts as queries
from app.training.authoring.rules.assembly import body_with_words, figure_of
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.training.authoring.views.door import bp, pictures_of
from app.training.exchange.rules.numbers import number_of
from app.training.learning.forms.answers import pairs_in
from app.training.learning.queries.lessons import VideoLine
from app.training.learning.queries.practice import CheckCard, CheckOption
from app.training.learning.rules import quiz as quiz_rules
from app.training.learning.rules.duration import asks_to_think, reading_minutes, words_in
from app.training.learning.rules.marking import NONE, AnswerKey, KeyOption, accepting, mark_of
from app.training.learning.values import TYPED, ItemKind, Strictness
from app.training.learning.views.lesson import DRAWING_POLICY, stored_file, with_videos
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.markdown import rich_text

Answer = str | Response


@bp.get("/<int:draft_id>/look")
@requires(policy.may_write_courses)
def look_course(draft_id: int) -> str:
    """The syllabus of the draft, with ways into each lesson and quiz."""
    draft = _draft(draft_id)
    return render_template("training/authoring/look_course.html", draft=draft, kind=CoursePartKind)


@bp.route("/<int:draft_id>/look/<int:part_id>", methods=["GET", "POST"])
@requires(policy.may_write_courses)
def look(draft_id: int, part_id: int) -> Answer:
    """A screen or a question as learners get it; posting answers it and records nothing."""
    draft = _draft(draft_id)
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
    """A picture of a draft in a language, or in the one it has."""
    draft = _draft(draft_id)
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
    part = _draft(draft_id).part(part_id)
    if part is None or not part.data.get("sha256") or part.kind is not CoursePartKind.VIDEO:
        raise NotFound
    return stored_file(part.data["sha256"], part.data["media_type"])


def _draft(draft_id: int) -> Draft:
    with reading() as db:
        return queries.draft_of(db, actor=current_actor(), draft_id=draft_id)


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
            part.id,
            part.code,
            part.name,
            part.data.get("url", ""),
            part.data.get("sha256", ""),
            part.data.get("media_type", ""),
            part.text("transcript"),
            tuple(code for code in languages() if not part.text("captions").lacks(code)),
        )
        for part in draft.children(module.id, CoursePartKind.VIDEO)
    ]


def _chosen(part: CoursePart) -> frozenset[int]:
    """What was just answered to this very question, as numbers of options."""
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
            bool(one.get("correct")),
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
    screen = draft.part(here.data.get("screen"))
    card = _card(here, _chosen(here))
    key = _key(here)
    given = _given(here, card)
    mark = mark_of(key, given, _lines(key)) if given else NONE
    return render_template(
        "training/authoring/look_question.html",
        draft=draft,
        module=module,
        here=here,
        card=card,
        number=number,
        count=len(questions),
        case=case,
        screen=screen,
        answered=bool(given),
        places=(_order(len(card.options)) if card.kind is ItemKind.ORDERING else None) or {},
        given=given,
        pairs=tuple(zip(_lines(key), given, strict=False)) if given else (),
        mark=mark,
        shuffled=_mixed(card),
        lines=[one for one in key.options if one.id in _lines(key)],
        matches=sorted(key.matches, key=lambda one: one.match.in_().casefold()),
        foreseen=_foreseen(here, key, given),
        previous=questions[number - 2] if number > 1 else None,
        following=questions[number] if number < len(questions) else None,
        kind=CoursePartKind,
    )


def _key(part: CoursePart) -> AnswerKey:
    """The key of a question of a draft; numbers of options count from 1. What an unfinished option
    lacks is taken as nothing.
    """
    kind = ItemKind(part.data.get("kind") or ItemKind.SINGLE)
    options = tuple(
        KeyOption(
            number,
            bool(part.text(f"option.{one['key']}.text"))
            if kind is ItemKind.MATCHING
            else bool(one.get("correct")),
            part.text(f"option.{one['key']}.text"),
            number_of(str(one.get("weight") or "0")) or NONE,
            part.text(f"option.{one['key']}.match"),
            str(one.get("number") or ("0" if kind is ItemKind.NUMERICAL else "")),
            str(one.get("tolerance") or ""),
        )
        for number, one in enumerate(part.options, start=1)
    )
    return AnswerKey(kind, options, frozenset(map(Strictness, part.data.get("strict") or ())))


def _lines(key: AnswerKey) -> tuple[int, ...]:
    """The lines of a matching question."""
    if key.kind is not ItemKind.MATCHING:
        return ()
    return tuple(option.id for option in key.options if option.is_correct)


def _given(part: CoursePart, card: CheckCard) -> list[int | str]:
    """What was just answered; nothing for what cannot be an answer."""
    if request.method != "POST" or request.form.get("part") != str(part.id):
        return []
    key, shown = _key(part), [option.number for option in card.options]
    order = _order(len(card.options)) or {}
    try:
        given = quiz_rules.Given(
            frozenset(card.chosen),
            tuple(sorted(order, key=lambda row: order[row])),
            pairs_in(request.form),
            request.form.get("text", ""),
        )
        lines = _lines(key) if card.kind is ItemKind.MATCHING else shown
        return quiz_rules.answer_from(card.kind, lines, given, [one.id for one in key.matches])
    except Refusal:
        return []


def _foreseen(part: CoursePart, key: AnswerKey, given: list[int | str]) -> LocalizedText:
    """The feedback on what was written, where its author foresaw it."""
    found = accepting(key, str(given[0])) if given and key.kind in TYPED else None
    if found is None:
        return LocalizedText()
    return part.text(f"option.{part.options[found.id - 1]['key']}.feedback")


def _order(count: int) -> dict[int, int] | None:
    """The place given to each line of an ordering; None before the first answer, or for a wrong
    one.
    """
    if request.method != "POST":
        return None
    given = {
        row: int(text) if (text := request.form.get(f"place-{row}", "")).isdigit() else 0
        for row in range(1, count + 1)
    }
    return given if sorted(given.values()) == list(range(1, count + 1)) else None


def _mixed(card: CheckCard) -> tuple[CheckOption, ...]:
    """The lines of an ordering out of their order, always alike: the second half first."""
    if card.kind is not ItemKind.ORDERING:
        return card.options
    half = (len(card.options) + 1) // 2
    return (*card.options[half:], *card.options[:half])
