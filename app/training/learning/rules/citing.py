"""Codes of the Guidelines' sections within a text; pure."""

import re
from collections.abc import Callable

CODE = re.compile(r"(?<![\w.])(?:I|II|III|IV|V|VI|VII|VIII|IX|X)\.[1-9][0-9]?(?![\w]|\.\d)")
"""A Roman part with a number, such as III.10, and not a piece of anything longer."""
TAG = re.compile(r"(<[^>]*>)")


def codes_in(text: str) -> frozenset[str]:
    return frozenset(CODE.findall(text))


def linked(html: str, link: Callable[[str], str]) -> str:
    """Returns sound HTML in which each code is what `link` makes of it, except within tags and
    within links.
    """
    parts, depth = TAG.split(html), 0
    for place, part in enumerate(parts):
        if part.startswith("<a ") or part == "<a>":
            depth += 1
        elif part == "</a>":
            depth -= 1
        elif not part.startswith("<") and not depth:
            parts[place] = CODE.sub(lambda code: link(code.group()), part)
    return "".join(parts)
