"""Where an event was to be at each of its sequences, and when it came to be elsewhere; pure."""

from dataclasses import dataclass

from app.kernel.timespan import Timespan
from app.planning.events.values import MoveCause


@dataclass(frozen=True)
class Whereabouts:
    """What a calendar shows of time and place. `timezone` and `mode` are "" where the journal does
    not say.
    """

    span: Timespan | None
    timezone: str
    mode: str
    place: str


@dataclass(frozen=True)
class Move:
    """The journal's number of it, the event's sequence from then on, and where it was before."""

    entry_id: int
    sequence: int
    before: Whereabouts
    cause: MoveCause


@dataclass(frozen=True)
class MoveHistory:
    """How it stands now, at which sequence, and all moves, the first one first."""

    now: Whereabouts
    sequence: int
    moves: tuple[Move, ...]

    def at(self, sequence: int) -> Whereabouts:
        return next((move.before for move in self.moves if move.sequence > sequence), self.now)

    def is_same(self, *sequences: int) -> bool:
        """Whether it was at the same hours and place at all of them; what is not known is not the
        same.
        """
        if len(set(sequences)) == 1:
            return True
        first, *others = (self.at(sequence) for sequence in sequences)
        return bool(first.timezone) and all(first == other for other in others)

    def sequence_at(self, entry_id: int) -> int:
        """The event's sequence when that entry was written in the journal."""
        return next(
            (move.sequence - 1 for move in self.moves if move.entry_id > entry_id), self.sequence
        )

    def is_by_zone_rules(self, since: int, until: int) -> bool:
        """Whether nobody but governments moved it in between."""
        causes = {move.cause for move in self.moves if since < move.sequence <= until}
        return causes == {MoveCause.ZONE_RULES}
