"""A page that shows again what its reader had typed gives it to the form that it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager

import wtforms
from flask import Flask, g, render_template_string

from app.web.fields import RadioField, SelectMultipleField, text_field
from app.web.forms import FieldsForm, Form, PostedForm, one_of_many
from app.web.kept_forms import TypedForm, kept_notice, typed_fields

TEXT = 'Él & "ella" <b>'
TYPED = [
    ("title", TEXT),
    ("text", "línea\n<script>"),
    ("groups", "b"),
    ("way", "y"),
    ("rows-0-name", "uno"),
    ("rows-1-name", "dos"),
    ("action", "save"),
]


class RowForm(wtforms.Form):
    name = wtforms.StringField()


class EachKindForm(Form):
    title = text_field("", 100)
    text = text_field("", 100, area=True)
    groups = SelectMultipleField("", choices=[("a", "A"), ("b", "B")])
    is_public = wtforms.BooleanField()
    way = RadioField("", choices=[("x", "X"), ("y", "Y")])
    rows = wtforms.FieldList(wtforms.FormField(RowForm))


class OtherForm(Form):
    title = text_field("", 100)
    street = text_field("", 100)
    city = text_field("", 100)
    postcode = text_field("", 100)


class TitleForm(PostedForm):
    title = text_field("", 100)


@contextmanager
def page(app: Flask, typed: list[tuple[str, str]], *, method: str = "GET") -> Iterator[None]:
    """A request that is asked to show the form again."""
    with app.test_request_context("/things?kept=key", method=method):
        is_shown = method == "GET"
        g.kept_form = (
            TypedForm(1, "/things", "/things", typed, had_files=False) if is_shown else None
        )
        yield


STORED = {"title": "viejo", "groups": ["a"], "is_public": True, "way": "x"}


def test_each_kind_of_field_shows_what_was_typed_instead_of_what_is_stored(app: Flask) -> None:
    with page(app, TYPED):
        form = EachKindForm(data=STORED)
        assert (form.title.data, form.text.data) == (TEXT, "línea\n<script>")
        assert form.is_kept
        assert (form.groups.data, form.is_public.data, form.way.data) == (["b"], False, "y")
        assert form.rows.data == [{"name": "uno"}, {"name": "dos"}]
        html = render_template_string("{{ form.title() }}{{ form.text() }}", form=form)
        assert 'value="Él &amp; &#34;ella&#34; &lt;b&gt;"' in html
        assert "línea\n&lt;script&gt;</textarea>" in html
        notice = kept_notice()
        assert notice is not None
        assert (notice.is_filled, notice.left) == (True, [])


def test_form_that_shares_one_name_of_many_keeps_what_is_stored(app: Flask) -> None:
    with page(app, TYPED):
        assert OtherForm(data={"title": "viejo"}).title.data == "viejo"
        notice = kept_notice()
        assert notice is not None
        assert not notice.is_filled
        assert notice.left == [TEXT, "línea\n<script>", "uno", "dos"]


def test_form_that_reads_the_request_and_one_whose_fields_are_stored_show_it_too(
    app: Flask,
) -> None:
    with page(app, [("title", TEXT), ("name-7", "siete"), ("name-8", "ocho")]):
        form = FieldsForm({"name-7": wtforms.StringField(), "name-8": wtforms.StringField()})
        form.process(None, data={"name-7": "7", "name-8": "8"})
        assert form.data == {"name-7": "siete", "name-8": "ocho"}
        assert TitleForm(data={"title": "viejo"}).title.data == TEXT


def test_text_typed_in_one_row_of_many_is_shown_in_that_row(app: Flask) -> None:
    with page(app, [("title", "Para una sola fila")]):
        assert not TitleForm(meta=one_of_many("/things/2")).title.data
        assert typed_fields("/things/2") == {}
        assert TitleForm(meta=one_of_many("/things")).title.data == "Para una sola fila"
        assert typed_fields("/things").get("title") == "Para una sola fila"


def test_text_typed_in_a_row_that_is_gone_is_listed_above_the_page(app: Flask) -> None:
    with page(app, [("title", "Para una sola fila"), ("row_id", "abc"), ("number", "12")]):
        assert not TitleForm(meta=one_of_many("/things/2")).title.data
        notice = kept_notice()
        assert notice is not None
        assert (notice.is_filled, notice.left) == (False, ["Para una sola fila"])


def test_form_written_by_hand_reads_what_was_typed_or_sent(app: Flask) -> None:
    with page(app, [("reason", "Se cruzó")]):
        assert typed_fields().get("reason") == "Se cruzó"
        notice = kept_notice()
        assert notice is not None
        assert notice.left == []
    with app.test_request_context("/things", method="POST", data={"reason": "Otra"}):
        g.kept_form = None
        assert typed_fields().get("reason") == "Otra"


def test_form_that_is_sent_reads_only_what_is_sent(app: Flask) -> None:
    with page(app, TYPED, method="POST"):
        assert EachKindForm(data=STORED).title.data == "viejo"
