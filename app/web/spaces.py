"""Takes out of pages the spaces that a browser does not show: the indentation of the templates.

Done once for each template, when it is read. A run of spaces between two words stays one space.
"""

import re

from jinja2.ext import Extension

INDENT = re.compile(r"(?<![%#]\})\n[ \t]+")
# Jinja drops the end of a block's line, so that one space of the next line goes on parting two words.
INDENT_AFTER_BLOCK = re.compile(r"(?<=[%#]\}\n)[ \t]+")
# Beside and inside these a browser shows no space.
BOXES = (
    "article|aside|body|dd|div|dl|dt|fieldset|footer|head|header|html|li|link|main|meta|nav|noscript|"
    "ol|option|p|section|table|tbody|td|th|thead|title|tr|ul"
)
BESIDE_BOX = re.compile(rf"(</?(?:{BOXES})(?: [^<>{{}}]*)?>)\s*\n\s*|\s*\n\s*(?=</?(?:{BOXES})\b)")
# Inside these too, but some of them stand in a line with others (`.task form`, `summary > h3`).
HOLDING = f"{BOXES}|details|form|h[1-6]|legend|select|summary"
INSIDE_BOX = re.compile(rf"(<(?:{HOLDING})(?: [^<>{{}}]*)?>)\n\s*|\n\s*(?=</(?:{HOLDING})>)")
# In these each space counts.
KEPT = re.compile(r"(<(?:textarea|pre|script)\b.*?</(?:textarea|pre|script)>)", re.DOTALL)


class WithoutSpaces(Extension):
    """Hands Jinja the source of a page without its indentation; other templates stay as they are."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if not (name or "").endswith(".html"):
            return source
        parts = KEPT.split(source)
        parts[::2] = map(_without_spaces, parts[::2])  # every second part is one that is kept
        return "".join(parts)


def _without_spaces(source: str) -> str:
    source = INSIDE_BOX.sub(r"\1", BESIDE_BOX.sub(r"\1", source))
    return INDENT_AFTER_BLOCK.sub(" ", INDENT.sub(" ", source))
