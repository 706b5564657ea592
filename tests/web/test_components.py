"""Form parts: sentences are tied to their fields, the summary's links lead somewhere, what was
typed is kept.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import FileSystemLoader
from werkzeug.datastructures import MultiDict
from wtforms import DateField, FieldList, Form, FormField, StringField
from wtforms.validators import InputRequired

from app.kernel.paging import Paging
from app.web.fields import SelectMultipleField
from tests.web.test_static import TEMPLATES

PAGE = """{% from "components/forms.html" import error_summary, field %}
{% from "components/range_bar.html" import range_bar %}
{{ error_summary(form) }}{% for f in form if f.type != "FieldList" %}{{ field(f, hint="hint") }}{% endfor %}
{% for row in form.rows %}{{ field(row.form.who) }}{% endfor %}"""

PAGES = '{% from "components/pagination.html" import pagination %}{{ pagination(paging, address) }}'


class Row(Form):
    who = StringField("Who", [InputRequired("Write the name.")])


class Plan(Form):
    title = StringField("Title", [InputRequired("Write a <title>.")])
    on = DateField("Date", [InputRequired("Write the day.")])
    countries = SelectMultipleField(
        "Countries",
        [InputRequired("Tick a country.")],
        choices=[("CR", "Costa Rica"), ("PA", "Panama")],
    )
    rows = FieldList(FormField(Row), min_entries=1)


@pytest.fixture
def pages() -> Iterator[Flask]:
    app = Flask("components")
    app.jinja_loader = FileSystemLoader(TEMPLATES)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    with app.test_request_context():
        yield app


def filled(**typed: str) -> Plan:
    form = Plan(MultiDict({"rows-0-who": "", **typed}))
    form.validate()
    return form


def render(app: Flask, source: str, **values: object) -> str:
    return app.jinja_env.from_string(source).render(**values)


def test_every_sentence_is_tied_to_its_field(pages: Flask) -> None:
    html = render(pages, PAGE, form=filled(title="", on="treinta"))
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    described = {
        name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()
    }
    assert (
        {"title-hint", "title-error", "on-error", "countries-error", "rows-0-who-error"}
        <= described
        <= ids
    )


def test_every_link_of_the_summary_leads_to_a_control(pages: Flask) -> None:
    html = render(pages, PAGE, form=filled(title="", on="treinta"))
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]*\sid="([^"]+)"', html))
    links = re.findall(r'href="#([^"]+)"', html)
    assert len(links) == 4
    assert set(links) <= controls
    assert "Write a &lt;title&gt;." in html


def test_a_date_nobody_can_read_stays_in_its_field(pages: Flask) -> None:
    html = render(pages, PAGE, form=filled(title="Alerts", on="treinta", countries="CR"))
    control = re.search(r'<input[^>]*id="on"[^>]*>', html)
    assert control
    assert 'type="text"' in control.group()
    assert 'value="treinta"' in control.group()


def test_a_date_nobody_typed_keeps_its_calendar(pages: Flask) -> None:
    control = re.search(
        r'<input[^>]*id="on"[^>]*>', render(pages, PAGE, form=filled(title="Alerts", on=""))
    )
    assert control
    assert 'type="date"' in control.group()


def test_a_good_form_shows_no_summary(pages: Flask) -> None:
    form = filled(title="Alerts", on="2026-12-10", countries="CR", **{"rows-0-who": "Ana"})
    assert not form.errors
    assert "error" not in render(pages, PAGE, form=form)


@pytest.mark.parametrize(
    ("low", "high", "total", "words"),
    [
        (31, 31, 40, "31 of 40, 78 %"),
        (27, 31, 40, "Between 27 and 31 of 40, 68 % to 78 %"),
        (0, 0, 0, "Nobody"),
    ],
)
def test_a_range_is_said_in_words_with_its_base(
    pages: Flask, low: int, high: int, total: int, words: str
) -> None:
    source = '{% from "components/range_bar.html" import range_bar %}{{ range_bar(low, high, total, "Certified") }}'
    assert words in render(pages, source, low=low, high=high, total=total)


def test_a_state_is_a_word_with_a_shape_even_when_it_is_new(pages: Flask) -> None:
    source = '{% from "components/status.html" import status %}{{ status(state) }}'
    for state, word in (("published", "Published"), ("halfway", "halfway")):
        html = render(pages, source, state=state)
        assert word in html
        assert "<svg" in html


@pytest.mark.parametrize(
    ("number", "links"),
    [
        (1, ['rel="next" href="/list?a=1&amp;page=2"']),
        (2, ['rel="prev" href="/list?a=1&amp;page=1"', 'rel="next" href="/list?a=1&amp;page=3"']),
        (3, ['rel="prev" href="/list?a=1&amp;page=2"']),
    ],
)
def test_a_long_list_leads_to_its_neighbours(pages: Flask, number: int, links: list[str]) -> None:
    html = render(
        pages, PAGES, paging=Paging(5, 2, number), address=lambda number: f"/list?a=1&page={number}"
    )
    assert re.findall(r'rel="[a-z]+" href="[^"]+"', html) == links
    assert f"{2 * number - 1}–{min(2 * number, 5)} of 5" in html


@pytest.mark.parametrize("total", [0, 1, 2])
def test_a_list_in_one_part_says_nothing_about_parts(pages: Flask, total: int) -> None:
    assert not render(pages, PAGES, paging=Paging(total, 2)).strip()
