"""The declarative base of all models, and column types that behave alike on both databases."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Table,
    Uuid,
    and_,
    func,
    or_,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.kernel.text import Language, LocalizedText

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. Refuses naive datetimes; returns aware ones on SQLite too, where
    naive UTC is stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: say in which zone it is")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Returns what reads the column; SQLite's text becomes an aware instant in one step.

        A page reads hundreds of instants and a feed thousands, and two steps showed.
        """
        return (
            _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )


def _read_text(value: str | None) -> datetime | None:
    return (
        None if value is None else datetime.fromisoformat(f"{value}+00:00")
    )  # `replace` takes six times as long


TEXTS: TypeEngine[Any] = JSON(none_as_null=True).with_variant(
    JSONB(none_as_null=True), "postgresql"
)
"""What holds a text in several languages: JSON on SQLite, JSONB on PostgreSQL."""


class LocalizedTextType(TypeDecorator[LocalizedText]):
    """A text in several languages in one column, as a JSON object of language to text."""

    impl = TEXTS
    cache_ok = True

    def process_bind_param(
        self, value: LocalizedText | None, dialect: Dialect
    ) -> dict[str, str] | None:
        return None if value is None else dict(sorted(value.items()))

    def process_result_value(
        self, value: dict[str, str] | None, dialect: Dialect
    ) -> LocalizedText | None:
        return None if value is None else LocalizedText(value)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Returns what writes the column: on SQLite one text per value, so that equal values are
        equal in a query too.

        The text is readable to whoever opens the file.
        """
        return _write_texts if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        return (
            _read_texts if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if isinstance(value, LocalizedText):
            return self
        return self.impl_instance.coerce_compared_value(op, value)


def _write_texts(value: LocalizedText | None) -> str | None:
    if value is None:
        return None
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=4096)
def _read_texts(value: str | None) -> LocalizedText | None:
    """Reads a localized text; names and titles come again with every page and are immutable, so
    they are kept and shared.
    """
    return None if value is None else LocalizedText(json.loads(value))


def in_force(dated: Any, on: Any) -> ColumnElement[bool]:
    """Says in a statement that a row holds on a day, as `kernel.dated` does of values.

    `dated` is a model with `valid_from` and `valid_until`, or an alias of one; `on` a day, a bound
    parameter or a column.
    """
    return and_(dated.valid_from <= on, not_over(dated, on))


def not_over(dated: Any, on: Any) -> ColumnElement[bool]:
    """Says in a statement that a row holds on a day or begins later."""
    return or_(dated.valid_until.is_(None), dated.valid_until > on)


def text_in(column: Any, language: Language) -> ColumnElement[str]:
    """Returns what a column of localized text holds in a language, for filters and orders.

    It is an empty string where the translation is missing.
    """
    return func.coalesce(type_coerce(column, TEXTS)[language].as_string(), "")


class Base(DeclarativeBase):
    """Base of all models. Integer keys are 64 bits wide on PostgreSQL."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        LocalizedText: LocalizedTextType,
        UUID: Uuid,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def table_of(model: type[Base]) -> Table:
    """Returns the table of a model, for statements that write rows without making objects of them.

    The ORM takes four times as long for a row.
    """
    return cast("Table", model.__table__)
