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
        """Returns True if it was at the same hours and place at all of them; what is not known is
        not the same.
        """
        if len(set(sequences)) == 1:
            return True
        first, *others = (self.at(sequence) for sequence in sequences)
        return bool(first.timezone) and all(first == other for other in others)

    def sequence_at(self, entry_id: int) -> int:
        """Returns the event's sequence when that entry was written in the journal."""
        return next(
            (move.sequence - 1 for move in self.moves if move.entry_id > entry_id), self.sequence
        )

    def is_by_zone_rules(self, since: int, until: int) -> bool:
        """Returns True if nobody but governments moved it in between."""
        causes = {move.cause for move in self.moves if since < move.sequence <= until}
        return causes == {MoveCause.ZONE_RULES}


# How new one attendee's invitation is, as SEQUENCE counts it (RFC 5546 §2.1.4).
#
# Each invitation has one attendee, so each attendee has an own SEQUENCE: the event's, and how often
# the own invitation changed between sent and withdrawn. §2.1.4 wants it raised with every CANCEL and
# with every change of DTSTART, DTEND or STATUS; a REQUEST after a CANCEL turns CANCELLED into
# CONFIRMED, so it rises there too. By the tie-break alone, the newer DTSTAMP, that REQUEST would be a
# mere update (§3.2.2.2) of what the calendar has let go of already, and a tie again within one
# second.


def sequence_for(event_sequence: int, turns: int) -> int:
    return event_sequence + turns
