"""Counts how often something was asked lately, in memory that the workers of a machine share.

For what anybody may read. Counting that in the database would make a write of every read: a flood
of questions would hold up those who work, and nobody would get an answer while the storage is full.
The memory is reserved before workers are forked, never grows, and forgets all when they end.
"""

import hashlib
import mmap
import secrets
import struct
from datetime import datetime
from math import ceil

MINUTE = 60
SLOTS = 1 << 16
SLOT = struct.Struct("<III")
"""The minute (since 1970), how often in it, how often in the minute before it."""


class Crowds:
    """How often each of any number of keys was counted within the last minute, about.

    What was counted in the minute before weighs by how much of it still lies within the last 60
    seconds. Two keys that fall on one slot share a count; which do differs from one start to the
    next. Of two workers that count at the same instant one may be lost.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SLOTS * SLOT.size)
        self._salt = secrets.token_bytes(16)

    def lets_in(self, key: str, *, most: int, now: datetime) -> bool:
        """Counts one more, unless that were more than `most` within a minute."""
        minute, second, count, before = self._counted(key, now)
        if count + before * (MINUTE - second) / MINUTE + 1 > most:
            return False
        SLOT.pack_into(self._memory, self._place(key), minute, count + 1, before)
        return True

    def wait(self, key: str, *, most: int, now: datetime) -> int:
        """Returns after how many seconds one more is let in, if no other is meanwhile."""
        _minute, second, count, before = self._counted(key, now)
        if count < most:
            return max(1, ceil(MINUTE - second - MINUTE * (most - 1 - count) / max(1, before)))
        return MINUTE - second + ceil(MINUTE - MINUTE * (most - 1) / count)

    def _counted(self, key: str, now: datetime) -> tuple[int, int, int, int]:
        """Returns the minute (since 1970) and second, how often in it, and in the one before."""
        minute, second = divmod(int(now.timestamp()), MINUTE)
        counted_in, count, before = SLOT.unpack_from(self._memory, self._place(key))
        if counted_in != minute:
            before = count if counted_in == minute - 1 else 0
            count = 0
        return minute, second, count, before

    def _place(self, key: str) -> int:
        digest = hashlib.blake2b(key.encode(), digest_size=8, key=self._salt).digest()
        return int.from_bytes(digest) % SLOTS * SLOT.size
