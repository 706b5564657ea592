"""How deep JSON is, asked before it is read.

A parser calls itself for every bracket within a bracket, so a body of nothing but brackets ends in
a RecursionError, in it or in whatever walks through the result.
"""

import re

DEEPEST = 32
"""No form, no package and no provider of meetings nests deeper than a handful."""
STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def is_shallow_json(data: bytes, *, deepest: int = DEEPEST) -> bool:
    """Returns True for bytes of UTF-8 in which at most so many brackets stand open at once.

    False too for bytes with a zero in them: other encodings of JSON have some, and brackets could
    hide there. In UTF-8 none may stand in JSON (RFC 8259 §7).
    """
    if b"\0" in data:
        return False
    depth = 0
    for match in STRING_OR_BRACKET.finditer(data):
        found = match.group()
        if found in (b"[", b"{"):
            depth += 1
            if depth > deepest:
                return False
        elif found in (b"]", b"}"):
            depth -= 1
    return True
