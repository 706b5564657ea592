"""Use cases of identity, the only writers of its tables."""

from app.people.identity.services.accounts import (
    change_password,
    change_preferences,
    close_account,
    confirm_identity,
    create_account,
    deny_identity,
    record_owner,
)
from app.people.identity.services.first import issue_first_key, make_first_account
from app.people.identity.services.inviting import (
    hand_over_invitation,
    invite,
    issue_invitation_token,
    resend_invitation,
    revoke_invitation,
    use_invitation,
)
from app.people.identity.services.passwords import hash_password, is_password
from app.people.identity.services.roles import end_role, grant_role
from app.people.identity.services.sign_in import (
    close_sign_in,
    count_try,
    forget_try,
    issue_sign_in_link,
    know_address,
    open_sign_in,
    request_sign_in_link,
    use_sign_in_link,
)
from app.people.identity.services.tokens import (
    issue_api_token,
    issue_feed_token,
    revoke_api_token,
    rotate_feed_token,
    tell_feed_use,
)

__all__ = [
    "change_password",
    "change_preferences",
    "close_account",
    "close_sign_in",
    "confirm_identity",
    "count_try",
    "create_account",
    "deny_identity",
    "end_role",
    "forget_try",
    "grant_role",
    "hand_over_invitation",
    "hash_password",
    "invite",
    "is_password",
    "issue_api_token",
    "issue_feed_token",
    "issue_first_key",
    "issue_invitation_token",
    "issue_sign_in_link",
    "know_address",
    "make_first_account",
    "open_sign_in",
    "record_owner",
    "request_sign_in_link",
    "resend_invitation",
    "revoke_api_token",
    "revoke_invitation",
    "rotate_feed_token",
    "tell_feed_use",
    "use_invitation",
    "use_sign_in_link",
]
