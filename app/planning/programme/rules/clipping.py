"""Titles cut at a word, so that a block of a calendar keeps its height and no word is broken; pure."""

MORE = "…"
SHORT = 3
"""A text does not end with words so short: "Consentimiento informado…" and not "… en la…"."""


def clipped(text: str, *, width: int, lines: int = 2) -> str:
    """Returns the text as it fits into so many lines of `width` characters; what is left out ends
    in "…".

    A word longer than a line takes a line of its own.
    """
    shown: list[str] = []
    used, line = 0, 1
    words = text.split()
    for number, word in enumerate(words):
        is_last = number == len(words) - 1
        length = len(word) if is_last or line < lines else len(word) + len(MORE)
        if shown and used + 1 + length > width:
            if line == lines:
                return _ended(shown)
            line, used = line + 1, len(word)
        else:
            used += len(word) + bool(used)
        shown.append(word)
    return " ".join(shown)


def _ended(words: list[str]) -> str:
    while len(words) > 1 and len(words[-1]) <= SHORT:
        words.pop()
    return " ".join(words).rstrip(".,:;–-") + MORE
