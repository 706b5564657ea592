"""A plan as rows of a page: where each wish is, what stands in its way, what moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.infra import clock
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Severity
from app.planning.scheduling.wording import sentence
from app.planning.seasons import queries
from app.planning.seasons.queries import SeasonDetail, SeasonNames, WishDetail
from app.planning.seasons.rules import Violation, violations
from app.planning.seasons.services import SeasonDoesNotFit, WishMisfit
from app.planning.seasons.values import Breach
from app.planning.seasons.wording import SaidFinding, Speaker, of_each, sentence_in_both
from app.web.locale import reader_language, reader_timezone

REFUSED = (Severity.BLOCK, Severity.CONFIRM)


@dataclass(frozen=True)
class ShownFinding:
    """As templates/components/findings.html wants it."""

    severity: str
    sentence: str


@dataclass(frozen=True)
class ShownWish:
    wish: WishDetail
    groups: str
    findings: tuple[ShownFinding, ...]
    week: date | None


@dataclass(frozen=True)
class Outlook:
    """All rows in order of time, those without a place last; `refused` is how many cannot stand as
    they are.
    """

    rows: tuple[ShownWish, ...]
    moved: tuple[WishDetail, ...]
    kept: int
    without_place: int
    refused: int
    later: tuple[str, ...]


def outlook(db: Session, season: SeasonDetail) -> Outlook:
    setting = queries.problem_as_it_is(db, season, now=clock.now())
    plan = {wish.position: wish.place for wish in season.wishes if wish.place is not None}
    found = of_each(violations(setting.problem, plan))
    names = names_of(db, season.wishes)
    speaker = Speaker(
        setting, names, titles(season.wishes), spans(season.wishes), reader_timezone()
    )
    rows = [row_of(wish, speaker, found) for wish in season.wishes if not wish.is_gone]
    rows.sort(
        key=lambda row: (
            row.wish.place is None,
            row.wish.place or season.created_at,
            row.wish.position,
        )
    )
    pinned = [row.wish for row in rows if row.wish.published_at is not None]
    moved = tuple(wish for wish in pinned if wish.is_moved)
    refused = sum(any(f.severity in REFUSED for f in row.findings) for row in rows)
    missing = [row.wish for row in rows if row.wish.place is None]
    language = reader_language()
    return Outlook(
        tuple(rows),
        moved,
        len(pinned) - len(moved),
        len(missing),
        refused,
        tuple(wish.title.in_(language) for wish in missing),
    )


def row_of(wish: WishDetail, speaker: Speaker, found: Mapping[int, list[Violation]]) -> ShownWish:
    groups = ", ".join(
        speaker.names.groups[slug].in_(reader_language())
        for slug in wish.groups
        if slug in speaker.names.groups
    )
    if wish.span is None:
        return ShownWish(wish, groups, (), None)
    mine = found.get(wish.position, ())
    too_many = any(violation.breach is Breach.HOLIDAYS for violation in mine)
    said = [speaker.say(violation) for violation in mine] + speaker.remarks(
        wish.position, holidays=not too_many
    )
    on = speaker.setting.problem.day_of(wish.span.starts_at)
    return ShownWish(wish, groups, in_words(said), on - timedelta(days=on.weekday()))


def in_words(said: Iterable[SaidFinding]) -> tuple[ShownFinding, ...]:
    language = reader_language()
    return tuple(ShownFinding(one.severity.value, one.sentence.in_(language)) for one in said)


def names_of(db: Session, wishes: Iterable[WishDetail]) -> SeasonNames:
    return queries.names(db, people={person for wish in wishes for person in wish.people})


def titles(wishes: Iterable[WishDetail]) -> dict[int, LocalizedText]:
    return {wish.position: wish.title for wish in wishes}


def spans(wishes: Iterable[WishDetail]) -> dict[int, Timespan]:
    return {wish.position: wish.span for wish in wishes if wish.span is not None}


@dataclass(frozen=True)
class RefusedWish:
    """A webinar that no longer fits, for the page of acceptance."""

    wish: WishMisfit
    sentences: tuple[str, ...]


def refusals(refusal: SeasonDoesNotFit) -> tuple[RefusedWish, ...]:
    return tuple(
        RefusedWish(misfit, tuple(text.in_(reader_language()) for text in texts_of(misfit)))
        for misfit in refusal.misfits
    )


def texts_of(misfit: WishMisfit) -> Sequence[LocalizedText]:
    """In both languages; those who plan seasons act for the region and may see every title."""
    found = [sentence(finding, reader_timezone=reader_timezone()) for finding in misfit.findings]
    return [*found, *map(sentence_in_both, misfit.sentences)]
