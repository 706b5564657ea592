"""Who signs in, with which roles, until when: accounts, dated roles, sessions, links, tokens.

Leaves posts to directory, and the letter with a sign-in link to notifications. Facts:
AccountCreated, AccountClosed, SignedIn, SignedOut, SignInLinkRequested, PasswordChanged,
RoleGranted, RoleEnded, ApiTokenIssued, ApiTokenRevoked, FeedTokenIssued, FeedTokenRotated,
FeedTokenUsed.
"""
