"""What lies inside a question, however deep."""

from collections.abc import Iterator

from app.training.exchange.values import EmbeddedPicture, MarkedText


def bodies(value: object) -> Iterator[str]:
    """Yields every string inside a value."""
    if isinstance(value, str):
        yield value
    else:
        for inner in _parts(value):
            yield from bodies(inner)


def texts(value: object) -> Iterator[MarkedText]:
    """Yields every text with a format inside a value."""
    if isinstance(value, MarkedText):
        yield value
    else:
        for inner in _parts(value):
            yield from texts(inner)


def has_pictures(value: object) -> bool:
    return isinstance(value, EmbeddedPicture) or any(has_pictures(inner) for inner in _parts(value))


def _parts(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return value
    return tuple(vars(value).values()) if hasattr(value, "__dataclass_fields__") else ()
