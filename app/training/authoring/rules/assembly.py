"""A draft as the document of an edition, an edition as the parts of a draft, and questions of a
draft as a bank in a file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.text import Language, LocalizedText, languages
from app.training.authoring.values import (
    LOCALIZED,
    NAMES_OTHERS,
    OPTION_TEXTS,
    CoursePart,
    CoursePartKind,
    Draft,
    NewPart,
    kind_of,
)
from app.training.exchange.rules.fitting import from_items
from app.training.exchange.values import Bank, QuizItem, QuizOption
from app.training.learning.forms.document import Node, Problems
from app.training.learning.rules.kinds import number_text
from app.training.learning.values import (
    CheckContent,
    CourseContent,
    FigureContent,
    ItemContent,
    ModuleContent,
    OptionContent,
    Strictness,
    UnitContent,
    UnitKind,
    VideoContent,
    plain,
)
from app.training.library.values import GuidelineContent

KEYS = "abcdefghijklmnopqrstuvwxyz"
WEBINARS = ("kinds", "series", "events")
WITHOUT_WORDS = re.compile(r"!\[\s*\]\((?P<code>[A-Za-z0-9-]{1,20})\)")
SVG = "image/svg+xml"


def document_of(draft: Draft, label: str, problems: Problems) -> Node:
    """Returns a draft as the document of an edition with this label, for `course_of` to read.
    What is missing is left out: reading reports it. A place in the document begins with the number
    of the part that it lies in.
    """
    return _Assembly(draft, problems).course(label)


def node_of(part: CoursePart, problems: Problems, **fields: Any) -> Node:
    """Returns a part with its fields as an edition has them, without those that are empty. `fields`
    are those that the part says otherwise, or by its place in the draft.
    """
    texts = {name: dict(part.text(name)) for name in LOCALIZED[part.kind]}
    options = {"options": _options(part)} if "options" in part.data else {}
    given = {**part.data, **texts, **options, **fields}
    value = {name: value for name, value in given.items() if value not in (None, "", {})}
    return Node(value, str(part.id), "", problems, words={})


@dataclass(frozen=True)
class _Assembly:
    draft: Draft
    problems: Problems

    def node(self, part: CoursePart, **fields: Any) -> Node:
        return node_of(part, self.problems, **fields)

    def nodes(self, parent: CoursePart, kind: CoursePartKind) -> list[Node]:
        return [self.node(part) for part in self.draft.children(parent.id, kind)]

    def course(self, label: str) -> Node:
        course = self.draft.course
        guidelines = self.node(
            course,
            label=course.data.get("document"),
            title=course.data.get("document_title"),
            source_note=course.data.get("document_note"),
            sections=self.nodes(course, CoursePartKind.SECTION),
        )
        modules = self.draft.children(course.id, CoursePartKind.MODULE)
        return self.node(
            course,
            slug=self.draft.slug,
            edition=label,
            guidelines=guidelines,
            modules=[self.module(one, number) for number, one in enumerate(modules, start=1)],
        )

    def module(self, module: CoursePart, number: int) -> Node:
        """Returns a module. Its minutes are guessed while it is only announced, then measured."""
        if module.data.get("is_announced"):
            minutes = module.data.get("minutes", 30)
            return self.node(module, number=number, is_available=False, minutes=minutes)
        lessons = self.draft.children(module.id, CoursePartKind.LESSON)
        codes = self.codes(module)
        questions = self.draft.children(module.id, CoursePartKind.QUESTION)
        pictures = self.draft.children(module.id, CoursePartKind.PICTURE)
        videos = self.draft.children(module.id, CoursePartKind.VIDEO)
        figures = [figure for one in pictures for figure in _figures(one)]
        return self.node(
            module,
            number=number,
            is_available=True,
            minutes=None,
            objectives=self.nodes(module, CoursePartKind.OBJECTIVE),
            units=[
                *(self.lesson(one, module) for one in lessons),
                *(
                    self.webinar(one)
                    for one in self.draft.children(module.id, CoursePartKind.WEBINAR)
                ),
                *(
                    self.quiz(one, codes)
                    for one in self.draft.children(module.id, CoursePartKind.QUIZ)
                ),
            ],
            items=[question_node(one, codes, self.problems) for one in questions],
            cases=self.nodes(module, CoursePartKind.CASE),
            checks=[check for one in lessons for check in self.checks(one)],
            terms=self.nodes(module, CoursePartKind.TERM),
            sources=self.nodes(module, CoursePartKind.SOURCE),
            figures=tuple(sorted(figures, key=lambda one: (one.code, one.language))),
            videos=tuple(map(_video, videos)),
        )

    def codes(self, module: CoursePart) -> dict[int, str]:
        """Returns what parts of a module are called in the document, by their numbers."""
        codes = {part.id: part.code for part in self.draft.parts if part.code}
        for lesson in self.draft.children(module.id, CoursePartKind.LESSON):
            screens = self.draft.children(lesson.id, CoursePartKind.SCREEN)
            for number, screen in enumerate(screens, start=1):
                codes[screen.id] = f"{lesson.code}#{number}"
        return codes

    def lesson(self, lesson: CoursePart, module: CoursePart) -> Node:
        """Returns a lesson with the texts of its screens in each language that has any."""
        words = _words_beside(self.draft, module)
        screens = self.draft.children(lesson.id, CoursePartKind.SCREEN)
        bodies = {
            language: [
                _with_words(screen.text("body")[language], words, language) for screen in screens
            ]
            for language in languages()
        }
        texts = {
            language: Node(given, str(lesson.id), "", self.problems)
            for language, given in bodies.items()
            if any(given)
        }
        kind = lesson.data.get("kind") or UnitKind.PAGE.value
        return self.node(lesson, kind=kind, screens=Node(texts, str(lesson.id), "", self.problems))

    def webinar(self, webinar: CoursePart) -> Node:
        lists = {name: webinar.data[name] for name in WEBINARS if webinar.data.get(name)}
        return self.node(
            webinar,
            kind=UnitKind.WEBINAR.value,
            minutes=webinar.data.get("minutes") or 60,
            webinar={"percent": webinar.data.get("percent") or 80, **lists},
        )

    def quiz(self, quiz: CoursePart, codes: Mapping[int, str]) -> Node:
        draw = quiz.data.get("draw", {})
        return self.node(
            quiz,
            kind=UnitKind.QUIZ.value,
            draw={codes.get(int(key), key): number for key, number in draw.items() if number},
            pass_mark=quiz.data.get("pass_percent", 75) / 100,
            pause_minutes=quiz.data.get("pause_minutes", 10),
            max_attempts=quiz.data.get("max_attempts") or None,
        )

    def checks(self, lesson: CoursePart) -> Iterable[Node]:
        screens = self.draft.children(lesson.id, CoursePartKind.SCREEN)
        for number, screen in enumerate(screens, start=1):
            for check in self.draft.children(screen.id, CoursePartKind.CHECK):
                yield self.node(check, unit=lesson.code, after=number)


def question_node(part: CoursePart, codes: Mapping[int, str], problems: Problems) -> Node:
    """Returns a question that names its neighbours in the module by their codes."""
    named = {name: codes.get(part.data.get(name) or 0) for name in NAMES_OTHERS}
    return node_of(part, problems, **named)


def _options(part: CoursePart) -> list[dict[str, Any]]:
    """Returns the options with the members that their kind has; the draft may hold what was typed
    for another kind before.
    """
    kind = kind_of(part.data)
    names = (*kind.members, *kind.extras, *kind.unasked)
    return [
        {name: value for name in names if (value := _member(one, name)) or name in kind.members}
        for one in part.options
    ]


def _member(option: Mapping[str, Any], name: str) -> Any:
    given = option.get(name)
    if name in OPTION_TEXTS:
        return dict(LocalizedText(given or {}))
    if name == "is_correct":
        return bool(given)
    return float(given) if name == "weight" and given else given or None


def _with_words(body: str, words: Mapping[str, LocalizedText], language: str) -> str:
    """Gives pictures that have no words in the text the words that are stored with the picture."""

    def written(image: re.Match[str]) -> str:
        code = image["code"]
        return f"![{words[code][language]}]({code})" if code in words else image[0]

    return WITHOUT_WORDS.sub(written, body)


def body_with_words(draft: Draft, module: CoursePart, body: str, language: str) -> str:
    """Returns the Markdown of a screen as its readers get it."""
    return _with_words(body.strip(), _words_beside(draft, module), language)


def _words_beside(draft: Draft, module: CoursePart) -> dict[str, LocalizedText]:
    """Returns the words of the module's pictures and videos by their codes."""
    return {
        part.code: part.text("words" if kind is CoursePartKind.PICTURE else "title")
        for kind in (CoursePartKind.PICTURE, CoursePartKind.VIDEO)
        for part in draft.children(module.id, kind)
    }


