"""Editions of the congress, events of every kind, who registers and who was there, the countries'
holidays.

Owns planning and publishing (through scheduling), the programme, calendar feeds, registrations,
attendance, holidays. Leaves occupied time to scheduling and courses to learning. Tells:
EventPlanned, EventPublished, EventMoved, EventChanged, EventCancelled, RegistrationMade,
RegistrationCancelled, AttendanceRecorded, HolidayChanged.
"""
