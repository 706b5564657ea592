"""Who intends to come to an event.

Owns the tables of registrations, consent, quotas and invitations, the triggers that refuse one
registration too many, who may register, registering, the waiting list and promotion from it,
approval, substitution, consent and passes. Facts: RegistrationMade, RegistrationCancelled,
RegistrationWaiting, PlaceGiven, ConsentGiven and others.
"""
