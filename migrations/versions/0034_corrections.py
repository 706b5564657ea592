"""Records put right, with both versions; wishes to have one put right; addresses to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0034_corrections"
down_revision = "0033_authorization_requests"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("appointment_id", ID),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("before", sa.String(500), nullable=False),
        sa.Column("after", sa.String(500), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_person_correction"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_person_correction_person_id_person"
        ),
    )
    op.create_index("ix_person_correction_person_id", "person_correction", ["person_id"])
    op.create_table(
        "correction_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("post", sa.String(300), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False, server_default=""),
        sa.Column("reason", sa.String(500), nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_correction_request"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_correction_request_person_id_person"
        ),
    )
    op.create_index("ix_correction_request_person_id", "correction_request", ["person_id"])
    op.create_index(
        "uq_correction_request_open",
        "correction_request",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("decision = ''"),
        postgresql_where=sa.text("decision = ''"),
    )
    op.create_table(
        "address_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("token_sha256", sa.String(64)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", ID),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sa.UniqueConstraint("token_sha256", name="uq_address_change_token_sha256"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_address_change_account_id_account"
        ),
    )
    op.create_index("ix_address_change_account_id", "address_change", ["account_id"])
    waiting = sa.text("used_at IS NULL AND revoked_at IS NULL")
    op.create_index(
        "uq_address_change_waiting",
        "address_change",
        ["account_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    for table in ("address_change", "correction_request", "person_correction"):
        op.drop_table(table)
