"""What planning reads of a registration: whether somebody is registered, and so sees the event.

The table, its rules and whatever writes to it are participation/registrations', which stands above
and is not imported here; a test compares these columns and words with the model.
"""

from sqlalchemy import String, Uuid, column, table

from app.infra.orm import BigId

REGISTRATION = table(
    "registration",
    column("id", BigId),
    column("event_id", Uuid()),
    column("person_id", BigId),
    column("status", String()),
    column("own_url", String()),
)
