"""The days on which a country rests.

Owns which holidays a country keeps and which of them close its calendar (through scheduling).
Tells: HolidayChanged.
"""
