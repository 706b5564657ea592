"""All that an edition says, in one document; those of published editions are made of their rows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0041_edition_documents"
down_revision = "0040_told_changes"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERSION = 1
Row = Any


def upgrade() -> None:
    table = op.create_table(
        "edition_document",
        sa.Column("edition_id", ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", name="pk_edition_document"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_edition_document_edition_id_course_edition"
        ),
    )
    connection = op.get_bind()
    for edition_id, content in documents(connection):
        row = {"edition_id": edition_id, "version": VERSION, "content": content}
        connection.execute(sa.insert(table), row)


def downgrade() -> None:
    op.drop_table("edition_document")


def documents(connection: sa.Connection) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields each edition's id with its document, one edition in memory at a time. The names, and
    what is left out where it is empty, are those of which the editions' fingerprints were made.
    """
    rows = Rows(connection)
    slugs = {row.id: row.slug for row in rows.of("course")}
    for edition in rows.of("course_edition"):
        changes = [
            {
                "module": row.module_slug,
                "objective": row.objective_code,
                "change": row.change,
                **given(told=texts(row.told)),
            }
            for row in rows.of("objective_change", edition_id=edition.id)
        ]
        modules = rows.of("module", "number", edition_id=edition.id)
        yield (
            edition.id,
            {
                "slug": slugs[edition.course_id],
                "title": texts(edition.title),
                "summary": texts(edition.summary),
                "edition": edition.label,
                "validity_months": edition.validity_months,
                "guidelines": guidelines(rows, edition.guideline_version_id),
                "modules": [module(rows, row) for row in modules],
                **given(changes=changes),
            },
        )


class Rows:
    """Rows of tables as they are before this migration."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.metadata = sa.MetaData()

    def of(self, name: str, order: str = "", **where: Any) -> list[Row]:
        """Returns rows in order; `where` holds values of columns, or lists of them."""
        table = sa.Table(name, self.metadata, autoload_with=self.connection, resolve_fks=False)
        found = sa.select(table)
        for column, value in where.items():
            is_list = isinstance(value, list)
            found = found.where(
                table.c[column].in_(value) if is_list else table.c[column] == value
            )
        order_by = [table.c[order]] if order else list(table.primary_key)
        return list(self.connection.execute(found.order_by(*order_by)))

    def by(self, owner: str, name: str, order: str, owners: list[int]) -> dict[int, list[Row]]:
        """Returns rows by the column that names their owner."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.of(name, order, **{owner: owners}):
            found[getattr(row, owner)].append(row)
        return found


def given(**fields: Any) -> dict[str, Any]:
    """Returns the fields that are not empty. A text in no language is empty."""
    return {
        name: value
        for name, value in fields.items()
        if value and (not isinstance(value, dict) or any(value.values()))
    }


def texts(value: dict[str, str] | None) -> dict[str, str]:
    return {"es": "", "en": "", **(value or {})}


def plain(number: Any) -> str:
    """Returns a number as short as it can be written; empty for none."""
    written = f"{number:f}" if number else ""
    return written.rstrip("0").rstrip(".") if "." in written else written


def guidelines(rows: Rows, version_id: int) -> dict[str, Any]:
    [version] = rows.of("guideline_version", id=version_id)
    return {
        "label": version.label,
        "title": texts(version.title),
        "source_note": texts(version.source_note),
        "sections": [
            {"code": row.code, "title": texts(row.title), "is_verified": row.verified}
            for row in rows.of("guideline_section", "position", guideline_version_id=version_id)
        ],
    }


def module(rows: Rows, row: Row) -> dict[str, Any]:
    def own(name: str, order: str = "id") -> list[Row]:
        return rows.of(name, order, module_id=row.id)

    units, items = own("unit", "position"), own("item")
    unit_ids = [unit.id for unit in units]
    codes = {unit.id: unit.code for unit in units}
    screens = rows.by("unit_id", "unit_rendition", "screen", unit_ids)
    options = rows.by("item_id", "item_option", "position", [item.id for item in items])
    return {
        "number": row.number,
        "slug": row.slug,
        "title": texts(row.title),
        "outcome": texts(row.outcome),
        "minutes": row.minutes,
        "is_available": row.is_available,
        "objectives": [
            {"code": one.code, "text": texts(one.text), "sections": one.sections}
            for one in own("objective")
        ],
        "units": [unit(one, screens[one.id]) for one in units],
        "items": [item(one, options[one.id]) for one in items],
        **given(
            cases=[{"code": one.code, "text": texts(one.text)} for one in own("vignette")],
            checks=[
                {
                    "code": one.code,
                    "unit": codes[one.unit_id],
                    "after": one.screen,
                    "kind": one.kind,
                    "stem": texts(one.stem),
                    "options": [
                        {
                            "is_correct": option["correct"],
                            "text": texts(option["text"]),
                            "feedback": texts(option["feedback"]),
                        }
                        for option in one.options
                    ],
                }
                for one in rows.of("lesson_check", "id", unit_id=unit_ids)
            ],
            terms=[
                {"term": texts(one.term), "meaning": texts(one.meaning)}
                for one in own("glossary_term", "position")
            ],
            sources=[
                {
                    "title": texts(one.title),
                    "body": texts(one.body),
                    "year": one.year or 0,
                    "kind": one.kind,
                    "url": one.url or "",
                    "note": texts(one.note),
                }
                for one in own("course_source", "position")
            ],
            figures=[
                {
                    "code": one.code,
                    "language": one.language,
                    "svg": one.body,
                    "width": one.width,
                    "height": one.height,
                    **given(media_type=one.media_type, sha256=one.media_type and one.sha256),
                }
                for one in own("course_figure")
            ],
            videos=[
                {
                    "code": one.code,
                    "title": texts(one.title),
                    "url": one.url or "",
                    "transcript": texts(one.transcript),
                    "captions": texts(one.captions),
                    **given(media_type=one.media_type, sha256=one.sha256),
                }
                for one in own("course_video")
            ],
        ),
    }


def unit(row: Row, renditions: list[Row]) -> dict[str, Any]:
    screens: dict[str, list[str]] = defaultdict(list)
    for rendition in renditions:
        screens[rendition.language].append(rendition.body)
    quiz = None
    if row.kind == "quiz" and row.pass_mark is not None:
        quiz = {
            "draw": row.draw,
            "pass_mark": str(row.pass_mark),
            "pause_minutes": row.pause_minutes,
            **given(max_attempts=row.max_attempts),
        }
    webinar = row.webinar and {
        "percent": row.webinar["percent"],
        **{name: list(row.webinar.get(name, ())) for name in ("kinds", "series", "events")},
    }
    return {
        "code": row.code,
        "kind": row.kind,
        "minutes": row.minutes,
        "title": texts(row.title),
        "screens": screens,
        "quiz": quiz,
        **given(webinar=webinar, is_optional=row.is_optional),
    }


def item(row: Row, options: list[Row]) -> dict[str, Any]:
    return {
        "code": row.code,
        "objective": row.objective_code,
        "kind": row.kind,
        "section": row.section,
        "stem": texts(row.stem),
        "options": [
            {
                "is_correct": one.is_correct,
                "text": texts(one.text),
                "feedback": texts(one.feedback),
                **given(
                    weight=plain(one.weight),
                    match=texts(one.match),
                    number=one.number,
                    tolerance=one.tolerance,
                ),
            }
            for one in options
        ],
        **given(
            explanation=texts(row.explanation),
            is_critical=row.is_critical,
            screen=row.screen,
            case=row.case_code,
            weight=row.weight if row.weight > 1 else 0,
            strict=row.strict,
        ),
    }
