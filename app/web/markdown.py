"""Longer texts as HTML: Markdown without raw HTML, then only the few elements that a page of
reading needs.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

ELEMENTS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "code"}
ATTRIBUTES = {"a": {"href"}}
MARKDOWN = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=1024)
def rich_text(body: str) -> Markup:
    """The HTML; the same text is rendered once per process. Links may be https, mailto or within
    the site.
    """
    html = nh3.clean(
        MARKDOWN.render(body),
        tags=ELEMENTS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
    return Markup(html)  # noqa: S704 - cleaned just above
