"""Tokens of addresses stand as a hash and sealed, and letters without the keys of choices: whoever
reads the database can use none. Addresses and links that were sent go on working.
"""

import hashlib
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.infra.platform import platform
from app.infra.sealing import CannotUnseal, seal, unseal

revision = "0083_tokens_at_rest"
down_revision = "0081_single_sign_on"
branch_labels = None
depends_on = None

ADDRESSES, MESSAGES = "answer_address", "message"
PURPOSE, MARK = "letter-tokens", "…"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHOICE = re.compile(
    r"(https?://[^\s/<>\"]+/(?:wishes|refreshers/choice)/)[^\s/?#<>\"…]*[\w-]"  # as rules has it
)
ANSWERS = re.compile(r"rsvp\+([0-9a-f]{20})@")
AT_ONCE = 1000

message = sa.table(
    MESSAGES,
    sa.column("id", ID),
    *(
        sa.column(name, sa.Text)
        for name in ("body", "calendar", "reply_to", "unsubscribe_url", "token")
    ),
    sa.column("token_sha256", sa.Text),
    sa.column("sealed_token", sa.Text),
)


def _kept(token: str) -> dict[str, str]:
    if not token:
        return {"token_sha256": "", "sealed_token": ""}
    return {
        "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
        "sealed_token": seal(token, secret=platform().settings.secret, purpose=PURPOSE),
    }


def _opened(sealed: str) -> str:
    try:
        return unseal(sealed, secret=platform().settings.secret, purpose=PURPOSE) if sealed else ""
    except CannotUnseal:
        return ""


def _without_token(calendar: str, reply_to: str) -> str:
    """Marks the token in a calendar, whose lines may be folded in the midst of it."""
    found = ANSWERS.match(reply_to)
    if not found:
        return calendar
    folded = r"(?:\r\n )?".join(map(re.escape, f"rsvp+{found[1]}@"))
    return re.sub(folded, f"rsvp+{MARK}@", calendar)


def _letters() -> None:
    bind, last = op.get_bind(), 0
    # Named apart from the columns, which an UPDATE of these names would set.
    change = message.update().where(message.c.id == sa.bindparam("number"))
    while True:
        page = sa.select(message).where(message.c.id > last).order_by(message.c.id).limit(AT_ONCE)
        rows = bind.execute(page).all()
        if not rows:
            return
        last = rows[-1].id
        changes: list[dict[str, Any]] = [
            {
                "number": row.id,
                "body": CHOICE.sub(rf"\1{MARK}", row.body),
                "unsubscribe_url": CHOICE.sub(rf"\1{MARK}", row.unsubscribe_url),
                "calendar": _without_token(row.calendar, row.reply_to),
                "reply_to": ANSWERS.sub(f"rsvp+{MARK}@", row.reply_to),
                **_kept(row.token),
            }
            for row in rows
        ]
        bind.execute(change, changes)


def _addresses(*columns: sa.Column[Any], key: str) -> sa.Table:
    return op.create_table(
        ADDRESSES,
        *columns,
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint(key, name=f"pk_{ADDRESSES}"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=f"fk_{ADDRESSES}_event_id_event"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=f"fk_{ADDRESSES}_person_id_person"
        ),
    )


def _index_addresses() -> None:
    op.create_index(
        f"uq_{ADDRESSES}_event_id_person_id", ADDRESSES, ["event_id", "person_id"], unique=True
    )
    op.create_index(f"ix_{ADDRESSES}_person_id", ADDRESSES, ["person_id"])


def _addresses_of(column: str) -> list[Any]:
    named = sa.table(
        ADDRESSES,
        sa.column(column, sa.Text),
        sa.column("event_id", sa.Uuid()),
        sa.column("person_id", ID),
    )
    rows = op.get_bind().execute(sa.select(named)).all()
    op.drop_table(ADDRESSES)
    return list(rows)


def upgrade() -> None:
    rows = _addresses_of("token")
    table = _addresses(
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("sealed_token", sa.Text(), nullable=False),
        key="token_sha256",
    )
    _index_addresses()
    who = [{"event_id": row.event_id, "person_id": row.person_id} for row in rows]
    op.bulk_insert(table, [{**_kept(row.token), **of} for row, of in zip(rows, who, strict=True)])
    for name, kind in (("token_sha256", sa.String(64)), ("sealed_token", sa.Text())):
        op.add_column(MESSAGES, sa.Column(name, kind, nullable=False, server_default=""))
    _letters()
    op.drop_index(f"ix_{MESSAGES}_token", MESSAGES)
    op.drop_column(MESSAGES, "token")
    op.create_index(f"ix_{MESSAGES}_token_sha256", MESSAGES, ["token_sha256"])


def downgrade() -> None:
    """Letters keep the marks of their keys: what waits leaves without them."""
    opened = [(_opened(row.sealed_token), row) for row in _addresses_of("sealed_token")]
    table = _addresses(sa.Column("token", sa.String(20), nullable=False), key="token")
    _index_addresses()
    op.bulk_insert(
        table,
        [
            {"token": token, "event_id": row.event_id, "person_id": row.person_id}
            for token, row in opened
            if token
        ],
    )
    op.add_column(MESSAGES, sa.Column("token", sa.String(20), nullable=False, server_default=""))
    op.drop_index(f"ix_{MESSAGES}_token_sha256", MESSAGES)
    old = sa.select(message.c.id, message.c.sealed_token).where(message.c.sealed_token != "")
    change = message.update().where(message.c.id == sa.bindparam("number"))
    opened_letters = [
        {"number": row.id, "token": _opened(row.sealed_token)} for row in op.get_bind().execute(old)
    ]
    if opened_letters:
        op.get_bind().execute(change, opened_letters)
    for name in ("token_sha256", "sealed_token"):
        op.drop_column(MESSAGES, name)
    op.create_index(f"ix_{MESSAGES}_token", MESSAGES, ["token"])
