"""What a refused form is shown with: what was typed, and what was wrong with it.

Forms of WTForms keep what was typed; `show_refusal` adds what a service refused. `Mistakes` is for
the forms of a page that are written by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import wtforms
from flask import request
from wtforms.form import BaseForm

from app.infra.language import say
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.web.errors import STATUS
from app.web.fields import Typed
from app.web.locale import reader_language
from app.web.meanwhile import changed_meanwhile
from app.web.text_fields import Texts


@dataclass(frozen=True)
class Mistakes:
    """What was typed, and what was wrong with it: at a field, with all of it, or with lines of a
    list (`bad`). `at`: which form of the page.
    """

    typed: Typed = field(default_factory=Typed)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    at: str = ""
    bad: tuple[Any, ...] = ()


UNTOUCHED = Mistakes()


def mistakes_of(refusal: Refusal, at: str = "", *, stored: str = "") -> tuple[Mistakes, int]:
    """Returns what the form is shown with again, and the status code.

    `stored`: the address of what the form was filled from, for ChangedMeanwhile. Raises the refusal
    again when it is not for the actor's eyes (NotFound, NotAllowed): the error page answers it.
    """
    if isinstance(refusal, NotFound | NotAllowed):
        raise refusal
    status = STATUS[refusal.kind]
    if isinstance(refusal, ChangedMeanwhile):
        typed = Typed(request.form)
        typed["seen"] = refusal.mark
        return Mistakes(typed, refusal=changed_meanwhile(refusal, stored), at=at), status
    language = reader_language()
    errors = refusal.errors if isinstance(refusal, InvalidInput) else {}
    sentences = {name: say(language, sentence) for name, sentence in errors.items()}
    whole = "" if sentences else say(language, refusal.sentence)
    return Mistakes(Typed(request.form), sentences, whole, at), status


def show_refusal(form: BaseForm, refusal: Refusal, *, stored: str = "") -> int:
    """Puts each sentence of the refusal at its field, or above the form where it has none; returns
    the status code.

    After ChangedMeanwhile the form's `seen` is the mark of what stands now, so that sending the form
    once more replaces that; `stored` is the address where it can be read. Raises the refusal again
    when it is not for the actor's eyes (NotFound, NotAllowed): the error page answers it.
    """
    if isinstance(refusal, NotFound | NotAllowed):
        raise refusal
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
