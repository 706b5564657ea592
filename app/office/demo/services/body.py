"""The body of the demo, which is the RCM whatever body an installation serves."""

from app.infra.body import read_body
from app.kernel.reference import FIRST_BODY

RCM = read_body(FIRST_BODY)
COUNTRIES = {country.code: country for country in RCM.countries}