def figure_of(picture: CoursePart, language: str) -> FigureContent | None:
    """Returns the file of a picture in a language, or in another one that it has."""
    given = picture.data.get("files", {})
    file = given.get(language) or next(iter(given.values()), None)
    if not file:
        return None
    is_svg = file["media_type"] == SVG
    return FigureContent(
        picture.code,
        language,
        svg=file.get("svg", "") if is_svg else "",
        width=file["width"],
        height=file["height"],
        media_type="" if is_svg else file["media_type"],
        sha256="" if is_svg else file["sha256"],
    )


def _figures(picture: CoursePart) -> Iterable[FigureContent]:
    for language in languages():
        figure = figure_of(picture, language)
        if figure is not None:
            yield figure


def _video(part: CoursePart) -> VideoContent:
    return VideoContent(
        part.code,
        part.text("title"),
        url=part.data.get("url", ""),
        transcript=part.text("transcript"),
        captions=part.text("captions"),
        media_type=part.data.get("media_type", ""),
        sha256=part.data.get("sha256", ""),
    )


# The way back: from an edition to the parts of a draft.


def parts_of(content: CourseContent) -> NewPart:
    """Returns the parts of a draft that says what the edition says. The author chooses the label."""
    data = {
        "title": dict(content.title),
        "summary": dict(content.summary),
        "edition": "",
        "validity_months": content.validity_months,
        **guidelines_data(content.guidelines),
    }
    modules = tuple(_module_parts(module) for module in content.modules)
    sections = section_parts(content.guidelines)
    return NewPart(CoursePartKind.COURSE, data, (*modules, *sections))


