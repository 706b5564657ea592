"""Letters to institutions about successors, and the webinars that countries wish for."""

import sqlalchemy as sa
from alembic import op

revision = "0071_requests_of_countries"
down_revision = "0060_offices"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUCCESSORS, WEBINARS = "successor_request", "webinar_request"


def upgrade() -> None:
    op.create_table(
        SUCCESSORS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("post_ids", sa.JSON(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", ID),
        sa.Column("answered_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SUCCESSORS}"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=f"fk_{SUCCESSORS}_institution_id_institution",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=f"fk_{SUCCESSORS}_asked_by_account"
        ),
    )
    op.create_index(f"ix_{SUCCESSORS}_institution_id", SUCCESSORS, ["institution_id"])
    op.create_table(
        WEBINARS,
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.String(500), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", ID),
        sa.Column("declined_on", sa.Date()),
        sa.Column("answer", sa.String(500), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=f"pk_{WEBINARS}"),
        sa.UniqueConstraint("event_id", name=f"uq_{WEBINARS}_event_id"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=f"fk_{WEBINARS}_country_code_country"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=f"fk_{WEBINARS}_course_id_course"),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=f"fk_{WEBINARS}_asked_by_account"
        ),
    )
    op.create_index(f"ix_{WEBINARS}_country_code", WEBINARS, ["country_code"])


def downgrade() -> None:
    op.drop_table(WEBINARS)
    op.drop_table(SUCCESSORS)
