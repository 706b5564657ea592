"""Use cases of scheduling, the only writers of the calendar of record."""

from app.scheduling.services.claims import claim, lock, move, release

__all__ = ["claim", "lock", "move", "release"]
