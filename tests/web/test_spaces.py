"""Pages are sent without the spaces that nobody sees, and with those that part words."""

from flask import Flask


def test_pages_are_sent_without_indentation_but_for_what_is_typed(app: Flask) -> None:
    source = "<ul>\n    <li>a</li>\n</ul>\n<textarea>\n  two\n    four</textarea>\n  <p>b</p>"
    loaded = app.jinja_env.from_string  # no name: not a page
    assert loaded(source).render() == source
    extension = app.jinja_env.extensions["app.web.spaces.WithoutSpaces"]
    assert extension.preprocess(source, "page.html") == (
        "<ul><li>a</li></ul><textarea>\n  two\n    four</textarea><p>b</p>"
    )
    assert extension.preprocess(source, "letter.txt") == source


def test_words_on_two_lines_stay_two_words(app: Flask) -> None:
    source = "<a>one</a>{% if true %}\n      <b>two</b>{% endif %}\n  <i>three</i>"
    extension = app.jinja_env.extensions["app.web.spaces.WithoutSpaces"]
    page = extension.preprocess(source, "page.html")
    assert page == "<a>one</a>{% if true %}\n <b>two</b>{% endif %}\n <i>three</i>"
    rendered = app.jinja_env.from_string(page).render()
    assert rendered == "<a>one</a> <b>two</b> <i>three</i>"
