"""The Guidelines in their versions and sections: what courses, plans and certificates refer to.

Owns versions and sections; documents and reviews come with the issues that need them.
"""
