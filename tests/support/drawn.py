"""Each PDF is drawn once in a run, for tests that ask for every page there is as nine readers.

Drawing one takes as long as fifty pages and says nothing about who may have it. Equal text gives an
equal file, which the tests of the engines themselves prove; there nothing is remembered.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from app.infra.pdf import DrawingPress
from tests.support import session


@contextmanager
def drawn_once() -> Iterator[None]:
    """Within the block, a document that any worker of this run has drawn is read from the run's
    folder.
    """
    draw = DrawingPress.draw

    def remembered(press: DrawingPress, recipe: str, content: bytes) -> bytes:
        folder = session.folder() / "drawn"
        folder.mkdir(exist_ok=True)
        name = hashlib.sha256(recipe.encode() + b"\0" + content).hexdigest()
        if not (folder / name).exists():
            part = folder / f"{name}.{os.getpid()}"
            part.write_bytes(draw(press, recipe, content))
            part.rename(folder / name)
        return (folder / name).read_bytes()

    with patch.object(DrawingPress, "draw", remembered):
        yield
