"""Longer texts as HTML: Markdown without raw HTML, then only the few elements that a page of
reading needs.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ELEMENTS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "code"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}}


@dataclass(frozen=True)
class Picture:
    """A picture that a text may show by its code, with its address and size in pixels."""

    code: str
    address: str
    width: int
    height: int


@lru_cache(maxsize=1024)
def rich_text(body: str, pictures: tuple[Picture, ...] = ()) -> Markup:
    """Returns the HTML; the same text is rendered once per process. Links may be https, mailto or
    within the site. Of images only `pictures` are shown; any other is told by its words.
    """
    import nh3

    parser = _markdown()
    tokens = parser.parse(body)
    _place(tokens, {picture.code: picture for picture in pictures})
    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags={*ELEMENTS, *TABLE, "img"} if pictures else ELEMENTS | TABLE,
        attributes=ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
    # what a reader wrote holds no tags any more, so these are the renderer's own
    html = html.replace("<table>", '<div class="text-table"><table>')
    return Markup(html.replace("</table>", "</table></div>"))  # noqa: S704 - cleaned just above


def _place(tokens: "Sequence[Token]", pictures: "Mapping[str, Picture]") -> None:
    """Gives each image the address and size of its picture, and makes text of the others."""
    for token in _images(tokens):
        picture = pictures.get(str(token.attrs.get("src", "")))
        if picture is None:
            token.type = "text"
            continue
        token.attrs = {
            "src": picture.address,
            "alt": "",
            "width": str(picture.width),
            "height": str(picture.height),
        }


def _images(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        if token.type == "image":
            yield token
        elif token.children:
            yield from _images(token.children)


@cache
def _markdown() -> "MarkdownIt":
    """Returns the parser, made when the first text is read: a start needs none."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
