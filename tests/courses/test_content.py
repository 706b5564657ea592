"""The content of the Guidelines course as its authors left it: whole, in both languages, without
anyone's data.

A test of many questions or texts is one test for each module and names all that are wrong: each by
itself would be a fifth of all tests of this house.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import yaml

COURSE = Path(__file__).parents[2] / "courses" / "guidelines"
LANGUAGES = ("es", "en")
# Kind of item: fewest and most options, fewest and most right.
OPTION_COUNTS = {
    "single": (3, 4, 1, 1),
    "multiple": (4, 5, 2, 3),
    "truefalse": (2, 2, 1, 1),
    "ordering": (3, 5, 0, 0),
}
SECTION_DOTTED = re.compile(r"\b(?:III|IV|II|I)\.\d+\b")
# The Introduction has no dot: "(I)", "(Guidelines, I)" or "(I, …", never the English pronoun.
SECTION_CITED = re.compile(SECTION_DOTTED.pattern + r"|(?<=\()I(?=[,)])|(?<=s, )I(?=[,)])")
# Figures of the module itself may be shown, and tables of three narrow columns.
FIGURE = re.compile(r"!\[[^\]]+\]\(M\d-F\d\)")
FORBIDDEN_MARKUP = re.compile(r"!\[|^(?:[ \t]*\|[^|\n]*){5,}|<[A-Za-z/!]", re.MULTILINE)
WEB_ADDRESS = re.compile(r"https://\S+")
PERSONAL_DATA = {
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "phone": re.compile(r"\+?\(?\d(?:[ ().-]{0,2}\d){6,}"),
    "passport": re.compile(r"\b[A-Z]{1,3}[ -]?\d{5,9}\b"),
}


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C takes a tenth of the time


@cache
def read_yaml(path: Path) -> Any:
    """The document, of which all tests have the same copy."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # both are the safe loader


def published_modules() -> list[str]:
    return [
        module["slug"]
        for module in read_yaml(COURSE / "course.yaml")["modules"]
        if module["published"]
    ]


@cache
def section_codes() -> frozenset[str]:
    return frozenset(section["code"] for section in read_yaml(COURSE / "sections.yaml")["sections"])


