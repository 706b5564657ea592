"""The AICC script of SCORM 1.2 in which an item names what must be done before it: `A & (B | ~C)`.

Also `AND`, `OR`, `NOT`, and `A="completed"` for a status. What cannot be read is ignored, which the
dry run says.
"""

import re
from collections.abc import Collection, Mapping

from app.training.packages.values import DONE, PlayStatus

TOKEN = re.compile(r'\s*(?:(&|\||~|\(|\)|<>|=)|"([^"]*)"|([^\s&|~()="<>]+))')
WORDS = {"and": "&", "or": "|", "not": "~"}
MOST_TOKENS = 150
STATUS_LETTERS = {
    "p": PlayStatus.PASSED,
    "c": PlayStatus.COMPLETED,
    "f": PlayStatus.FAILED,
    "i": PlayStatus.INCOMPLETE,
    "b": PlayStatus.BROWSED,
    "n": PlayStatus.NOT_ATTEMPTED,
}


class UnreadableScript(ValueError):
    """The script is none that is known here, or names an item that does not exist."""


def holds(script: str, statuses: Mapping[str, PlayStatus]) -> bool:
    """Returns True when the script is true of the statuses by item. Raises UnreadableScript."""
    if not script.strip():
        return True
    return _ScriptReader(_tokens(script), statuses).whole()


def is_readable(script: str, keys: Collection[str]) -> bool:
    try:
        holds(script, dict.fromkeys(keys, PlayStatus.NOT_ATTEMPTED))
    except UnreadableScript:
        return False
    return True


def _tokens(script: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    text = script.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or len(tokens) >= MOST_TOKENS:
            raise UnreadableScript(script)
        sign, quoted, word = match.groups()
        if word is not None:
            sign = WORDS.get(word.lower(), f"w{word}")
        tokens.append(sign if sign is not None else f"w{quoted}")
        at = match.end()
    return tokens


class _ScriptReader:
    """A recursive descent: or, and, not, parentheses; each part is read whether it counts or not."""

    def __init__(self, tokens: list[str], statuses: Mapping[str, PlayStatus]) -> None:
        self.tokens, self.statuses = tokens, statuses

    def whole(self) -> bool:
        value = self.either()
        if self.tokens:
            raise UnreadableScript(self.tokens[0])
        return value

    def either(self) -> bool:
        value = self.both()
        while self.takes("|"):
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.one()
        while self.takes("&"):
            value = self.one() and value
        return value

    def one(self) -> bool:
        if self.takes("~"):
            return not self.one()
        if self.takes("("):
            value = self.either()
            if not self.takes(")"):
                raise UnreadableScript("(")
            return value
        status = self.statuses.get(self.word())
        if status is None:
            raise UnreadableScript("item")
        for sign in ("=", "<>"):
            if self.takes(sign):
                return (status is _status(self.word())) is (sign == "=")
        return status in DONE

    def takes(self, token: str) -> bool:
        is_next = bool(self.tokens) and self.tokens[0] == token
        if is_next:
            self.tokens.pop(0)
        return is_next

    def word(self) -> str:
        if not self.tokens or not self.tokens[0].startswith("w"):
            raise UnreadableScript("word")
        return self.tokens.pop(0)[1:]


def _status(word: str) -> PlayStatus:
    """Returns a status by its whole name or by its first letter, as AICC allows."""
    folded = word.strip().lower()
    if folded in set(PlayStatus):
        return PlayStatus(folded)
    if folded in STATUS_LETTERS:
        return STATUS_LETTERS[folded]
    raise UnreadableScript(word)
