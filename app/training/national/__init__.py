"""What an official needs at the desk in their own country: laws, offices, numbers.

Owns a page per country, which its focal point fills and checks. Function addresses only: no
official is named here. Signed-in readers of every country read every page.
"""
