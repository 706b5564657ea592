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
class JudgedWish:
    """A wish with what the rule book says of `span`: where it would be, and else the time that came
    nearest. None where there is no such time, or the presidency was asked.
    """

    wish: WishDetail
    span: Timespan | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        return any(finding.is_refused for finding in self.findings)


@dataclass(frozen=True)
class ShownWish:
    """A row of a page. `span` is that of JudgedWish, `week` the Monday of its place. `may_ask`: the
    presidency may allow what refuses the time.
    """

    wish: WishDetail
    groups: str
    findings: tuple[ShownFinding, ...] = ()
    span: Timespan | None = None
    week: date | None = None
    may_ask: bool = False


@dataclass(frozen=True)
class Outlook:
    """All wishes in order of time, those without a place last; `refused` is how many cannot stand
    as they are.
    """

    board: Board
    wishes: tuple[JudgedWish, ...]
    moved: tuple[WishDetail, ...]
    kept: int
    without_place: int
    refused: int


def outlook(db: Session, season: SeasonDetail) -> Outlook:
    """Judges each wish beside the others; `row_of` says it in words, for those that a page shows."""
    board = queries.board_of(db, season, now=clock.now())
    wishes = [judged(wish, board) for wish in season.wishes if not wish.is_gone]
    wishes.sort(
        key=lambda one: (
            one.wish.place is None,
            one.wish.place or season.created_at,
            one.wish.position,
        )
    )
    pinned = [one.wish for one in wishes if one.wish.published_at is not None]
    moved = tuple(wish for wish in pinned if wish.is_moved)
    return Outlook(
        board=board,
        wishes=tuple(wishes),
        moved=moved,
        kept=len(pinned) - len(moved),
        without_place=sum(one.wish.place is None and not one.wish.is_asked for one in wishes),
        refused=sum(one.is_refused for one in wishes if one.wish.place is not None),
    )


def judged(wish: WishDetail, board: Board) -> JudgedWish:
    """Returns a wish with what the rule book says of it on the board."""
    key, starts_at = wish.position, wish.place or wish.refused_at
    if starts_at is None or wish.is_asked:
        return JudgedWish(wish)
    span = board.wishes[key].span(starts_at)
    is_placed = wish.place is not None
    findings = board.findings(key) if is_placed else board.findings_at(key, span)
    return JudgedWish(wish, span, findings)


def row_of(one: JudgedWish, board: Board, names: Mapping[str, LocalizedText]) -> ShownWish:
    """Returns the row of a judged wish, with all that is said in words. `names`: of the groups."""
    wish, span = one.wish, one.span
    groups = ", ".join(names[slug].in_(reader_language()) for slug in wish.groups if slug in names)
    if span is None:
        return ShownWish(wish, groups)
    shortfalls = [
        ShownFinding(
            Severity.WARN,
            _in_words(
                shortfall_in_words(
                    shortfall, board=board, span=span, reader_timezone=reader_timezone()
                )
            ),
        )
        for shortfall in board.shortfalls(wish.position, span)
    ]
    day = board.day_of(span.starts_at)
    return ShownWish(
        wish=wish,
        groups=groups,
        findings=(*shown(one.findings), *shortfalls),
        span=span,
        week=day - timedelta(days=day.weekday()) if wish.place is not None else None,
        may_ask=wish.pinned_event_id is None and may_ask(one.findings),
    )


def shown(findings: Iterable[Finding]) -> tuple[ShownFinding, ...]:
    """Returns the findings in the rule book's words. Those who plan seasons act for the region and may see
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
