"""Sentences out of a request: what stands in them is said in the language of the sentence."""

from datetime import date

from app.infra.language import both, say, span_text
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


def test_days_are_said_as_whole_years_or_months_where_they_are() -> None:
    for days, spanish, english in (
        (3 * 365, "tres años", "three years"),
        (365, "un año", "one year"),
        (4 * 365 + 1, "cuatro años", "four years"),
        (100 * 365, "100 años", "100 years"),
        (90, "tres meses", "three months"),
        (30, "un mes", "one month"),
        (366, "366 días", "366 days"),
        (360, "360 días", "360 days"),
        (14, "14 días", "14 days"),
        (1, "1 día", "1 day"),
    ):
        assert (span_text("es", days), span_text("en", days)) == (spanish, english), days
