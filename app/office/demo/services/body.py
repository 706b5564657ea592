"""The body of the demo, which is the RCM whatever body an installation serves."""

from app.infra.body import FIRST_BODY, read_body

RCM = read_body(FIRST_BODY)
COUNTRIES = {country.code: country for country in RCM.countries}
