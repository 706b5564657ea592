"""Turns a draft into the documents that `learning.forms.content` reads, and an edition into a
draft: a course has one format, in a folder and on screen.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.text import Language, LocalizedText, languages
from app.training.authoring.values import (
    LOCALIZED,
    OPTION_TEXTS,
    CoursePart,
    CoursePartKind,
    Draft,
    NewPart,
    kind_of,
)
from app.training.exchange.rules.fitting import from_items
from app.training.exchange.rules.questions import number_text
from app.training.exchange.values import Bank, QuizItem, QuizOption
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

WORDS = {"is_correct": "correct", "is_critical": "critical", "is_verified": "verified"}
"""Fields of an edition that folders and drafts call otherwise."""
KEYS = "abcdefghijklmnopqrstuvwxyz"
WEBINARS = ("kinds", "series", "events")
SCREENS_APART = "\n\n---\n\n"
WITHOUT_WORDS = re.compile(r"!\[\s*\]\((?P<code>[A-Za-z0-9-]{1,20})\)")
BREAK = re.compile(r"(\A|\n\s*\n)---(?=\n\s*\n|\s*\Z)")
SVG = "image/svg+xml"


@dataclass
class Assembled:
    """`files` as `parse_course` takes them. `places` maps the beginning of a place that it may name
    to the number of the part.
    """

    files: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, tuple[FigureContent, ...]] = field(default_factory=dict)
    videos: dict[str, tuple[VideoContent, ...]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def part_at(self, place: str) -> int | None:
        """Returns the number of the part in which a place such as "one/bank.yaml: items[3].stem.es"
        lies.
        """
        fitting = [known for known in self.places if place.startswith(known)]
        return self.places[max(fitting, key=len)] if fitting else None


def assemble(draft: Draft) -> Assembled:
    """Returns every document of the course. What is missing is left out; `parse_course` reports it."""
    done = Assembled()
    course = draft.course
    modules = draft.children(course.id, CoursePartKind.MODULE)
    done.files["course.yaml"] = {
        "slug": draft.slug,
        "title": _texts(course, "title"),
        "summary": _texts(course, "summary"),
        "edition": course.data.get("edition"),
        "validity_months": course.data.get("validity_months", 24),
        "modules": [_entry(number, module) for number, module in enumerate(modules, start=1)],
    }
    done.places |= {"course.yaml": course.id, "sections.yaml": course.id}
    for index, module in enumerate(modules):
        done.places[f"course.yaml: modules[{index}]"] = module.id
    sections = draft.children(course.id, CoursePartKind.SECTION)
    for index, section in enumerate(sections):
        done.places[f"sections.yaml: sections[{index}]"] = section.id
    done.files["sections.yaml"] = {
        "version": course.data.get("document"),
        "title": _texts(course, "document_title"),
        "source_note": _texts(course, "document_note") or None,
        "sections": [
            {**_document(section), "verified": bool(section.data.get("verified"))}
            for section in sections
        ],
    }
    for module in modules:
        if not module.data.get("is_announced"):
            _add_module(draft, module, done)
    return done


def _texts(part: CoursePart, name: str) -> dict[str, str]:
    return dict(part.text(name))


def _document(part: CoursePart) -> dict[str, Any]:
    """Returns the fields of a part as a folder has them, without those that are empty."""
    texts = {name: _texts(part, name) for name in LOCALIZED[part.kind]}
    fields = {**part.data, **texts}
    return {name: value for name, value in fields.items() if value not in (None, "", {})}


def _entry(number: int, module: CoursePart) -> dict[str, Any]:
    """Returns a module's entry. Its minutes are guessed while it is only announced, then measured."""
    is_announced = bool(module.data.get("is_announced"))
    return {
        "number": number,
        "slug": module.data.get("slug"),
        "title": _texts(module, "title"),
        "outcome": _texts(module, "outcome"),
        "minutes": module.data.get("minutes", 30) if is_announced else None,
        "published": not is_announced,
    }


