"""Who signs in, with which roles, until when: accounts, dated role grants, sign-in links, bearer and feed tokens.

Leaves who holds which post to directory. Tells: AccountCreated, SignInLinkRequested, RoleGranted, FeedTokenRotated.
"""
