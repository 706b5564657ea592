"""Stores forms that arrive after their session ended; `web/kept_forms.py` says when and why."""

from app.infra import clock
from app.infra.database import reading, transaction
from app.people.identity import queries
from app.people.identity.services.kept_forms import drop_form, drop_lapsed_forms, keep_form
from app.web.form_token import KEPT, with_query
from app.web.kept_forms import TypedForm


class AccountShelf:
    """Stores each form under its account and gives it to no other account."""

    def put(self, form: TypedForm) -> str:
        with transaction() as db:
            return keep_form(
                db,
                account_id=form.account_id,
                page=form.page,
                action=form.action,
                typed=form.typed,
                had_files=form.had_files,
                now=clock.now(),
            )

    def take(self, key: str, account_id: int) -> TypedForm | None:
        with reading() as db:
            row = queries.kept_form_of(db, key=key, account_id=account_id, now=clock.now())
            if row is None:
                return None
            typed = [(str(name), str(value)) for name, value in row.typed]
            return TypedForm(row.account_id, row.page, row.action, typed, row.had_files)

    def drop(self, key: str, account_id: int, *, action: str) -> None:
        with transaction() as db:
            drop_form(db, key=key, account_id=account_id, action=action)


def page_of_latest_form(account_id: int) -> str:
    """Returns the address that shows the form kept last; "" without one."""
    with reading() as db:
        row = queries.latest_kept_form(db, account_id=account_id, now=clock.now())
    return with_query(row.page, KEPT, row.key) if row is not None else ""


def drop_lapsed() -> None:
    """Deletes forms that nobody came back for."""
    with transaction() as db:
        drop_lapsed_forms(db, now=clock.now())
