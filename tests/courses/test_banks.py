"""Banks of questions that ask what was read: somebody who has not read the lessons, and goes by
length, place or a kind tone, passes no quiz of any course in either language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pytest

from app.training.learning.cli import read_folder
from app.training.learning.forms.folder import parse_course
from app.training.learning.rules import quiz
from app.training.learning.values import CourseContent, ItemContent, ItemKind, ModuleContent
from app.web.render import emphasised

COURSES = Path(__file__).parents[2] / "courses"
LANGUAGES = ("es", "en")
FEWEST_ITEMS, FEWEST_CRITICAL = 24, 3
SITTINGS = 300
"""Quizzes drawn for each guesser; the seed is fixed, so the figures are the same every time."""

LUCK = 0.03
"""The share of sittings that a guesser may pass: of quizzes that ask ten and need eight, pure chance
among three options passes 0.3 %, and who is right in 45 of 100 passes 2.7 %.
"""

KIND_WORDS = {
    "es": "apoyo calma confianza consent cuid escuch explic juntas juntos libre ofre pregunt priva "
    "protege respet segur siempre tranquil voluntad",
    "en": "ask calm care choice comfort consent explain gentl help invite kind listen offer privat "
    "protect reassur respect safe support together trust willing",
}

Guess = Callable[[ItemContent, str, Random], Sequence[int]]


@cache
def courses() -> dict[str, CourseContent]:
    return {
        file.parent.name: parse_course(read_folder(file.parent))
        for file in sorted(COURSES.glob("*/course.yaml"))
    }


def modules() -> dict[str, ModuleContent]:
    return {
        f"{name}-{module.number}": module
        for name, course in courses().items()
        for module in course.modules
        if module.is_available
    }


each_module = pytest.mark.parametrize(
    "module", [pytest.param(module, id=name) for name, module in modules().items()]
)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def singles(module: ModuleContent) -> list[ItemContent]:
    return [item for item in module.items if item.kind is ItemKind.SINGLE]


def key_of(item: ItemContent) -> tuple[int, ...]:
    """The right options by their place in the file; of an ordering all of them, in order."""
    if item.kind is ItemKind.ORDERING:
        return tuple(range(len(item.options)))
    return tuple(place for place, option in enumerate(item.options) if option.is_correct)


def lengths(item: ItemContent, language: str) -> list[int]:
    return [len(option.text[language]) for option in item.options]


@each_module
def test_a_bank_is_deep_enough_and_its_critical_questions_are_few(module: ModuleContent) -> None:
    assert len(module.items) >= FEWEST_ITEMS
    critical = [item.code for item in module.items if item.is_critical]
    assert FEWEST_CRITICAL <= len(critical) <= FEWEST_ITEMS / 3, critical


@each_module
def test_every_question_says_where_its_reason_is_read(module: ModuleContent) -> None:
    assert [item.code for item in module.items if not item.screen] == []


@each_module
@each_language
def test_neither_length_nor_place_gives_the_key_away(module: ModuleContent, language: str) -> None:
    """Among three options each is the longest, the shortest and in each place by chance once in
    three.
    """
    asked = singles(module)
    most = ceil(0.4 * len(asked))
    longest = [i.code for i in asked if _at_key(i, language) == max(lengths(i, language))]
    shortest = [i.code for i in asked if _at_key(i, language) == min(lengths(i, language))]
    places = [key_of(item)[0] for item in asked]
    ratio = mean(_at_key(item, language) for item in asked) / mean(
        length
        for item in asked
        for place, length in enumerate(lengths(item, language))
        if place not in key_of(item)
    )

    assert len(longest) <= most, longest
    assert len(shortest) <= most, shortest
    assert all(places.count(place) <= ceil(0.45 * len(asked)) for place in range(3)), places
    assert 0.9 <= ratio <= 1.1


def _at_key(item: ItemContent, language: str) -> int:
    return lengths(item, language)[key_of(item)[0]]


# Guessers


def by_length(item: ItemContent, language: str, rng: Random) -> Sequence[int]:
    sizes = lengths(item, language)
    return sorted(range(len(sizes)), key=lambda place: -sizes[place])


def by_kindness(item: ItemContent, language: str, rng: Random) -> Sequence[int]:
    """What sounds kind and careful; among equals, by chance."""
    words = KIND_WORDS[language].split()
    told = [option.text[language].lower() for option in item.options]
    order = rng.sample(range(len(told)), len(told))
    return sorted(order, key=lambda place: -sum(told[place].count(word) for word in words))


def by_the_middle(item: ItemContent, language: str, rng: Random) -> Sequence[int]:
    """The option of middling length: neither the bold one nor the timid one."""
    sizes = lengths(item, language)
    half = sorted(sizes)[len(sizes) // 2]
    return sorted(range(len(sizes)), key=lambda place: abs(sizes[place] - half))


GUESSERS: Mapping[str, Guess] = {
    "longest": by_length,
    "kindest": by_kindness,
    "middle": by_the_middle,
}


def is_guessed(item: ItemContent, liked: Sequence[int], rng: Random) -> bool:
    """Whether a guesser who likes the options in that order hits the key. Of a multiple one they
    mark two; the lines of an ordering they leave as shown, which is by chance.
    """
    if item.kind is ItemKind.ORDERING:
        return rng.sample(key_of(item), len(item.options)) == list(key_of(item))
    return quiz.is_right(key_of(item), liked[: 2 if item.kind is ItemKind.MULTIPLE else 1])


@dataclass(frozen=True)
class Sittings:
    passed: float
    """Share of quizzes passed."""
    hit: list[str]
    """Questions of the bank that the guesser gets right."""


def sit(module: ModuleContent, language: str, guess: Guess) -> Sittings:
    rng = Random(f"{module.slug} {language} {guess.__name__}")
    [plan] = [unit.quiz for unit in module.units if unit.quiz]
    by_number = dict(enumerate(module.items))
    bank = [
        quiz.BankItem(number, item.objective, item.kind, tuple(range(len(item.options))))
        for number, item in by_number.items()
    ]
    passes = 0
    for _sitting in range(SITTINGS):
        drawn = [by_number[asked.item_id] for asked in quiz.draw(bank, plan.draw, rng)]
        right = [is_guessed(item, guess(item, language, rng), rng) for item in drawn]
        wrong = sum(item.is_critical and not hit for item, hit in zip(drawn, right, strict=True))
        passes += quiz.is_pass(sum(right), len(drawn), plan.pass_mark, wrong)
    hit = [i.code for i in module.items if is_guessed(i, guess(i, language, rng), rng)]
    return Sittings(passes / SITTINGS, hit)


@each_module
@each_language
@pytest.mark.parametrize("name", GUESSERS)
def test_who_has_not_read_the_lessons_does_not_pass(
    module: ModuleContent, language: str, name: str
) -> None:
    result = sit(module, language, GUESSERS[name])

    assert result.passed <= LUCK, (result.passed, result.hit)
    assert len(result.hit) <= len(module.items) / 2, result.hit


def test_a_guesser_is_caught_where_the_key_is_always_the_longest() -> None:
    module = next(iter(modules().values()))
    told = [_longest_key(item) for item in module.items]

    given_away = type(module)(**{**vars(module), "items": tuple(told)})
    assert sit(given_away, "es", by_length).passed > LUCK


def _longest_key(item: ItemContent) -> ItemContent:
    options = tuple(
        type(option)(
            option.is_correct, option.text.map(lambda t: t + " y más" * 40), option.feedback
        )
        if option.is_correct
        else option
        for option in item.options
    )
    fields: dict[str, Any] = {**vars(item), "options": options}
    return type(item)(**fields)


@each_module
def test_no_question_shows_raw_markup(module: ModuleContent) -> None:
    """What an author set in bold is bold at the screen, and no asterisk is left in any line."""
    lines = [
        text
        for item in module.items
        for text in (
            item.stem,
            item.explanation,
            *(part for one in item.options for part in (one.text, one.feedback)),
        )
    ]
    lines += [case.text for case in module.cases]
    lines += [
        text
        for check in module.checks
        for text in (check.stem, *(one.text for one in check.options))
    ]
    for text in lines:
        for language in LANGUAGES:
            assert "*" not in emphasised(text[language]), text
