"""A course's folder as values. Files are given by name; nothing is read or written here."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, is_web_address, languages
from app.training.learning.forms.document import Files, Node, Problems, is_storable, read_document
from app.training.learning.forms.drawing import DrawingRefused, drawing_size
from app.training.learning.rules.duration import minutes_of
from app.training.learning.rules.kinds import (
    ANY_OTHER,
    KINDS,
    NUMBER,
    WHOLE,
    QuestionKind,
    answered_by,
    number_text,
)
from app.training.learning.rules.progress import ENOUGH
from app.training.learning.values import (
    VALIDITY_MONTHS,
    Answering,
    CaseContent,
    ChangeClass,
    ChangeContent,
    CheckContent,
    CitedKind,
    CourseContent,
    FigureContent,
    ItemContent,
    ItemKind,
    ModuleContent,
    ObjectiveContent,
    OptionContent,
    QuizContent,
    SourceContent,
    Strictness,
    TermContent,
    UnitContent,
    UnitKind,
    VideoContent,
    WebinarContent,
)
from app.training.library.values import GuidelineContent, SectionContent

# Questions of a module's folder as values: the bank with its vignettes, and the checks inside
# lessons.

CODE = 20
MOST_WEIGHT, LONGEST_NUMBER = 10, 40
NO_WORDS = LocalizedText()
SCREEN = re.compile(r"(?P<unit>[^#\s]{1,20})#(?P<number>[1-9][0-9]{0,2})")
BAD_WEIGHT = N_("A weight is a number from -100 to 100.")
BAD_WEIGHTS = N_(
    "The right options of a question with weights give 100 together, or one of them alone."
)
BAD_NUMBER = N_("Write a number with a decimal point, or * for any other number.")
BAD_TOLERANCE = N_("A tolerance is a number from 0 on, with a decimal point.")
WRONG_ANSWERS = N_("A question of this kind needs %(wanted)s.")
NO_SUCH_SCREEN = N_("There is no such screen: write the unit and the number, as M2-L1#3.")
CHECKS = answered_by(Answering.CHOOSING)
"""Kinds of the checks inside lessons."""
NOT_A_CHECK = N_("A check inside a lesson is single, multiple or truefalse.")


def item_of(node: Node, objectives: Sequence[str], sections: Sequence[str]) -> ItemContent:
    """Returns a question of the bank; whether its screen exists is asked by `refuse_lost_places`."""
    kind = node.choice("kind", ItemKind)
    options = _options(node, kind)
    objective, section = node.known("objective", objectives), node.known("section", sections)
    return ItemContent(
        code=node.text("code", CODE),
        objective=objective,
        kind=kind,
        section=section,
        stem=node.localized("stem"),
        options=options,
        explanation=node.localized("explanation", optional=not KINDS[kind].needs_explanation),
        is_critical=node.flag("is_critical", default=False),
        screen=_optional_text(node, "screen"),
        case=_optional_text(node, "case"),
        weight=_item_weight(node),
        strict=_strict(node) if KINDS[kind].can_be_strict else (),
    )


def _item_weight(node: Node) -> int:
    """Returns how often a question counts; 0 where it counts once."""
    if not node.has("weight"):
        return 0
    weight = node.integer("weight", 1, MOST_WEIGHT)
    return weight if weight > 1 else 0


def _strict(node: Node) -> tuple[Strictness, ...]:
    if not node.has("strict"):
        return ()
    return tuple(map(Strictness, node.codes("strict", [one.value for one in Strictness])))


def _optional_text(node: Node, key: str) -> str:
    return node.text(key, 2 * CODE) if node.has(key) else ""


def _options(node: Node, kind: ItemKind) -> tuple[OptionContent, ...]:
    spec = KINDS[kind]
    options = tuple(_option(given, spec) for given in node.children("options"))
    if not spec.fits(options):
        node.refuse(WRONG_ANSWERS, "options", wanted=Sentence(spec.needs))
    elif not _weights_fit(spec, options):
        node.refuse(BAD_WEIGHTS, "options")
    return options


def _weights_fit(spec: QuestionKind, options: Sequence[OptionContent]) -> bool:
    """Returns True where the right options make up the whole, as thirds nearly do.

    Nobody could be wholly right otherwise.
    """
    if spec.whole is None or not any(option.weight for option in options):
        return True
    whole = spec.whole(option.weight for option in options if option.weight > 0)
    return abs(whole - WHOLE) < Decimal("0.1")


def _option(given: Node, spec: QuestionKind) -> OptionContent:
    """Returns an option as its kind has it; what other kinds have is left out."""

    def words(member: str) -> LocalizedText:
        if not spec.has(member) and member not in spec.unasked:
            return NO_WORDS
        return given.localized(member, optional=member not in spec.members)

    def number(member: str, sentence: str) -> str:
        is_there = member in spec.members or given.has(member)
        return _decimal(given, member, sentence) if spec.has(member) and is_there else ""

    text = words("text")
    weight = _weight(given) if spec.has("weight") else Decimal(0)
    return OptionContent(
        is_correct=_is_correct(given, spec, weight, text),
        text=text,
        feedback=words("feedback"),
        weight=weight,
        match=words("match"),
        number=number("number", BAD_NUMBER),
        tolerance=number("tolerance", BAD_TOLERANCE),
    )


def _is_correct(given: Node, spec: QuestionKind, weight: Decimal, text: LocalizedText) -> bool:
    """Returns True for an option that is right: with a weight, it follows from that; a line to
    match is right where it has a text. A kind whose options are neither right nor wrong may not
    have any that is marked: `fits` refuses it.
    """
    if spec.has("match"):
        return bool(text)
    needs_flag = spec.has("is_correct") and not weight
    return weight > 0 or given.flag("is_correct", default=None if needs_flag else False)


def _weight(given: Node) -> Decimal:
    value = given.child("weight").value
    if value is None:
        return Decimal(0)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -WHOLE <= value <= WHOLE
    ):
        given.refuse(BAD_WEIGHT, "weight")
        return Decimal(0)
    return Decimal(number_text(Decimal(str(value)).quantize(Decimal("0.00001"))))


def _decimal(given: Node, key: str, sentence: str) -> str:
    """Returns a number as text with a decimal point, as short as it can be written."""
    value = given.child(key).value
    text = str(value) if isinstance(value, int | float | str) else ""
    if key == "number" and text == ANY_OTHER:
        return text
    if isinstance(value, bool) or not NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        given.refuse(sentence, key)
        return "0"
    if key == "tolerance" and Decimal(text) < 0:
        given.refuse(sentence, key)
    return number_text(Decimal(text))


def cases_of(module: Node) -> tuple[CaseContent, ...]:
    return tuple(
        CaseContent(given.text("code", CODE), given.localized("text"))
        for given in module.children("cases", optional=True)
    )


def checks_of(module: Node, screens: Mapping[str, int]) -> tuple[CheckContent, ...]:
    """Returns the checks inside lessons. `screens` says how many screens each unit has."""
    checks = []
    for given in module.children("checks", optional=True):
        kind = given.choice("kind", ItemKind)
        if kind not in CHECKS:
            given.refuse(NOT_A_CHECK, "kind")
        unit = given.known("unit", screens)
        checks.append(
            CheckContent(
                given.text("code", CODE),
                unit,
                given.integer("after", 1, screens.get(unit, 1)),
                kind,
                given.localized("stem"),
                _options(given, kind),
            )
        )
    return tuple(checks)


def refuse_lost_places(
    module: Node, items: Sequence[ItemContent], cases: Sequence[str], screens: Mapping[str, int]
) -> None:
    """Notes a problem for each question that leads to a screen or a vignette that is not there."""
    for given, item in zip(module.children("items"), items, strict=True):
        if item.screen:
            place = SCREEN.fullmatch(item.screen)
            if place is None or int(place["number"]) > screens.get(place["unit"], 0):
                given.refuse(NO_SUCH_SCREEN, "screen")
        if given.has("case"):
            given.known("case", cases)


# What stands beside the lessons of a module: glossary, sources and figures.

FIRST_YEAR, LAST_YEAR = 1800, 2100
LONGEST_ADDRESS = 300
FIGURE = re.compile(r"figures/(?P<code>[A-Za-z0-9-]{1,20})\.(?P<language>[a-z]{2})\.svg")
IMAGE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<code>[^)\s]*)[^)]*\)")
FIGURE_NAME = N_("A figure is named like M2-F1.es.svg.")
NO_FIGURE = N_("There is no figure of this name in this language: %(code)s")
NO_FIGURE_WORDS = N_("Say in words what the figure shows: ![words](%(code)s)")
NO_ADDRESS = N_("Write the whole address, starting with https://.")


def terms_of(module: Node) -> tuple[TermContent, ...]:
    return tuple(
        TermContent(given.localized("term"), given.localized("meaning"))
        for given in module.children("terms", optional=True)
    )


def sources_of(module: Node) -> tuple[SourceContent, ...]:
    return tuple(_source(given) for given in module.children("sources", optional=True))


def _source(node: Node) -> SourceContent:
    has = {key: node.has(key) for key in ("year", "url")}
    url = node.text("url", LONGEST_ADDRESS) if has["url"] else ""
    if url and not is_web_address(url):
        node.refuse(NO_ADDRESS, "url")
    return SourceContent(
        title=node.localized("title"),
        body=node.localized("body", optional=True),
        year=node.integer("year", FIRST_YEAR, LAST_YEAR) if has["year"] else 0,
        kind=node.choice("kind", CitedKind),
        url=url,
        note=node.localized("note", optional=True),
    )


def figures_of(files: Files, folder: str, problems: Problems) -> tuple[FigureContent, ...]:
    """Returns every drawing of the folder, checked."""
    figures = []
    for name in sorted(files):
        if not name.startswith(f"{folder}/") or not name.endswith(".svg"):
            continue
        parts = FIGURE.fullmatch(name.removeprefix(f"{folder}/"))
        if parts is None or parts["language"] not in languages():
            problems.add(name, FIGURE_NAME)
            continue
        try:
            width, height = drawing_size(files[name])
        except DrawingRefused as refused:
            problems.add(name, refused.sentence.msgid, **refused.sentence.params)
            continue
        figures.append(
            FigureContent(
                code=parts["code"],
                language=parts["language"],
                svg=files[name],
                width=width,
                height=height,
            )
        )
    return tuple(figures)


def refuse_lost_figures(
    screens: Node, figures: Iterable[FigureContent], videos: Iterable[VideoContent]
) -> None:
    """Notes a problem for each text that shows a figure that is not there, or shows one without
    words for it. `screens` holds the texts of a unit by language; units without texts have none.
    """
    held = {(figure.code, figure.language) for figure in figures}
    held |= {(video.code, language) for video in videos for language in languages()}
    for language, texts in (screens.value or {}).items():
        for code, words in _images(texts.value):
            if (code, language) not in held:
                texts.refuse(NO_FIGURE, code=code)
            elif not words:
                texts.refuse(NO_FIGURE_WORDS, code=code)


def _images(screens: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields the code and the words of every image in the texts."""
    for screen in screens:
        for image in IMAGE.finditer(screen):
            yield image["code"], image["words"].strip()