def guidelines_data(content: GuidelineContent) -> dict[str, Any]:
    """Returns the fields of a course that say what it rests on."""
    return {
        "document": content.label,
        "document_title": dict(content.title),
        "document_note": dict(content.source_note),
    }


def section_parts(content: GuidelineContent) -> tuple[NewPart, ...]:
    return _parts(CoursePartKind.SECTION, content.sections)


def _parts(kind: CoursePartKind, contents: Iterable[object]) -> tuple[NewPart, ...]:
    """Returns parts that say what parts of an edition say; others of the module name them by their
    codes.
    """
    return tuple(NewPart(kind, _fields(one), ref=getattr(one, "code", "")) for one in contents)


def _fields(content: object) -> dict[str, Any]:
    """Returns the fields of a part of an edition, also those that are empty."""
    return {name: plain(value) for name, value in vars(content).items()}


def _module_parts(module: ModuleContent) -> NewPart:
    children = (
        *_parts(CoursePartKind.OBJECTIVE, module.objectives),
        *(_unit_parts(unit, module.checks) for unit in module.units),
        *_parts(CoursePartKind.CASE, module.cases),
        *(NewPart(CoursePartKind.QUESTION, question_data(one)) for one in module.items),
        *_parts(CoursePartKind.TERM, module.terms),
        *(
            NewPart(CoursePartKind.SOURCE, {**_fields(one), "year": one.year or None})
            for one in module.sources
        ),
        *_picture_parts(module),
        *_parts(CoursePartKind.VIDEO, module.videos),
    )
    data = {
        "slug": module.slug,
        "title": dict(module.title),
        "outcome": dict(module.outcome),
        "minutes": module.minutes,
        "is_announced": not module.is_available,
    }
    return NewPart(CoursePartKind.MODULE, data, children)


def _unit_parts(unit: UnitContent, checks: Iterable[CheckContent]) -> NewPart:
    data: dict[str, Any] = {"code": unit.code, "title": dict(unit.title)}
    if unit.quiz is not None:
        return NewPart(
            CoursePartKind.QUIZ,
            {
                **data,
                "draw": dict(unit.quiz.draw),
                "pass_percent": float(unit.quiz.pass_mark * 100),
                "pause_minutes": unit.quiz.pause_minutes,
                "max_attempts": unit.quiz.max_attempts or None,
            },
        )
    if unit.webinar is not None:
        lists = {name: list(getattr(unit.webinar, name)) for name in WEBINARS}
        given = {
            "percent": unit.webinar.percent,
            "minutes": unit.minutes,
            "is_optional": unit.is_optional,
        }
        return NewPart(CoursePartKind.WEBINAR, {**data, **given, **lists})
    under: dict[int, list[NewPart]] = {}
    for check in checks:
        if check.unit == unit.code:
            under.setdefault(check.after, []).append(
                NewPart(CoursePartKind.CHECK, _check_data(check))
            )
    screens = tuple(
        NewPart(
            CoursePartKind.SCREEN,
            {
                "body": {
                    language: bodies[number - 1]
                    for language, bodies in unit.screens.items()
                    if number <= len(bodies)
                }
            },
            tuple(under.get(number, ())),
            f"{unit.code}#{number}",
        )
        for number in range(1, unit.screen_count + 1)
    )
    return NewPart(CoursePartKind.LESSON, {**data, "kind": unit.kind.value}, screens)


