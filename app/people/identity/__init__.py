"""Who signs in, with which roles, until when: accounts, dated role grants, sessions, links, bearer
and feed tokens.

Leaves who holds which post to directory, and the letter that carries a sign-in link to
notifications. Tells: AccountCreated, AccountClosed, SignedIn, SignedOut, SignInLinkRequested,
PasswordChanged, RoleGranted, RoleEnded, ApiTokenIssued, ApiTokenRevoked, FeedTokenIssued,
FeedTokenRotated, FeedTokenUsed.
"""