def _add_module(draft: Draft, module: CoursePart, done: Assembled) -> None:
    folder = str(module.data.get("slug"))
    codes = _codes(draft, module)
    for name in ("module.yaml", "bank.yaml", "checks.yaml", "glossary.yaml", "sources.yaml", ""):
        done.places[f"{folder}/{name}"] = module.id

    def listed(
        file: str,
        key: str,
        kind: CoursePartKind,
        write: Callable[[CoursePart], dict[str, Any]] = _document,
    ) -> list[dict[str, Any]]:
        parts = draft.children(module.id, kind)
        for index, part in enumerate(parts):
            done.places[f"{folder}/{file}: {key}[{index}]"] = part.id
        return [write(part) for part in parts]

    units = (
        *draft.children(module.id, CoursePartKind.LESSON),
        *draft.children(module.id, CoursePartKind.WEBINAR),
        *draft.children(module.id, CoursePartKind.QUIZ),
    )
    for index, unit in enumerate(units):
        done.places[f"{folder}/module.yaml: units[{index}]"] = unit.id
    done.files[f"{folder}/module.yaml"] = {
        "objectives": listed("module.yaml", "objectives", CoursePartKind.OBJECTIVE),
        "units": [_unit(unit, codes) for unit in units],
    }
    done.files[f"{folder}/bank.yaml"] = {
        "items": listed(
            "bank.yaml", "items", CoursePartKind.QUESTION, lambda one: question_document(one, codes)
        ),
        "cases": listed("bank.yaml", "cases", CoursePartKind.CASE),
    }
    terms = listed("glossary.yaml", "terms", CoursePartKind.TERM)
    sources = listed("sources.yaml", "sources", CoursePartKind.SOURCE)
    if terms:
        done.files[f"{folder}/glossary.yaml"] = {"terms": terms}
    if sources:
        done.files[f"{folder}/sources.yaml"] = {"sources": sources}
    _add_screens(draft, module, folder, done)
    pictures = draft.children(module.id, CoursePartKind.PICTURE)
    figures = [figure for one in pictures for figure in _figures(one)]
    done.figures[folder] = tuple(sorted(figures, key=lambda one: (one.code, one.language)))
    done.videos[folder] = tuple(
        _video(one) for one in draft.children(module.id, CoursePartKind.VIDEO)
    )


def _codes(draft: Draft, module: CoursePart) -> dict[int, str]:
    """Returns the code of each part of a module in the documents, by the part's number."""
    codes = {part.id: part.code for part in draft.parts if part.code}
    for lesson in draft.children(module.id, CoursePartKind.LESSON):
        for number, screen in enumerate(draft.children(lesson.id, CoursePartKind.SCREEN), start=1):
            codes[screen.id] = f"{lesson.code}#{number}"
    return codes


def _unit(unit: CoursePart, codes: Mapping[int, str]) -> dict[str, Any]:
    common = {
        "code": unit.code,
        "title": _texts(unit, "title"),
    }
    if unit.kind is CoursePartKind.LESSON:
        return {**common, "kind": unit.data.get("kind", UnitKind.PAGE.value)}
    if unit.kind is CoursePartKind.WEBINAR:
        return {
            **common,
            "minutes": unit.data.get("minutes") or 60,
            "kind": UnitKind.WEBINAR.value,
            "optional": bool(unit.data.get("is_optional")),
            "webinar": {
                "percent": unit.data.get("percent") or 80,
                **{name: unit.data[name] for name in WEBINARS if unit.data.get(name)},
            },
        }
    draw = {
        codes.get(int(key), key): number
        for key, number in unit.data.get("draw", {}).items()
        if number
    }
    return {
        **common,
        "kind": UnitKind.QUIZ.value,
        "draw": draw,
        "pass_mark": unit.data.get("pass_percent", 75) / 100,
        "pause_minutes": unit.data.get("pause_minutes", 10),
        "max_attempts": unit.data.get("max_attempts") or None,
    }


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
    if name == "correct":
        return bool(given)
    return float(given) if name == "weight" and given else given or None


