"""Who intends to come, and who was there.

Owns registering, waiting, approval, substitution, consent, quotas, passes and attendance as it is
written down. Leaves the rule that no place is given twice to the tables of `events`.
Tells: RegistrationMade, RegistrationCancelled, AttendanceRecorded and others of `events.facts`.
"""
