"""What the register of certificates keeps of one person, for good: whoever holds a code may ask
whether it stands.
"""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.training.certificates.models import Certificate


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns a person's certificates, with all that is printed on each."""
    own = (
        select(Certificate)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at)
    )
    return {
        "certificates": [
            {
                "code": row.code,
                "kind": row.kind,
                "issued_at": row.issued_at.isoformat(),
                "printed": json.loads(row.facts),
            }
            for row in db.scalars(own)
        ]
    }
