"""Drafts of courses call their fields as editions do."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0043_draft_words"
down_revision = "0042_refused_wishes"
branch_labels = None
depends_on = None

PARTS = sa.table(
    "draft_part",
    sa.column("id", sa.BigInteger()),
    sa.column("kind", sa.String()),
    sa.column("data", sa.JSON()),
)
NEW_WORDS = {"correct": "is_correct", "critical": "is_critical", "verified": "is_verified"}


def upgrade() -> None:
    rename(NEW_WORDS)


def downgrade() -> None:
    rename({new: old for old, new in NEW_WORDS.items()})


def rename(words: Mapping[str, str]) -> None:
    connection = op.get_bind()
    wanted = sa.select(PARTS).where(PARTS.c.kind.in_(("section", "question", "check")))
    for part in connection.execute(wanted).all():
        data = renamed(part.data, words)
        if "options" in data:
            data["options"] = [renamed(option, words) for option in data["options"]]
        connection.execute(sa.update(PARTS).where(PARTS.c.id == part.id).values(data=data))


def renamed(fields: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    return {words.get(name, name): value for name, value in fields.items()}
