"""Who is invited to an event, by class and channel, and whom a country sends.

Owns inviting, guest links, nominating, and the invitation letter as PDF. Leaves the tables and
registering to registrations, and letters to notifications. A guest is a person without an account,
who comes in by a link. Facts: InvitationSent, InvitationRevoked, GuestRegistered, GuestLinkAsked,
NominationMade, NominationWithdrawn.
"""