def question_document(part: CoursePart, codes: Mapping[int, str]) -> dict[str, Any]:
    given = {
        "code": part.code,
        "objective": codes.get(part.data.get("objective") or 0),
        "kind": part.data.get("kind"),
        "section": part.data.get("section"),
        "stem": _texts(part, "stem"),
        "options": _options(part),
        "critical": bool(part.data.get("critical")),
        "screen": codes.get(part.data.get("screen") or 0),
        "case": codes.get(part.data.get("case") or 0),
        "weight": part.data.get("weight") or None,
        "strict": list(part.data.get("strict") or ()) or None,
    }
    explanation = _texts(part, "explanation")
    return {**given, "feedback": explanation} if explanation else given


def _add_screens(draft: Draft, module: CoursePart, folder: str, done: Assembled) -> None:
    """Adds the texts of the lessons, one file for each language, and the checks under their
    screens.
    """
    words = {
        picture.code: picture.text("words")
        for picture in draft.children(module.id, CoursePartKind.PICTURE)
    } | {
        video.code: video.text("title") for video in draft.children(module.id, CoursePartKind.VIDEO)
    }
    checks: list[dict[str, Any]] = []
    for lesson in draft.children(module.id, CoursePartKind.LESSON):
        screens = draft.children(lesson.id, CoursePartKind.SCREEN)
        for language in languages():
            name = f"{folder}/{lesson.code}.{language}.md"
            done.places[name] = lesson.id
            bodies = [
                _with_words(_whole(screen.text("body")[language]), words, language)
                for screen in screens
            ]
            if any(bodies):
                done.files[name] = SCREENS_APART.join(bodies)
        for number, screen in enumerate(screens, start=1):
            for check in draft.children(screen.id, CoursePartKind.CHECK):
                done.places[f"{folder}/checks.yaml: checks[{len(checks)}]"] = check.id
                checks.append(
                    {
                        **_document(check),
                        "unit": lesson.code,
                        "after": number,
                        "options": _options(check),
                    }
                )
    if checks:
        done.files[f"{folder}/checks.yaml"] = {"checks": checks}


def _whole(body: str) -> str:
    """Returns a screen without lines that would end it: in a folder, three hyphens begin the next
    screen.
    """
    return BREAK.sub(r"\1***", body).strip()


def _with_words(body: str, words: Mapping[str, LocalizedText], language: str) -> str:
    """Gives pictures that have no words in the text the words that are stored with the picture."""

    def written(image: re.Match[str]) -> str:
        code = image["code"]
        return f"![{words[code][language]}]({code})" if code in words else image[0]

    return WITHOUT_WORDS.sub(written, body)


def body_with_words(draft: Draft, module: CoursePart, body: str, language: str) -> str:
    """Returns the Markdown of a screen as its readers get it."""
    words = {
        part.code: part.text("words" if kind is CoursePartKind.PICTURE else "title")
        for kind in (CoursePartKind.PICTURE, CoursePartKind.VIDEO)
        for part in draft.children(module.id, kind)
    }
    return _with_words(_whole(body), words, language)


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


# Back: from an edition to the parts of a draft


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
    """Returns the fields of a part of an edition by the words of drafts, also those that are empty."""
    return {WORDS.get(name, name): plain(value) for name, value in vars(content).items()}


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
    return [
        {"key": key, **{WORDS.get(name, name): value for name, value in plain(one).items()}}
        for key, one in zip(KEYS, options, strict=False)
    ]


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
            found = image.search("\n".join(screens))
            if found and language not in words:
                words[language] = found[1].strip()
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
                "critical": False,
                "weight": item.weight if item.weight > 1 else None,
                "strict": ["case"] if item.is_case_sensitive else [],
                "stem": _in(language, item.stem),
                "explanation": _in(language, item.explanation),
                "options": [
                    {
                        "key": key,
                        "text": _in(language, option.text),
                        "feedback": _in(language, option.feedback),
                        "correct": option.is_correct,
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
