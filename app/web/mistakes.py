"""Shows what a service refused: at the fields of a form, which keeps what was typed, or as one
sentence.
"""

from collections.abc import Mapping

import wtforms
from flask import g
from markupsafe import Markup, escape
from wtforms.form import BaseForm

from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.web.errors import STATUS
from app.web.locale import reader_language
from app.web.text_fields import Texts

SEE = N_("See what is stored now (in a new tab)")


def changed_meanwhile(refusal: ChangedMeanwhile, stored: str) -> Markup:
    """Returns the sentence with the address of what is stored, to open in a new tab: what was typed
    would be gone behind that page.
    """
    language = reader_language()
    link = Markup(' <a href="{}" target="_blank" rel="noopener">{}</a>').format(
        stored, translate(language, SEE)
    )
    return escape(say(language, refusal.sentence)) + link


def refused(refusal: Refusal) -> tuple[str, int]:
    """Returns the sentence of a refusal in the reader's language, and the status code: for a press
    that sends no typed text. Raises the refusal again when it is not for the actor's eyes (NotFound,
    NotAllowed): the error page answers it.
    """
    if isinstance(refusal, NotFound | NotAllowed):
        raise refusal
    g.refused = refusal.rule
    return say(reader_language(), refusal.sentence), STATUS[refusal.kind]


def show_refusal(form: BaseForm, refusal: Refusal, *, stored: str = "") -> int:
    """Puts each sentence of the refusal at its field, or above the form where it has none; returns
    the status code.

    After ChangedMeanwhile the form's `seen` is the mark of what stands now, so that sending the form
    once more replaces that; `stored` is the address where it can be read. Raises the refusal again
    when it is not for the actor's eyes (NotFound, NotAllowed): the error page answers it.
    """
    if isinstance(refusal, NotFound | NotAllowed):
        raise refusal
    g.refused = refusal.rule
    if isinstance(refusal, ChangedMeanwhile):
        if "seen" in form:
            form["seen"].data = refusal.mark
        form.form_errors.append(changed_meanwhile(refusal, stored))
    elif isinstance(refusal, InvalidInput) and refusal.errors:
        show_errors(form, refusal.errors)
    else:
        form.form_errors.append(say(reader_language(), refusal.sentence))
    return STATUS[refusal.kind]


def show_errors(
    form: BaseForm, errors: Mapping[str, Sentence], rest: wtforms.Field | None = None
) -> None:
    """Puts each sentence at the field with its name, in the reader's language. One about a text in
    several languages stands at the first of them; one that names no field stands at `rest`, or
    above the form.
    """
    language = reader_language()
    for name, sentence in errors.items():
        field = form[name] if name in form else getattr(form, name, None)
        if isinstance(field, Texts):
            field = field.first
        if not isinstance(field, wtforms.Field):
            field = rest
        if isinstance(field, wtforms.Field):
            field.errors = [*field.errors, say(language, sentence)]
        else:
            form.form_errors.append(say(language, sentence))
