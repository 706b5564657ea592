"""The versions and sections of the Guidelines, to which courses, plans and certificates refer.

Owns versions and sections with the secretariat's summaries. Its pages are in followup/guidelines,
because they show what refers to a section. Fact: GuidelinesSectionWritten.
"""
