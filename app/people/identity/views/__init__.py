"""Pages of identity: signing in and out, and the own account."""

from app.people.identity.views import account, provider, security, sign_in
from app.people.identity.views.door import bp

__all__ = ["account", "bp", "provider", "security", "sign_in"]
