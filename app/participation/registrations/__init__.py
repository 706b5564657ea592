"""Who intends to come, and who attended.

Owns registering, the waiting list, approval, substitution, consent, quotas, passes and the recorded
attendance. Leaves the triggers on capacity to events. Facts: RegistrationMade,
RegistrationCancelled, AttendanceRecorded and others of events.
"""
