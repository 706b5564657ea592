"""What a country asks of others for its training.

Owns letters to institutions about who takes over vacant posts, and the webinars that a country
wishes for: each is a draft in the calendar, for the secretariat to publish or to decline. Leaves
posts to the directory, events to planning, the words of letters to notifications. Facts:
SuccessorsAsked, SuccessorsNotAsked, SuccessorsAnswered, WebinarAsked, WebinarDeclined.
"""
