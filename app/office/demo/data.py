"""Reads `reference/demo`: the people, events and words that the demo is made of."""

from functools import cache
from typing import Any

import yaml

from app.infra.body import LOADER
from app.kernel.reference import FOLDER
from app.kernel.text import LocalizedText

DATA = FOLDER / "demo"
TONGUES = frozenset({"es", "en"})


@cache
def demo_data(name: str) -> Any:
    """Returns the content of `reference/demo/<name>.yaml`; a mapping of languages to texts is a
    LocalizedText, a list is a tuple.
    """
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    return _frozen(yaml.load(text, Loader=LOADER))  # noqa: S506 - a safe loader


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict) and value.keys() <= TONGUES:
        return LocalizedText(value)
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return value
