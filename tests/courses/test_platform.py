"""What lessons say of this platform is true: each such sentence leads to the page it speaks of."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.web.locale import LANGUAGE_COOKIE
from app.web.markdown import rich_text
from tests.support import apps, databases
from tests.support.actors import sign_in
from tests.support.lifetime import close_app

LESSONS = Path(__file__).parents[2] / "courses"
MODULE_8 = LESSONS / "guidelines" / "08-planning-and-review"
PLATFORM = {"es": "esta plataforma", "en": "this platform"}
NAMED = {
    "es": ("Enviar la matriz", "Detenida", "Sin cambio"),
    "en": ("Send the matrix", "At a standstill", "No change"),
}
"""What module 8 prints in italics of the matrix, as the matrix writes it."""
LINK = re.compile(r'<a href="(/[^"]*)"[^>]*>([^<]+)</a>')
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo")
    url = databases.sqlite_copy(databases.demo_sqlite(), folder / "convoca.sqlite3")
    app = apps.made(databases.settings_for(url, folder, demo=True))
    yield app
    close_app(app)


def sentences(folder: Path, language: str) -> list[str]:
    """Returns the paragraphs in which lessons name the platform."""
    texts = "\n\n".join(one.read_text("utf-8") for one in sorted(folder.glob(f"*.{language}.md")))
    return [one for one in texts.split("\n\n") if PLATFORM[language] in one]


@pytest.mark.parametrize("language", sorted(PLATFORM))
def test_an_official_opens_each_page_that_module_8_speaks_of(demo: Flask, language: str) -> None:
    said = sentences(MODULE_8, language)
    assert len(said) == len(sentences(MODULE_8, "es")) == 3
    client = demo.test_client()
    sign_in(client, "official-hn")
    client.set_cookie(LANGUAGE_COOKIE, language)
    pages = set()
    for paragraph in said:
        links = LINK.findall(str(rich_text(paragraph)))
        assert links, f"without a link: {paragraph}"
        for address, words in links:
            page = client.get(address)
            assert page.status_code == 200, address
            [heading] = HEADING.findall(page.text)
            assert words.casefold() in heading.casefold(), address
            pages.add(address)
    assert pages == {"/matrix", "/agreements", "/guidelines", "/guidelines/review"}


@pytest.mark.parametrize("language", sorted(PLATFORM))
def test_the_matrix_has_the_words_and_the_choice_that_module_8_names(
    demo: Flask, language: str
) -> None:
    lesson = (MODULE_8 / f"M8-L1.{language}.md").read_text("utf-8").casefold()
    client = demo.test_client()
    sign_in(client, "focal-point-hn")
    client.set_cookie(LANGUAGE_COOKIE, language)
    page = client.get("/countries/HN/matrix").text
    for words in NAMED[language]:
        assert f"*{words}*".casefold() in lesson
        assert f">{words}<" in page
    rows = page.split('<form class="matrix-form"')[1:]
    assert rows
    for row in rows:  # "Only your country, the RCM or anyone. Choose row by row."
        offered = re.findall(
            r'<option[^>]* value="(region|country|public)"', row.split("</form>")[0]
        )
        assert len(set(offered)) == 3


def test_no_other_lesson_names_the_platform_without_a_link() -> None:
    for language in PLATFORM:
        for folder in sorted(LESSONS.glob("*/*/")):
            for paragraph in sentences(folder, language):
                assert "](/" in paragraph, f"{folder.name}: {paragraph}"
