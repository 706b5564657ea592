"""Who serves where: countries, institutions, posts, people and their dated appointments.

Owns the roster, its confirmation, working groups and their members, focal points and presidency
terms. Leaves who may sign in to identity, and how much of the staff is trained to turnover. Tells:
AppointmentStarted, AppointmentEnded, AppointmentConfirmed, RosterExported, and for focal points and
delegates …Designated and …Ended.
"""