# The folder itself: the course, its modules and their units.

COURSE_FILES = (".yaml", ".md", ".svg")
BESIDE = {"checks": "checks.yaml", "terms": "glossary.yaml", "sources": "sources.yaml"}
"""Files that a module may have, by what they hold."""
SCREEN_BREAK = re.compile(r"\n\s*\n---\n\s*\n")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LABEL, SLUG_LENGTH = 20, 60
MOST_MINUTES, MOST_MODULES, MOST_QUESTIONS, MOST_ATTEMPTS = 600, 99, 50, 20
NOT_A_SLUG = N_("Use lower-case letters, digits and hyphens only.")
TWICE = N_("This is used twice in the same place: %(code)s")
NO_SCREENS = N_("The text of this unit is missing in both languages.")
UNEQUAL_SCREENS = N_(
    "Spanish and English must have the same number of screens; here they are %(es)s and %(en)s."
)
EMPTY_SCREEN = N_("Screen %(number)s is empty or cannot be stored.")
ONE_QUIZ = N_("An available module needs exactly one quiz and something to read before it.")
BANK_TOO_SMALL = N_(
    "The quiz draws %(drawn)s questions of %(objective)s, and the bank has %(held)s."
)
DRAW_NOTHING = N_("Say how many questions are drawn of each objective.")
BAD_PASS_MARK = N_("The pass mark is a number above 0 and at most 1.")
NO_WEBINARS = N_("Say which webinars count: kinds of event, series, or events.")
NOT_IDS = N_("A list of ids is needed here, as they stand in the address of a page.")
WEBINAR_KINDS = ("webinar", "workshop", "meeting", "training")
"""Kinds of event that may count; those of governance and congresses are no lessons."""
RESERVED = (
    "attempts",
    "completed",
    "enrolments",
    "figures",
    "files",
    "glossary",
    "questions",
    "sources",
    "start",
    "videos",
)
"""Words that are pages of a course and so no module's address."""
TAKEN_ADDRESS = N_("This word is the address of another page: choose another one.")


