"""What tests stand on: databases, a browser, a server. Domain builders live beside the tests of
their domain.
"""
