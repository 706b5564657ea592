"""Who is invited to an event, by class and channel, and whom a country sends.

Owns invitations, guests and their links, nominations, and the invitation letter as PDF. Leaves
registering to events and letters to notifications. A guest is a person without an account, who
comes in by a link. Facts: InvitationSent, InvitationRevoked, GuestRegistered, GuestLinkAsked,
NominationMade, NominationWithdrawn.
"""
