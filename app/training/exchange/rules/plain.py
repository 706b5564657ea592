"""Texts of a bank without their markup."""

import html
import re

from app.training.exchange.values import MarkedText, TextFormat

SPACE = " \t\n\r\x0b\x0c"
"""What Moodle strips from the ends of a text: no-break spaces stay."""
LONGEST_NAME = 80
BLOCKS = {"p", "br", "li", "div", "tr", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
END_OF_BLOCK = re.compile(rf"<br>|</(?:{'|'.join(sorted(BLOCKS))})>")
TAG = re.compile(r"<[^>]*>")
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|pre|script|span|strong|style|sub|sup|table|td|tr"
    r"|u|ul)\b[^<]*>",
    re.IGNORECASE,
)
SHOWS_A_PICTURE = re.compile(r"<(?:img|svg|object|embed|video|audio|iframe)\b|@@PLUGINFILE@@", re.I)
MARKDOWN_PICTURE = re.compile(r"!\[[^\]]{0,500}\]\(")
TOO_MANY_BREAKS = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\n]+")


def stripped(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n").strip(SPACE)


def plain_text(text: MarkedText) -> str:
    """The words of a text with its line breaks. Scripts and styles go with what they hold."""
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
    """A name for a question that has none: the first words of its text."""
    words = one_line(MarkedText(text.body[: 20 * LONGEST_NAME], text.format))
    if len(words) <= LONGEST_NAME:
        return words
    short, _, _ = words[:LONGEST_NAME].rpartition(" ")
    return (short or words[:LONGEST_NAME]) + "…"


def shows_a_picture(text: MarkedText) -> bool:
    if text.pictures or (text.format is not TextFormat.PLAIN and SHOWS_A_PICTURE.search(text.body)):
        return True
    return text.format is TextFormat.MARKDOWN and bool(MARKDOWN_PICTURE.search(text.body))


def _rendered(body: str) -> str:
    from app.web.markdown import rich_text

    return str(rich_text(body)).replace("</td>", " </td>").replace(">\n", ">")


def _without_tags(body: str) -> str:
    import nh3

    kept = nh3.clean(body, tags=BLOCKS, attributes={}, link_rel=None, strip_comments=True)
    words = html.unescape(TAG.sub("", END_OF_BLOCK.sub("\n", kept))).replace("\xa0", " ")
    lines = "\n".join(line.strip(" \t") for line in words.split("\n"))
    return TOO_MANY_BREAKS.sub("\n\n", lines).strip(SPACE)
