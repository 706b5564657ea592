"""The countries and groups of the RCM, which most tests are about."""

from app.infra.body import read_body

RCM = read_body("rcm")
MEMBER_COUNTRIES = RCM.countries
