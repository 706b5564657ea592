"""Each PDF is drawn once in a run, for tests that ask for every page there is as nine readers.

Drawing one takes as long as fifty pages and says nothing about who may have it. Equal text gives an
equal file, which the tests of the engines themselves prove; there nothing is remembered.
"""

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from app.infra import pdf
from app.training.certificates import exports
from tests.support import session


@contextmanager
def drawn_once() -> Iterator[None]:
    """Within the block, a document that any worker of this run has drawn is read from the run's
    folder.
    """
    printer = _remembering(pdf._printer_of_this_process, "print")
    engine = _remembering(exports._engine_of_this_process, "render")
    with (
        patch.object(pdf, "_printer_of_this_process", printer),
        patch.object(exports, "_engine_of_this_process", engine),
    ):
        yield


def _remembering(engine: Callable[[], Any], method: str) -> Callable[[], Any]:
    def draw(content: object) -> bytes:
        folder = session.folder() / "drawn"
        folder.mkdir(exist_ok=True)
        name = hashlib.sha256(pickle.dumps((method, content))).hexdigest()
        if not (folder / name).exists():
            part = folder / f"{name}.{os.getpid()}"
            part.write_bytes(getattr(engine(), method)(content))
            part.rename(folder / name)
        return (folder / name).read_bytes()

    return lambda: SimpleNamespace(**{method: draw})
