"""A meeting follows its event: published, moved, cancelled, over; and what goes wrong on the way
(R74).
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from app.infra.database import reading, transaction
from app.infra.meetings.port import MeetingFailed
from app.kernel.actor import SYSTEM
from app.kernel.timespan import Timespan
from app.participation.attendance.models import AttendanceImport
from app.participation.meetings import tasks
from app.participation.meetings.models import EventMeeting
from app.planning.events.models import Event
from app.planning.events.services import cancel_event, move_event
from app.planning.events.services.brief import make_room
from tests.participation.meetings.conftest import Connect
from tests.planning.events.rows import change_event_row
from tests.planning.events.test_planning import a_draft, planned
from tests.support.meeting_programs import Programs
