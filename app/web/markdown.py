"""Longer texts as HTML: Markdown without raw HTML, then only the few elements that a page of
reading needs.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

ELEMENTS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "code"}
ATTRIBUTES = {"a": {"href"}}


@lru_cache(maxsize=1024)
def rich_text(body: str) -> Markup:
    """The HTML; the same text is rendered once per process. Links may be https, mailto or within
    the site.
    """
    import nh3

    html = nh3.clean(
        _markdown().render(body),
        tags=ELEMENTS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
    return Markup(html)  # noqa: S704 - cleaned just above


@cache
def _markdown() -> "MarkdownIt":
    """The parser, made when the first text is read: a start needs none."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})
