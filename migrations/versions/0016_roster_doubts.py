"""since when nobody knows whether an appointment stands; when its end was written down

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain columns: a table written anew would lose its triggers on SQLite.
    op.add_column('appointment', sa.Column('doubted_on', sa.Date(), nullable=True))
    op.add_column('appointment', sa.Column('end_recorded_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('appointment', 'end_recorded_on')
    op.drop_column('appointment', 'doubted_on')
