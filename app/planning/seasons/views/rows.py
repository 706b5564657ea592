"""A plan as rows of a page: where each wish is, what stands in its way, what moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.infra import clock
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.views.plan_page import may_ask
from app.planning.scheduling.values import Finding, Severity
from app.planning.scheduling.wording import sentence
from app.planning.seasons import queries
from app.planning.seasons.queries import SeasonDetail, WishDetail
from app.planning.seasons.rules.board import Board
from app.planning.seasons.services import SeasonDoesNotFit, WishMisfit
from app.planning.seasons.wording import sentence_in_both, shortfall_in_words
from app.web.locale import reader_language, reader_timezone


@dataclass(frozen=True)
class ShownFinding:
    """As templates/components/findings.html wants it."""

    severity: str
    sentence: str


@dataclass(frozen=True)
class ShownWish:
    """`span` is where the wish would be, and else the time that came nearest; `week` is the Monday
    of its place. `may_ask`: the presidency may allow what refuses the time.
    """

    wish: WishDetail
    groups: str
    findings: tuple[ShownFinding, ...] = ()
    span: Timespan | None = None
    week: date | None = None
    is_refused: bool = False
    may_ask: bool = False


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


def outlook(db: Session, season: SeasonDetail) -> Outlook:
    board = queries.board_of(db, season, now=clock.now())
    names = queries.names_of_groups(db)
    rows = [row_of(wish, board, names) for wish in season.wishes if not wish.is_gone]
    rows.sort(
        key=lambda row: (
            row.wish.place is None,
            row.wish.place or season.created_at,
            row.wish.position,
        )
    )
    pinned = [row.wish for row in rows if row.wish.published_at is not None]
    moved = tuple(wish for wish in pinned if wish.is_moved)
    return Outlook(
        rows=tuple(rows),
        moved=moved,
        kept=len(pinned) - len(moved),
        without_place=sum(row.wish.place is None and not row.wish.is_asked for row in rows),
        refused=sum(row.is_refused for row in rows if row.wish.place is not None),
    )


def row_of(wish: WishDetail, board: Board, names: Mapping[str, LocalizedText]) -> ShownWish:
    groups = ", ".join(names[slug].in_(reader_language()) for slug in wish.groups if slug in names)
    key, at = wish.position, wish.place or wish.refused_at
    if at is None or wish.is_asked:
        return ShownWish(wish, groups)
    span = board.wishes[key].span(at)
    found = board.findings_at(key, span) if wish.place is None else board.findings(key)
    said = [
        ShownFinding(
            Severity.WARN,
            _in_words(
                shortfall_in_words(
                    shortfall, board=board, span=span, reader_timezone=reader_timezone()
                )
            ),
        )
        for shortfall in board.shortfalls(key, span)
    ]
    on = board.day_of(span.starts_at)
    return ShownWish(
        wish=wish,
        groups=groups,
        findings=(*shown(found), *said),
        span=span,
        week=on - timedelta(days=on.weekday()) if wish.place is not None else None,
        is_refused=any(finding.is_refused for finding in found),
        may_ask=wish.pinned_event_id is None and may_ask(found),
    )


def shown(findings: Iterable[Finding]) -> tuple[ShownFinding, ...]:
    """The findings in the rule book's words. Those who plan seasons act for the region and may see
    every title.
    """
    return tuple(
        ShownFinding(
            finding.severity, _in_words(sentence(finding, reader_timezone=reader_timezone()))
        )
        for finding in findings
    )


def _in_words(words: LocalizedText) -> str:
    return words.in_(reader_language())


@dataclass(frozen=True)
class RefusedWish:
    """A webinar that no longer fits, for the page of acceptance."""

    wish: WishMisfit
    sentences: tuple[str, ...]


def refusals(refusal: SeasonDoesNotFit) -> tuple[RefusedWish, ...]:
    return tuple(
        RefusedWish(misfit, tuple(map(_in_words, texts_of(misfit)))) for misfit in refusal.misfits
    )


def texts_of(misfit: WishMisfit) -> Sequence[LocalizedText]:
    """In both languages; those who plan seasons act for the region and may see every title."""
    found = [sentence(finding, reader_timezone=reader_timezone()) for finding in misfit.findings]
    return [*found, *map(sentence_in_both, misfit.sentences)]
