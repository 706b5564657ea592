"""Ask each country once a quarter, keep what was chosen before it is confirmed, and follow a move.
"""

import sqlalchemy as sa
from alembic import op

revision = "0063_quarterly_confirmation"
down_revision = "0065_certificate_papers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROUND, DRAFT = "confirmation_round", "roster_draft"


def upgrade() -> None:
    op.create_table(
        ROUND,
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date()),
        sa.Column("told_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ROUND}"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=f"fk_{ROUND}_country_code_country"
        ),
        sa.UniqueConstraint("country_code", "quarter", name=f"uq_{ROUND}_country_code_quarter"),
    )
    op.create_table(
        DRAFT,
        sa.Column("appointment_id", ID, autoincrement=False, nullable=False),
        sa.Column("said", sa.String(10), nullable=False),
        sa.Column("on_text", sa.String(40), nullable=False, server_default=""),
        sa.Column("post_text", sa.String(200), nullable=False, server_default=""),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=f"pk_{DRAFT}"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=f"fk_{DRAFT}_appointment_id_appointment"
        ),
    )
    op.add_column("appointment", sa.Column("moved_to_id", ID))


def downgrade() -> None:
    op.drop_column("appointment", "moved_to_id")
    op.drop_table(DRAFT)
    op.drop_table(ROUND)