def _option_data(options: Iterable[OptionContent]) -> list[dict[str, Any]]:
    """Returns options with a key each, and what only some kinds have where it is written."""
    return [{"key": key, **plain(one)} for key, one in zip(KEYS, options, strict=False)]


def question_data(item: ItemContent) -> dict[str, Any]:
    """Returns the fields of a question; other parts are named by their codes."""
    options = _option_data(item.options)
    return {**_fields(item), "weight": item.weight or None, "options": options}


def _check_data(check: CheckContent) -> dict[str, Any]:
    return {
        "code": check.code,
        "kind": check.kind.value,
        "stem": dict(check.stem),
        "options": _option_data(check.options),
    }


def _picture_parts(module: ModuleContent) -> list[NewPart]:
    """Returns one part for each code, with the file of each language and the words that its texts
    have for it.
    """
    files: dict[str, dict[str, Any]] = {}
    for figure in module.figures:
        files.setdefault(figure.code, {})[figure.language] = {
            "media_type": figure.media_type or SVG,
            "width": figure.width,
            "height": figure.height,
            "svg": figure.svg,
            "sha256": figure.sha256,
        }
    return [
        NewPart(
            CoursePartKind.PICTURE, {"code": code, "words": _words_of(module, code), "files": given}
        )
        for code, given in files.items()
    ]


def _words_of(module: ModuleContent, code: str) -> dict[str, str]:
    words: dict[str, str] = {}
    image = re.compile(rf"!\[([^\]]+)\]\({re.escape(code)}\)")
    for unit in module.units:
        for language, screens in unit.screens.items():
            shown = image.search("\n".join(screens))
            if shown and language not in words:
                words[language] = shown[1].strip()
    return words


# Questions of a module and of a bank in a file: the same ones, in one language.


def parts_from(
    items: Iterable[QuizItem], language: Language, *, objective: int | None, section: str
) -> tuple[NewPart, ...]:
    """Returns new questions in one language; the others are still to translate. All get the same
    objective and section, because a file says nothing of them.
    """
    return tuple(
        NewPart(
            CoursePartKind.QUESTION,
            {
                "kind": item.kind.value,
                "objective": objective,
                "section": section,
                "screen": None,
                "case": None,
                "is_critical": False,
                "weight": item.weight if item.weight > 1 else None,
                "strict": ["case"] if item.is_case_sensitive else [],
                "stem": _in(language, item.stem),
                "explanation": _in(language, item.explanation),
                "options": [
                    {
                        "key": key,
                        "text": _in(language, option.text),
                        "feedback": _in(language, option.feedback),
                        "is_correct": option.is_correct,
                        **_more(language, option),
                    }
                    for key, option in zip(KEYS, item.options, strict=False)
                ],
            },
        )
        for item in items
    )


def _more(language: Language, option: QuizOption) -> dict[str, Any]:
    """Returns the members of an option that only some kinds of question have."""
    given = {
        "match": _in(language, option.match),
        "weight": number_text(option.weight) if option.weight else "",
        "number": option.number,
        "tolerance": option.tolerance,
    }
    return {name: value for name, value in given.items() if value}


def _in(language: Language, text: str) -> dict[Language, str]:
    return {language: text} if text else {}


def bank_of(questions: Iterable[ItemContent], language: Language) -> Bank:
    """Returns the questions that stand in a language, as a bank to write into a file."""
    return from_items(
        QuizItem(
            item.kind,
            stem=item.stem[language],
            options=tuple(
                QuizOption(
                    one.is_correct,
                    text=one.text[language],
                    feedback=one.feedback[language],
                    weight=one.weight,
                    match=one.match[language],
                    number=one.number,
                    tolerance=one.tolerance,
                )
                for one in item.options
            ),
            explanation=item.explanation[language],
            name=item.code,
            weight=item.weight or 1,
            is_case_sensitive=Strictness.CASE in item.strict,
        )
        for item in questions
        if not item.stem.lacks(language) and item.options
    )
