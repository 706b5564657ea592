"""The courses as one work: one person, one name; one term, one meaning; every claim of law with its
source and its day.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.courses.test_content import LANGUAGES, bilingual_texts, read_yaml

COURSES = Path(__file__).parents[2] / "courses"
MODULES = sorted(file.parent for file in COURSES.glob("*/*/module.yaml"))
PLACES = """Art Belém Cartagena Colón Costa Danlí Doña Guatemala Honduras Luz Marrakech Nicaragua
Ocotepeque Palermo Pará Pro Puebla Regular Rica Salvador San"""
"""Written with a capital in both languages and nobody's name: places, a shelter, treaties."""
NAME = re.compile(r"(?<=[\wáéíóúñü,;:»”’'] )([A-ZÁÉÍÓÚÑ][a-záéíóúüñ']{2,})\b")
WORD = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúüñ']+\b")
SMALL = re.compile(r"\b[a-záéíóúüñ']+\b")
DEPOSITARY = {"es": re.compile(r"ONU|OEA|OIT"), "en": re.compile(r"UN|OAS|ILO")}
DAY = re.compile(r"\b(?:19|20)\d\d\b")

each_module = pytest.mark.parametrize(
    "folder",
    [pytest.param(one, id=f"{one.parent.name[:10]}-{one.name[:2]}") for one in MODULES],
)


def told(folder: Path, language: str) -> str:
    """All that a learner of the module reads in a language."""
    documents = ("bank.yaml", "checks.yaml", "glossary.yaml", "module.yaml")
    texts = [file.read_text("utf-8") for file in sorted(folder.glob(f"*.{language}.md"))]
    texts += [
        text[language]
        for name in documents
        for _where, text in bilingual_texts(read_yaml(folder / name))
    ]
    return "\n".join(texts)


def people() -> dict[str, list[str]]:
    """The names of each module, by its place under `courses/`."""
    return {
        place: [person["name"] for person in invented]
        for place, invented in read_yaml(COURSES / "people.yaml").items()
    }


def capitals(pattern: re.Pattern[str], text: str) -> set[str]:
    return {word.removesuffix("'s") for word in pattern.findall(text)}


def place_of(folder: Path) -> str:
    return folder.relative_to(COURSES).as_posix()


def words_of(name: str) -> set[str]:
    return capitals(NAME, f"x {name}") - {"Don", "Doña"}


def test_a_name_belongs_to_one_person_of_all_courses() -> None:
    given = Counter(name for names in people().values() for name in names)

    assert set(people()) == {place_of(folder) for folder in MODULES}
    assert [name for name, times in given.items() if times > 1] == []


@each_module
def test_a_module_names_its_own_people_and_nobody_elses(folder: Path) -> None:
    own = {word for name in people()[place_of(folder)] for word in words_of(name)}
    for language in LANGUAGES:
        text = told(folder, language)
        written = capitals(WORD, text)
        foreign = {
            name
            for place, names in people().items()
            if place != place_of(folder)
            for name in names
            if words_of(name) & written - own
        }
        assert foreign == set()
        assert own - written == set(), "a name in the list that the texts do not have"


@each_module
def test_every_invented_person_stands_in_the_list(folder: Path) -> None:
    """A name is written alike in both languages and never without its capital."""
    both = capitals(NAME, told(folder, "es")) & capitals(NAME, told(folder, "en"))
    small = {word for language in LANGUAGES for word in SMALL.findall(told(folder, language))}
    listed = {word for names in people().values() for name in names for word in words_of(name)}

    assert {
        word for word in both - set(PLACES.split()) - listed if word.lower() not in small
    } == set()


def terms() -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in MODULES:
        for term in read_yaml(folder / "glossary.yaml")["terms"]:
            yield folder, term


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_means_the_same_in_every_glossary(language: str) -> None:
    meanings: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for _folder, term in terms():
        key = term["term"][language].casefold()
        meanings[key].add((*term["term"].values(), term["meaning"][language]))

    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


def test_a_term_begins_with_a_capital_in_both_languages() -> None:
    assert [
        term["term"]
        for _folder, term in terms()
        if any(term["term"][language][0].islower() for language in LANGUAGES)
    ] == []


@each_module
def test_glossary_and_sources_show_no_raw_markup(folder: Path) -> None:
    for name in ("glossary.yaml", "sources.yaml"):
        for _where, text in bilingual_texts(read_yaml(folder / name)):
            assert [words for words in text.values() if "*" in words or "_" in words] == []


@each_module
def test_every_source_can_be_opened(folder: Path) -> None:
    sources = read_yaml(folder / "sources.yaml")["sources"]

    assert [
        source["title"]["en"]
        for source in sources
        if not str(source.get("url", "")).startswith("https://")
    ] == []


def test_a_source_is_called_alike_and_has_one_address_in_all_modules() -> None:
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for folder in MODULES:
        for source in read_yaml(folder / "sources.yaml")["sources"]:
            named[source["title"]["en"].casefold()].add((source["title"]["es"], source["url"]))

    assert {title: found for title, found in named.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_treaty_in_the_table_has_its_day_and_its_record(language: str) -> None:
    """Who is party changes: each row says who keeps the record and of which year the answer is."""
    lesson = COURSES / "guidelines" / "01-framework" / f"M1-L2.{language}.md"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lesson.read_text("utf-8").splitlines()
        if line.startswith("|")
    ][2:]

    assert len(rows) >= 9
    for treaty, parties, record in rows:
        assert len(parties) >= 2, treaty
        assert DEPOSITARY[language].search(record), treaty
        assert DAY.search(record), treaty