def parse_course(files: Files) -> CourseContent:
    """Returns the course in a folder. `files` maps names relative to the folder to their text.
    Raises InvalidInput naming file and field.
    """
    problems = Problems()
    content = course_of(_folder(files, problems))
    problems.refuse_if_any()
    return content


def _folder(files: Files, problems: Problems) -> Node:
    """Returns the files of a folder as one document, in which each field knows its file."""
    course = read_document(files, "course.yaml", problems)
    return course.with_fields(
        guidelines=read_document(files, "sections.yaml", problems),
        modules=[_module_folder(files, entry) for entry in course.children("modules")],
    )


def _module_folder(files: Files, entry: Node) -> Node:
    """Returns an entry of the course with its folder; one that is only announced has none."""
    if not entry.flag("is_available", default=False):
        return entry
    folder, problems = _slug(entry), entry.problems
    document = read_document(files, f"{folder}/module.yaml", problems)
    bank = read_document(files, f"{folder}/bank.yaml", problems)
    units = [_unit_folder(files, folder, unit) for unit in document.children("units")]
    beside = {
        name: read_document(files, f"{folder}/{file}", problems).child(name)
        for name, file in BESIDE.items()
        if f"{folder}/{file}" in files
    }
    if isinstance(bank.value, dict) and bank.has("cases"):
        beside["cases"] = bank.child("cases")
    return entry.with_fields(
        objectives=document.child("objectives"),
        units=replace(document.child("units"), value=units),
        items=bank.child("items"),
        figures=figures_of(files, folder, problems),
        videos=(),  # a folder has none
        **beside,
    )


