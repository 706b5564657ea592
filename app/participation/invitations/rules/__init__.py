"""What is allowed or true of invitations, of the keys in their links, of guests and nominations;
pure.
"""
