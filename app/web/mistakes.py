"""What a refused form is shown with: what was typed, and what was wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.infra.language import say
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile
from app.web.errors import STATUS
from app.web.fields import Typed
from app.web.locale import reader_language
from app.web.meanwhile import changed_meanwhile


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
