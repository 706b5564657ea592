"""Records of one person that are joined, taken apart or forgotten together."""

from sqlalchemy.orm import Session

from app.infra.locks import lock_by_name


def lock_joined_records(db: Session) -> None:
    """Lets one transaction at a time join, separate or erase records. Services that lock anything
    else but organizers call it first.
    """
    lock_by_name(db, "joined-records")
