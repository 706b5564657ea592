"""The questions in words; msgids, translated at the edge."""

from app.kernel.text import N_
from app.participation.surveys.values import SurveyQuestion

QUESTIONS = {
    SurveyQuestion.USEFUL: N_("Was it useful for your work?"),
    SurveyQuestion.CLEAR: N_("Was it clear?"),
    SurveyQuestion.TIMELY: N_("Did the day, the time and the length suit you?"),
    SurveyQuestion.APPLIED: N_("Will you use any of it in the next few weeks?"),
}
OPEN_QUESTION = N_("What should be different next time?")
SCALE = {
    1: N_("1, not at all"),
    2: N_("2, little"),
    3: N_("3, somewhat"),
    4: N_("4, quite"),
    5: N_("5, very much"),
}