def _unit_folder(files: Files, folder: str, unit: Node) -> Node:
    """Returns a unit with its screens in each language that has a file."""
    code = unit.value.get("code") if isinstance(unit.value, dict) else None
    names = {language: f"{folder}/{code}.{language}.md" for language in languages()}
    screens = {
        language: Node(SCREEN_BREAK.split(files[name].strip()), name, "", unit.problems)
        for language, name in names.items()
        if name in files
    }
    return unit.with_fields(screens=Node(screens, names[languages()[0]], "", unit.problems))


def course_of(course: Node) -> CourseContent:
    """Returns what a document of a course says, wherever it was written. What is wrong with it is
    noted in the node's problems.
    """
    guidelines = _guidelines(course.child("guidelines"))
    sections = [section.code for section in guidelines.sections]
    modules = tuple(_module(node, sections) for node in course.children("modules"))
    _refuse_twice(course, "modules", [str(module.number) for module in modules])
    _refuse_twice(course, "modules", [module.slug for module in modules])
    months = (
        course.integer("validity_months", 1, 240)
        if course.has("validity_months")
        else VALIDITY_MONTHS
    )
    return CourseContent(
        slug=_slug(course),
        title=course.localized("title"),
        summary=course.localized("summary"),
        edition=course.text("edition", LABEL),
        validity_months=months,
        guidelines=guidelines,
        modules=modules,
        changes=_changes(course, modules),
    )


