"""Who serves where: countries, institutions, posts, people and their dated appointments.

Owns the roster and its confirmation, working groups and their members, focal points and presidency
terms. Leaves signing in to identity, and training of the staff to turnover. Facts:
AppointmentStarted, AppointmentEnded, AppointmentConfirmed, RosterExported, and for focal points and
delegates …Designated and …Ended.
"""
