"""Who is invited to an event, by class and by way, and whom a country sends.

Owns invitations, guests and their links, nominations, the letter of invitation as PDF. Leaves
places to events, which it asks for them, and letters to notifications. Tells InvitationSent,
InvitationRevoked, GuestRegistered, GuestLinkAsked, NominationMade and NominationWithdrawn. A guest
is a person without an account: her link is her key.
"""