def bilingual_texts(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping that speaks a language, with the path that leads to it."""
    if isinstance(node, dict):
        if set(node) & set(LANGUAGES):
            yield where, node
        for key, value in node.items():
            yield from bilingual_texts(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from bilingual_texts(value, f"{where}[{index}]")


@cache
def screens(path: Path) -> list[str]:
    return [
        screen.strip()
        for screen in re.split(r"\n\s*\n---\n\s*\n", path.read_text(encoding="utf-8").strip())
    ]


def texts_of(slug: str) -> list[tuple[str, str]]:
    """(unit code, language) of each Markdown file the module declares."""
    units = read_yaml(COURSE / slug / "module.yaml")["units"]
    return [
        (unit["code"], language)
        for unit in units
        if unit["kind"] != "quiz"
        for language in LANGUAGES
    ]


def paths_of(slug: str) -> list[Path]:
    return [COURSE / slug / f"{code}.{language}.md" for code, language in texts_of(slug)]


def items_of(slug: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = read_yaml(COURSE / slug / "bank.yaml")["items"]
    return items


def personal_data(text: str) -> list[str]:
    return [
        f"{kind}: {found.group()}"
        for kind, shape in PERSONAL_DATA.items()
        for found in shape.finditer(WEB_ADDRESS.sub("", text))
    ]


each_module = pytest.mark.parametrize("slug", published_modules())


def test_the_course_lists_its_eight_modules_in_order_and_all_are_open() -> None:
    modules = read_yaml(COURSE / "course.yaml")["modules"]

    assert [module["number"] for module in modules] == list(range(1, 9))
    assert [module["number"] for module in modules if module["published"]] == list(range(1, 9))


def test_the_course_and_the_sections_speak_of_the_same_version_of_the_guidelines() -> None:
    assert (
        read_yaml(COURSE / "course.yaml")["guideline_version"]
        == read_yaml(COURSE / "sections.yaml")["version"]
    )


def test_the_ten_guiding_principles_stand_in_order_and_no_code_twice() -> None:
    codes = [section["code"] for section in read_yaml(COURSE / "sections.yaml")["sections"]]

    assert [code for code in codes if code.startswith("III.")] == [
        f"III.{number}" for number in range(1, 11)
    ]
    assert len(codes) == len(set(codes))


def test_only_the_approaches_missing_from_the_public_copy_are_marked_as_not_verified() -> None:
    sections = read_yaml(COURSE / "sections.yaml")["sections"]

    assert [section["code"] for section in sections if section.get("verified") is False] == [
        "IV.2",
        "IV.3",
        "IV.4",
    ]


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in sorted(COURSE.glob("*.yaml"))]
)
def test_course_files_speak_both_languages(path: Path) -> None:
    assert_both_languages(read_yaml(path))


@each_module
@pytest.mark.parametrize("name", ["module.yaml", "bank.yaml"])
def test_module_files_speak_both_languages(slug: str, name: str) -> None:
    assert_both_languages(read_yaml(COURSE / slug / name))


def assert_both_languages(document: Any) -> None:
    found = list(bilingual_texts(document))

    assert found
    for where, text in found:
        assert set(text) == set(LANGUAGES), where
        assert all(isinstance(words, str) and words.strip() for words in text.values()), where


@each_module
def test_a_module_agrees_with_its_entry_in_the_course(slug: str) -> None:
    entry = next(
        module for module in read_yaml(COURSE / "course.yaml")["modules"] if module["slug"] == slug
    )
    module = read_yaml(COURSE / slug / "module.yaml")

    for field in ("number", "slug", "title"):
        assert module[field] == entry[field], field


@each_module
def test_minutes_are_measured_and_nobody_writes_them_down(slug: str) -> None:
    files = (read_yaml(COURSE / "course.yaml"), read_yaml(COURSE / slug / "module.yaml"))

    written = [
        part["title"]
        for file in files
        for part in file.get("modules", file.get("units"))
        if "minutes" in part
    ]
    assert written == []


@each_module
def test_lessons_come_first_then_one_case_then_one_quiz(slug: str) -> None:
    kinds = [unit["kind"] for unit in read_yaml(COURSE / slug / "module.yaml")["units"]]

    assert kinds[-2:] == ["case", "quiz"]
    assert set(kinds[:-2]) == {"page"}
    assert 4 <= len(kinds[:-2]) <= 6


@each_module
def test_objectives_cite_sections_that_exist(slug: str) -> None:
    for objective in read_yaml(COURSE / slug / "module.yaml")["objectives"]:
        assert objective["sections"], objective["code"]
        assert set(objective["sections"]) <= section_codes(), objective["code"]


@each_module
def test_the_folder_holds_the_declared_texts_and_no_stray_one(slug: str) -> None:
    declared = {f"{code}.{language}.md" for code, language in texts_of(slug)}

    assert {path.name for path in (COURSE / slug).glob("*.md")} == declared


@each_module
def test_both_languages_tell_a_unit_in_the_same_number_of_screens(slug: str) -> None:
    for code in {code for code, _ in texts_of(slug)}:
        spanish, english = (
            screens(COURSE / slug / f"{code}.{language}.md") for language in LANGUAGES
        )
        assert len(spanish) == len(english), code
        assert 4 <= len(spanish) <= 7, code


@each_module
def test_a_screen_holds_one_idea_that_fits_a_phone(slug: str) -> None:
    for path in paths_of(slug):
        for screen in screens(path):
            title = screen.splitlines()[0]
            assert re.match(r"## \S", title), (path.name, title)
            assert screen.count("\n## ") == 0, (path.name, title)
            words = sum(any(map(str.isalnum, word)) for word in screen.split())
            assert 40 <= words <= 170, (path.name, title)


@each_module
def test_a_text_has_no_foreign_images_wide_tables_or_raw_html(slug: str) -> None:
    for path in paths_of(slug):
        text = FIGURE.sub("", path.read_text(encoding="utf-8"))
        assert not FORBIDDEN_MARKUP.search(text), path.name


@each_module
def test_a_text_cites_only_sections_that_exist(slug: str) -> None:
    for path in paths_of(slug):
        cited = set(SECTION_DOTTED.findall(path.read_text(encoding="utf-8")))
        assert cited <= section_codes(), path.name


@each_module
def test_the_quiz_draws_eight_to_ten_questions_from_objectives_of_its_module(slug: str) -> None:
    module = read_yaml(COURSE / slug / "module.yaml")
    quiz = module["units"][-1]

    assert set(quiz["draw"]) == {objective["code"] for objective in module["objectives"]}
    assert 8 <= sum(quiz["draw"].values()) <= 10
    assert 0.7 <= quiz["pass_mark"] <= 0.8
    assert quiz["pause_minutes"] > 0


@each_module
def test_the_bank_is_deep_enough_for_a_second_attempt_to_differ(slug: str) -> None:
    items = items_of(slug)
    draw = read_yaml(COURSE / slug / "module.yaml")["units"][-1]["draw"]

    assert len(items) >= 24
    assert len({item["code"] for item in items}) == len(items)
    for objective, drawn in draw.items():
        assert sum(item["objective"] == objective for item in items) >= 2 * drawn, objective


@each_module
def test_an_item_belongs_to_an_objective_and_a_section(slug: str) -> None:
    objectives = {
        objective["code"] for objective in read_yaml(COURSE / slug / "module.yaml")["objectives"]
    }
    strays = [
        item["code"]
        for item in items_of(slug)
        if item["objective"] not in objectives or item["section"] not in section_codes()
    ]

    assert strays == []


@each_module
def test_an_item_has_the_options_of_its_kind(slug: str) -> None:
    for item in items_of(slug):
        fewest, most, fewest_right, most_right = OPTION_COUNTS[item["kind"]]
        options, code = item["options"], item["code"]
        right = [option.get("correct", False) for option in options]

        assert fewest <= len(options) <= most, code
        assert all(("correct" in option) is (item["kind"] != "ordering") for option in options), (
            code
        )
        assert fewest_right <= sum(right) <= most_right, code
        for language in LANGUAGES:
            assert len({option["text"][language] for option in options}) == len(options), code


@each_module
def test_every_option_explains_itself_with_a_section_of_the_guidelines(slug: str) -> None:
    silent = [
        (item["code"], part["feedback"][language])
        for item in items_of(slug)
        for part in ([item] if item["kind"] == "ordering" else item["options"])
        for language in LANGUAGES
        if not set(SECTION_CITED.findall(part["feedback"][language])) & section_codes()
    ]

    assert silent == []


@each_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_neither_place_nor_length_gives_the_right_answer_away(slug: str, language: str) -> None:
    """Someone who always marks the same place, the longest or the shortest option, must not come
    near the pass mark; and the right answers are on average no longer than the others.
    """
    singles = [item for item in items_of(slug) if item["kind"] == "single"]
    right = [[option["correct"] for option in item["options"]].index(True) for item in singles]
    lengths = [[len(option["text"][language]) for option in item["options"]] for item in singles]
    pairs = list(zip(right, lengths, strict=True))
    wrong = [size for at, length in pairs for place, size in enumerate(length) if place != at]

    assert max(right.count(place) for place in range(3)) <= 0.4 * len(singles)
    assert sum(length[at] == max(length) for at, length in pairs) <= 0.4 * len(singles)
    assert sum(length[at] == min(length) for at, length in pairs) <= 0.4 * len(singles)
    assert 0.92 <= mean(length[at] for at, length in pairs) / mean(wrong) <= 1.08


@each_module
def test_some_questions_are_critical_some_share_a_case_and_some_are_put_in_order(slug: str) -> None:
    items = items_of(slug)

    assert 3 <= sum(item.get("critical", False) for item in items) <= 6
    assert 3 <= sum("case" in item for item in items) <= 6
    assert sum(item["kind"] == "ordering" for item in items) >= 2


@each_module
def test_an_item_names_the_screen_that_says_why(slug: str) -> None:
    for item in items_of(slug):
        unit, _, number = item["screen"].partition("#")
        there = len(screens(COURSE / slug / f"{unit}.es.md"))

        assert 1 <= int(number) <= there, item["code"]


def test_nothing_looks_like_a_persons_data() -> None:
    paths = [path for path in sorted(COURSE.rglob("*")) if path.suffix in {".md", ".yaml"}]
    found = {path.name: data for path in paths if (data := personal_data(path.read_text("utf-8")))}

    assert len(paths) > 100
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "escriba a elena@example.org",
        "llame al 2222-3344",
        "+503 7000 1234",
        "(506) 8888.7777",
        "pasaporte A1234567",
    ],
)
def test_the_search_for_personal_data_finds_it(text: str) -> None:
    assert personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "La núm. 26, de 2008",
        "objetivos 3, 4, 7, 12 y 14",
        "(1951) y su Protocolo (1967)",
        "72 horas",
    ],
)
def test_the_search_for_personal_data_leaves_ordinary_numbers_alone(text: str) -> None:
    assert personal_data(text) == []
