"""`_` and `ngettext` for templates.

A page has fifty to two hundred phrases. By way of Jinja and Flask-Babel each costs four calls and
looks for the reader anew. These functions ask Jinja only whether the template escapes: for the whole context
it would copy all of its variables at each phrase in a loop or a block.
"""

from functools import cache
from typing import Any

from flask import Flask, has_request_context
from flask_babel import get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.infra.language import catalogue
from app.kernel.text import Language
from app.web.locale import page_language


def init_phrases(app: Flask) -> None:
    """Puts these in the place of what Flask-Babel installs. Needs Babel to be set up before."""
    app.jinja_env.globals.update(_=phrase, gettext=phrase, ngettext=plural_phrase)


@pass_eval_context
def phrase(context: EvalContext, msgid: str, /, **variables: Any) -> str:
    """Returns the phrase in the language of the page, as markup where the template escapes."""
    if not has_request_context():
        text = get_translations().ugettext(msgid)
        return (Markup(text) if context.autoescape else text) % variables  # noqa: S704 - our own catalogue
    text = _marked(page_language(), msgid) if context.autoescape else _plain(page_language(), msgid)
    return text % variables if "%" in text else text


@pass_eval_context
def plural_phrase(
    context: EvalContext, singular: str, plural: str, number: int, /, **variables: Any
) -> str:
    """Returns the form that the number asks for; `%(num)s` in it is the number."""
    variables.setdefault("num", number)
    translations = catalogue(page_language()) if has_request_context() else get_translations()
    text = translations.ungettext(singular, plural, number)
    return (Markup(text) if context.autoescape else text) % variables  # noqa: S704 - our own catalogue


@cache
def _plain(language: Language, msgid: str) -> str:
    """Returns a phrase of a template in a language. Keeps each: there are some thousands of them at
    most.
    """
    return catalogue(language).ugettext(msgid)


@cache
def _marked(language: Language, msgid: str) -> Markup:
    return Markup(_plain(language, msgid))  # noqa: S704 - our own catalogue
