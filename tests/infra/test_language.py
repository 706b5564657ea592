"""Sentences out of a request: what stands in them is said in the language of the sentence."""

from datetime import date

from app.infra.language import both, say
from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText

SINCE = "%(name)s already serves in this post since %(on)s."


def test_names_and_days_are_written_as_the_language_does() -> None:
    params = {"name": LocalizedText(es="La cónsul", en="The consul"), "on": date(2027, 1, 1)}
    assert (
        say("en", Sentence(SINCE, params))
        == "The consul already serves in this post since 1 January 2027."
    )
    said = both(SINCE, **params)
    assert said["es"].startswith("La cónsul ")
    assert said["es"].endswith(" 1 de enero de 2027.")
