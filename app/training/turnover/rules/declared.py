"""Coverage of a country that gives no names, from the counts that its focal point declares; and the
codes of certificates as her browser may compare them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory.values import Mandate
from app.training.turnover.values import (
    CertificateEnds,
    Concern,
    CountryDetail,
    Coverage,
    CoveragePart,
    DeclaredCounts,
    Exposure,
    NoteCounts,
    Retention,
    ToAct,
    TurnoverFigures,
)

FRESH = timedelta(days=90)
"""How long counts hold before they are asked for again, as long as a confirmation by name does."""
MOST = 9999
WRONG_NUMBER = N_("Write a whole number from 0 to %(most)s.")
MORE_SERVE = N_("More serve than there are posts.")
MORE_TRAINED = N_("More have a certificate than serve.")

FIGURES = ("posts", "serving", "trained")
HASH_CHARACTERS = 20
"""80 bits of SHA-256: enough that no other code of 75 random bits fits by chance."""


def coverage_declared(days: Sequence[date], declared: DeclaredCounts) -> tuple[Coverage, ...]:
    """Returns the coverage of each day from what was declared last until then: trained ÷ serving,
    without bounds. Before the first declaration nobody serves.
    """
    return tuple(_coverage_of(day, declared) for day in days)


def _coverage_of(day: date, declared: DeclaredCounts) -> Coverage:
    last = declared.on(day)
    counts = last.counts if last else ()
    return Coverage(
        on=day,
        serving=sum(one.serving for one in counts),
        certified=sum(one.trained for one in counts),
        sure=None,
        unconfirmed=None,
        recognised=None,
        declared_on=last.on if last else None,
    )


def parts_declared(on: date, declared: DeclaredCounts) -> tuple[CoveragePart, ...]:
    """Returns the coverage by what the institutions deal with, as `coverage.by_mandate` does."""
    last = declared.on(on)
    serving: Counter[Mandate | None] = Counter()
    trained: Counter[Mandate | None] = Counter()
    for one in last.counts if last else ():
        serving[one.institution.mandate] += one.serving
        trained[one.institution.mandate] += one.trained
    return tuple(
        CoveragePart(
            mandate,
            Coverage(
                on=on,
                serving=serving[mandate],
                certified=trained[mandate],
                sure=None,
                unconfirmed=None,
                recognised=None,
                declared_on=last.on if last else None,
            ),
        )
        for mandate in (*Mandate, None)
        if serving[mandate]
    )


def figures_declared(on: date, months: Sequence[date], declared: DeclaredCounts) -> TurnoverFigures:
    """Returns the figures of a country that gives no names. Nobody is followed from day to day, so
    there is no separation rate, no forecast and no list to act on.
    """
    last = declared.on(on)
    nobody: tuple[Concern, ...] = ()
    return TurnoverFigures(
        series=coverage_declared(months, declared),
        parts=parts_declared(on, declared),
        exposure=Exposure(
            years=0.0, departures=0, certified_years=0.0, certified_departures=0, lapses=0
        ),
        ends=CertificateEnds(),
        detail=CountryDetail(
            to_confirm=(),
            recognised=frozenset(),
            serving=frozenset(),
            concerned=ToAct(
                not_certified=nobody, newcomers=nobody, lapsing=nobody, certified_left=nobody
            ),
            retention=Retention(followed=0, departures=0, median_days=None),
            vacant=sum(one.posts - one.serving for one in last.counts) if last else 0,
            notes=NoteCounts(to_ask=0, asked=0, received=0),
        ),
        declared=declared,
    )


def is_due(declared_on: date | None, today: date) -> bool:
    """Returns True once counts are to be declared again: never yet, or not for ninety days."""
    return declared_on is None or today - declared_on > FRESH


def mistakes_in(counts: Mapping[int, Mapping[str, int | None]]) -> dict[str, Sentence]:
    """Returns what is wrong with typed counts, by field: `posts-<institution id>` and so on. None is
    what is no number.
    """
    errors: dict[str, Sentence] = {}
    for number, typed in counts.items():
        posts, serving, trained = (typed[figure] for figure in FIGURES)
        for figure in FIGURES:
            if typed[figure] is None:
                errors[f"{figure}-{number}"] = Sentence(WRONG_NUMBER, {"most": MOST})
        if posts is not None and serving is not None and serving > posts:
            errors[f"serving-{number}"] = Sentence(MORE_SERVE)
        if serving is not None and trained is not None and trained > serving:
            errors[f"trained-{number}"] = Sentence(MORE_TRAINED)
    return errors


def hashed_codes(codes: Iterable[str], salt: str) -> list[str]:
    """Returns what stands for the codes of certificates, in an order that tells nothing: whoever has
    a code can find it, and nobody can find a code, which has 75 random bits.
    """
    return sorted(
        hashlib.sha256(f"{salt}{code}".encode()).hexdigest()[:HASH_CHARACTERS] for code in codes
    )
