"""What was typed goes back into the controls of the right form, and nowhere else."""

from app.web.refilling import refill

PAGE = """<!doctype html><html><body>
<form method="post" action="/other"><input name="title" value="otro"></form>
<form method="post" action="/things"><input type="hidden" name="row" value="1"><input name="title" value="uno"></form>
<form method="post" action="/things" id="second"><input type="hidden" name="row" value="2">
<input name="title" value="dos" autofocus><input type="password" name="password" value="">
<input type="file" name="file">
<textarea name="text">viejo &amp; <b></textarea>
<details><summary>Más</summary><input type="checkbox" name="group" value="a" checked>
<input type="checkbox" name="group" value="b"></details>
<input type="radio" name="way" value="x" checked><input type="radio" name="way" value="y">
<select name="zone"><option value="1" selected>Uno</option><option value="2">Dos</option></select>
<button name="action" value="save">Guardar</button></form>
<input name="outside" form="second"><p>fin &eacute; &#233;</p>
</body></html>"""


def test_each_kind_of_control_shows_what_was_typed() -> None:
    typed = [
        ("row", "2"),
        ("title", 'Él & "ella" <b>'),
        ("text", "línea\n<script>"),
        ("group", "b"),
        ("way", "y"),
        ("zone", "2"),
        ("outside", "fuera"),
        ("action", "save"),
    ]
    filled = refill(PAGE, page="/things", action="/things", typed=typed, extra=[("kept", "k")])
    assert filled.has_form
    assert filled.unplaced == []
    assert 'name="title" autofocus value="Él &amp; &quot;ella&quot; &lt;b&gt;"' in filled.html
    assert '<textarea name="text">\nlínea\n&lt;script&gt;</textarea>' in filled.html
    assert (
        '<details open><summary>Más</summary><input type="checkbox" name="group" value="a">'
        in filled.html
    )
    assert '<input type="checkbox" name="group" value="b" checked>' in filled.html
    assert '<input type="radio" name="way" value="x">' in filled.html
    assert '<input type="radio" name="way" value="y" checked>' in filled.html
    assert '<option value="1">Uno</option><option value="2" selected>Dos</option>' in filled.html
    assert '<input name="outside" form="second" value="fuera">' in filled.html
    assert (
        '<form method="post" action="/things" id="second"><input type="hidden" name="kept" value="k">'
        in filled.html
    )


def test_all_else_of_the_page_stays_as_it_was() -> None:
    filled = refill(PAGE, page="/things", action="/things", typed=[("row", "2"), ("title", "tres")])
    assert filled.html.startswith(PAGE[: PAGE.index('<form method="post" action="/things" id')])
    assert filled.html.endswith(PAGE[PAGE.index("<p>fin") :])


def test_passwords_and_files_are_never_set() -> None:
    typed = [("row", "2"), ("password", "mango lluvia"), ("file", "acta.pdf")]
    filled = refill(PAGE, page="/things", action="/things", typed=typed)
    assert "mango" not in filled.html
    assert "acta.pdf" not in filled.html


def test_what_has_no_control_any_more_is_named() -> None:
    typed = [("row", "2"), ("note", "Una nota larga"), ("zone", "9"), ("thing_id", "a-1")]
    filled = refill(PAGE, page="/things", action="/things", typed=typed)
    assert filled.unplaced == [("note", "Una nota larga"), ("zone", "9"), ("thing_id", "a-1")]
    assert filled.texts_left == ["Una nota larga"]


def test_a_page_without_the_form_stays_as_it_is() -> None:
    filled = refill(PAGE, page="/things", action="/gone", typed=[("note", "Una nota larga")])
    assert (filled.html, filled.has_form, filled.texts_left) == (PAGE, False, ["Una nota larga"])
