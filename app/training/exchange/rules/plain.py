"""Texts of a bank without their markup."""

import html
import re
from itertools import islice

from app.training.exchange.values import MarkedText, TextFormat

SPACE = " \t\n\r\x0b\x0c"
"""What Moodle strips from the ends of a text: no-break spaces stay."""
LONGEST_NAME = 80
BLOCKS = {"p", "br", "li", "div", "tr", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
END_OF_BLOCK = re.compile(rf"<br>|</(?:{'|'.join(sorted(BLOCKS))})>")
TAG = re.compile(r"<[^>]*>")
TAG_BEGINS = re.compile("<")
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|pre|script|span|strong|style|sub|sup|table|td|tr"
    r"|u|ul)\b[^<]*>",
    re.IGNORECASE,
)
SHOWS_A_PICTURE = re.compile(r"<(?:img|svg|object|embed|video|audio|iframe)\b|@@PLUGINFILE@@", re.I)
MARKDOWN_PICTURE = re.compile(r"!\[[^\]]{0,500}\]\(")
TOO_MANY_BREAKS = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\n]+")


MARKS_OF_MARKDOWN = re.compile(r"[*_\[\]!`<>|~]|^[ \t]*(?:[-+]|[0-9]+[.)])[ \t]", re.MULTILINE)
MOST_MARKS = 1_000
"""Marks or tags of one text. What makes HTML of Markdown and cleans HTML takes longer than the
length of a text where thousands of them stand in one another, and nobody writes so many.
"""
RAISED, LOWERED = re.compile(r"<sup>([^<]{0,40})</sup>"), re.compile(r"<sub>([^<]{0,40})</sub>")
UP = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
HAS_UP, HAS_DOWN = set("0123456789+-−=()ni"), set("0123456789+-−=()")
ORDINALS = {"o": "º", "a": "ª"}
AFTER_NUMBERS = frozenset(
    [
        *("er", "ro", "ra", "do", "da", "to", "ta", "mo", "ma", "vo", "va", "no", "na"),
        *("avo", "ava", "os", "as", "st", "nd", "rd", "th"),
    ]
)
"""Raised letters that belong to a number in words, as in 1<sup>er</sup>, and are no power."""


def stripped(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n").strip(SPACE)


def plain_text(text: MarkedText) -> str:
    """Returns the words of a text with its line breaks.

    Scripts and styles go with what they hold.
    """
    if text.format is TextFormat.PLAIN:
        return text.body
    if text.format is TextFormat.MARKDOWN:
        return _without_tags(_rendered(text.body))
    if text.format is TextFormat.HTML:
        return _without_tags(SPACES.sub(" ", text.body))
    if LOOKS_LIKE_HTML.search(text.body):
        return _without_tags(text.body)
    return html.unescape(text.body).strip(SPACE)


def one_line(text: MarkedText) -> str:
    return SPACES.sub(" ", plain_text(text)).strip(SPACE)


def name_of(text: MarkedText) -> str:
    """Returns a name for a question that has none: the first words of its text."""
    beginning = MarkedText(text.body[: 20 * LONGEST_NAME], text.format)
    if is_overloaded(beginning):
        beginning = MarkedText(beginning.body, TextFormat.PLAIN)
    words = one_line(beginning)
    if len(words) <= LONGEST_NAME:
        return words
    short, _, _ = words[:LONGEST_NAME].rpartition(" ")
    return (short or words[:LONGEST_NAME]) + "…"


def marks_of(text: MarkedText) -> int:
    """Returns how many marks of Markdown or tags a text has; at most one more than MOST_MARKS are
    counted.
    """
    if text.format is TextFormat.PLAIN:
        return 0
    marks = MARKS_OF_MARKDOWN if text.format is TextFormat.MARKDOWN else TAG_BEGINS
    return sum(1 for _ in islice(marks.finditer(text.body), MOST_MARKS + 1))


def is_overloaded(text: MarkedText) -> bool:
    """Returns True for more marks than a text is rendered with. Asked before it is rendered."""
    return marks_of(text) > MOST_MARKS


def shows_a_picture(text: MarkedText) -> bool:
    if text.pictures or (text.format is not TextFormat.PLAIN and SHOWS_A_PICTURE.search(text.body)):
        return True
    return text.format is TextFormat.MARKDOWN and bool(MARKDOWN_PICTURE.search(text.body))


def _rendered(body: str) -> str:
    from app.web.markdown import rich_text

    return str(rich_text(body)).replace("</td>", " </td>").replace(">\n", ">")


def _without_tags(body: str) -> str:
    import nh3

    kept = nh3.clean(
        body, tags=BLOCKS | {"sup", "sub"}, attributes={}, link_rel=None, strip_comments=True
    )
    kept = LOWERED.sub(
        lambda found: _lowered(found[1]), RAISED.sub(lambda found: _raised(found[1]), kept)
    )
    words = html.unescape(TAG.sub("", END_OF_BLOCK.sub("\n", kept))).replace("\xa0", " ")
    lines = "\n".join(line.strip(" \t") for line in words.split("\n"))
    return TOO_MANY_BREAKS.sub("\n\n", lines).strip(SPACE)


def _raised(words: str) -> str:
    """Returns what stands raised as plain text that means the same: 10⁻³, x^2a, 1er, 2º."""
    plain = words.strip()
    if set(plain) <= HAS_UP:
        return plain.translate(UP)
    if plain.lower() in ORDINALS:
        return ORDINALS[plain.lower()]
    if plain.lower() in AFTER_NUMBERS or not plain:
        return plain
    return f"^{plain}" if plain.isalnum() else f"^({plain})"


def _lowered(words: str) -> str:
    """Returns what stands lowered as plain text that means the same: CO₂, x_max."""
    plain = words.strip()
    if set(plain) <= HAS_DOWN:
        return plain.translate(DOWN)
    return f"_{plain}" if plain.isalnum() else f"_({plain})"