def _changes(course: Node, modules: Sequence[ModuleContent]) -> tuple[ChangeContent, ...]:
    if not course.has("changes"):
        return ()
    codes = {module.slug: [one.code for one in module.objectives] for module in modules}
    changes = []
    for given in course.children("changes"):
        module = given.known("module", codes)
        objective = given.known("objective", codes.get(module, ()))
        change = given.choice("change", ChangeClass)
        told = given.localized("told", optional=True)
        changes.append(ChangeContent(module, objective, change, told))
    _refuse_twice(course, "changes", [f"{one.module} {one.objective}" for one in changes])
    return tuple(changes)


def _slug(node: Node) -> str:
    slug = node.text("slug", SLUG_LENGTH)
    if slug and not SLUG.fullmatch(slug):
        node.refuse(NOT_A_SLUG, "slug")
    return slug


def _refuse_twice(node: Node, key: str, codes: Sequence[str]) -> None:
    for code, times in Counter(codes).items():
        if times > 1 and code:
            node.child(key).refuse(TWICE, code=code)


def _guidelines(node: Node) -> GuidelineContent:
    sections = tuple(
        SectionContent(
            given.text("code", CODE),
            given.localized("title"),
            given.flag("is_verified", default=True),
        )
        for given in node.children("sections")
    )
    _refuse_twice(node, "sections", [section.code for section in sections])
    note = node.localized("source_note", optional=True)
    return GuidelineContent(node.text("label", LABEL), node.localized("title"), note, sections)


def _module(node: Node, sections: Sequence[str]) -> ModuleContent:
    """Returns a module. One that is only announced says nothing of what it will hold."""
    if node.child("slug").value in RESERVED:
        node.refuse(TAKEN_ADDRESS, "slug")
    is_available = node.flag("is_available", default=False)
    announced = ModuleContent(
        number=node.integer("number", 1, MOST_MODULES),
        slug=_slug(node),
        title=node.localized("title"),
        outcome=node.localized("outcome"),
        minutes=_minutes(node, is_needed=not is_available),
        is_available=is_available,
    )
    if not is_available:
        return announced
    objectives = tuple(
        ObjectiveContent(
            given.text("code", CODE), given.localized("text"), given.codes("sections", sections)
        )
        for given in node.children("objectives")
    )
    codes = [objective.code for objective in objectives]
    items = tuple(item_of(given, codes, sections) for given in node.children("items"))
    cases = cases_of(node)
    units = tuple(_unit(given, items) for given in node.children("units"))
    to_read = [unit for unit in units if unit.quiz is None and unit.webinar is None]
    screens = {unit.code: unit.screen_count for unit in to_read}
    refuse_lost_places(node, items, [case.code for case in cases], screens)
    checks = checks_of(node, screens)
    figures, videos = node.child("figures").value or (), node.child("videos").value or ()
    for given in node.children("units"):
        refuse_lost_figures(given.child("screens"), figures, videos)
    _refuse_twice(node, "objectives", codes)
    _refuse_twice(node, "units", [unit.code for unit in units])
    _refuse_twice(node, "items", [item.code for item in items])
    _refuse_twice(node, "cases", [case.code for case in cases])
    _refuse_twice(node, "checks", [check.code for check in checks])
    if [unit.kind for unit in units].count(UnitKind.QUIZ) != 1 or not to_read:
        node.child("units").refuse(ONE_QUIZ)
    module = replace(
        announced,
        objectives=objectives,
        units=units,
        items=items,
        cases=cases,
        checks=checks,
        terms=terms_of(node),
        sources=sources_of(node),
        figures=figures,
        videos=videos,
    )
    return _with_minutes(module)


