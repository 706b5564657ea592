"""how often an attendee's invitation was turned round; where a letter said that its event is

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain columns: a table written anew would lose its triggers on SQLite.
    op.add_column('registration', sa.Column('invitation_turns', sa.Integer(), server_default='0', nullable=False))
    op.add_column('message', sa.Column('event_sequence', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('message', 'event_sequence')
    op.drop_column('registration', 'invitation_turns')
