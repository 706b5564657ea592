"""The home page, which shows what each role needs next, and the pages about the site.

Owns no table; reads from the domains below. Fact: FirstWeekPutAside.
"""