def _minutes(node: Node, *, is_needed: bool) -> int:
    """Returns the minutes that are written down, or 0 where they are left to measuring."""
    if not is_needed and not node.has("minutes"):
        return 0
    return node.integer("minutes", 1, MOST_MINUTES)


def _with_minutes(module: ModuleContent) -> ModuleContent:
    """Measures what nobody wrote down, from the texts themselves."""
    measured = minutes_of(module)
    units = tuple(
        replace(unit, minutes=unit.minutes or measured[unit.code]) for unit in module.units
    )
    return replace(
        module, units=units, minutes=module.minutes or sum(unit.minutes for unit in units)
    )


def _unit(node: Node, items: Sequence[ItemContent]) -> UnitContent:
    code, kind = node.text("code", CODE), node.choice("kind", UnitKind)
    minutes = _minutes(node, is_needed=kind is UnitKind.WEBINAR)
    title = node.localized("title")
    if kind is UnitKind.QUIZ:
        return UnitContent(code, kind, minutes, title, quiz=_quiz(node, items))
    if kind is UnitKind.WEBINAR:
        is_optional = node.flag("is_optional", default=False)
        webinar = _webinar(node.child("webinar"))
        return UnitContent(code, kind, minutes, title, webinar=webinar, is_optional=is_optional)
    written: Mapping[Language, Node] = node.child("screens").value or {}
    screens = {language: _screens(texts) for language, texts in written.items()}
    if not screens:
        node.child("screens").refuse(NO_SCREENS)
    if len({len(given) for given in screens.values()}) > 1:
        written["en"].refuse(UNEQUAL_SCREENS, es=len(screens["es"]), en=len(screens["en"]))
    return UnitContent(code, kind, minutes, title, screens)


def _screens(texts: Node) -> tuple[str, ...]:
    screens = tuple(screen.strip() for screen in texts.value)
    for number, screen in enumerate(screens, start=1):
        if not screen or not is_storable(screen):
            texts.refuse(EMPTY_SCREEN, number=number)
    return screens


def _webinar(node: Node) -> WebinarContent:
    """Returns which webinars count, and how many per cent of their minutes."""

    def listed(key: str, known: Sequence[str] | None = None) -> tuple[str, ...]:
        given = node.child(key).value
        if given is None:
            return ()
        if known is not None:
            return node.codes(key, known)
        if not isinstance(given, list) or not all(_is_id(one) for one in given):
            node.refuse(NOT_IDS, key)
            return ()
        return tuple(given)

    kinds = listed("kinds", WEBINAR_KINDS)
    series, events = listed("series"), listed("events")
    if not kinds and not series and not events:
        node.refuse(NO_WEBINARS)
    percent = node.integer("percent", 1, 100) if node.has("percent") else ENOUGH
    return WebinarContent(percent, kinds, series, events)


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _quiz(node: Node, items: Sequence[ItemContent]) -> QuizContent:
    plan, held = node.child("draw"), Counter(item.objective for item in items)
    given = plan.value if isinstance(plan.value, dict) else {}
    draw = {str(objective): plan.integer(objective, 1, MOST_QUESTIONS) for objective in given}
    if not draw:
        node.refuse(DRAW_NOTHING, "draw")
    for objective, drawn in draw.items():
        if drawn > held[objective]:
            plan.refuse(
                BANK_TOO_SMALL, objective, drawn=drawn, objective=objective, held=held[objective]
            )
    mark = node.child("pass_mark").value
    if isinstance(mark, bool) or not isinstance(mark, int | float) or not 0 < mark <= 1:
        node.refuse(BAD_PASS_MARK, "pass_mark")
        mark = 1
    return QuizContent(
        draw=draw,
        pass_mark=Decimal(str(mark)).quantize(Decimal("0.001")),
        pause_minutes=node.integer("pause_minutes", 0, 10_080),
        max_attempts=node.integer("max_attempts", 1, MOST_ATTEMPTS)
        if node.has("max_attempts")
        else 0,
    )
