"""Keys of links stand sealed instead of being made of SECRET_KEY, and names that were taken away are
hashed with a key of their own: so SECRET_KEY can be exchanged. Links that were sent go on working.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.infra.platform import platform
from app.infra.sealing import seal

revision = "0088_keys_exchanged"
down_revision = "0087_notices_kept"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES, NAMES_PURPOSE = "name_key", "certificate-names"
AT_ONCE = 1000
KEYED = (
    ("invitation", "id", "invitation"),
    ("guest", "person_id", "guest"),
    ("outside_speaker", "person_id", "speaker"),
)
"""Table, its key, and what the key of the link was made for."""


def _table(name: str, key: str) -> sa.TableClause:
    columns = (sa.column(one, sa.Text) for one in ("bits", "token_sha256", "sealed_key"))
    return sa.table(name, sa.column(key, ID), *columns)


def _sealed(bits: str, sha256: str, purpose: str) -> str:
    """Returns the key of a link, sealed; "" where another secret than those listed made it."""
    settings = platform().settings
    for secret in (settings.secret, *settings.secret_key_fallbacks):
        made = hmac.digest(secret.encode(), f"convoca:{purpose}:{bits}".encode(), "sha256")
        key = urlsafe_b64encode(made).decode().rstrip("=")
        if hashlib.sha256(key.encode()).hexdigest() == sha256:
            return seal(key, secret=settings.secret, purpose=f"{purpose}-key")
    return ""


def _pages(table: sa.TableClause, key: str) -> Any:
    last = 0
    while True:
        page = sa.select(table).where(table.c[key] > last).order_by(table.c[key]).limit(AT_ONCE)
        rows = op.get_bind().execute(page).mappings().all()
        if not rows:
            return
        last = rows[-1][key]
        yield rows


def upgrade() -> None:
    for name, key, purpose in KEYED:
        op.add_column(
            name, sa.Column("sealed_key", sa.Text(), nullable=False, server_default="")
        )
        table = _table(name, key)
        # Named apart from the columns, which an UPDATE of these names would set.
        change = table.update().where(table.c[key] == sa.bindparam("number"))
        for rows in _pages(table, key):
            changes = [
                {
                    "number": row[key],
                    "sealed_key": _sealed(row["bits"], row["token_sha256"], purpose),
                }
                for row in rows
                if row["bits"]
            ]
            if changes:
                op.get_bind().execute(change, changes)
        op.drop_column(name, "bits")
    op.create_table(
        NAMES,
        sa.Column("id", ID, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{NAMES}"),
    )
    erased = sa.select(sa.func.count()).select_from(sa.table("name_erasure"))
    if op.get_bind().scalar(erased):
        # So far the secret itself was the key of names.
        secret = platform().settings.secret
        sealed = seal(secret, secret=secret, purpose=NAMES_PURPOSE)
        op.bulk_insert(sa.table(NAMES, sa.column("sealed", sa.Text)), [{"sealed": sealed}])


def downgrade() -> None:
    """Letters that are written later bear links that do not work, until they are asked anew: no
    bits make the keys of before.
    """
    op.drop_table(NAMES)
    for name, key, _purpose in KEYED:
        is_optional = name == "invitation"
        op.add_column(
            name,
            sa.Column(
                "bits",
                sa.String(64),
                nullable=is_optional,
                server_default=None if is_optional else "",
            ),
        )
        table = _table(name, key)
        change = table.update().where(table.c[key] == sa.bindparam("number"))
        for rows in _pages(table, key):
            changes = [
                {"number": row[key], "bits": secrets.token_hex(32)}
                for row in rows
                if row["sealed_key"] or not is_optional
            ]
            if changes:
                op.get_bind().execute(change, changes)
        op.drop_column(name, "sealed_key")
