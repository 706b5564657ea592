"""The holidays of each country.

Owns which holidays a country keeps and which of them close its calendar, through scheduling.
Fact: HolidayChanged.
"""
