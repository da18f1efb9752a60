"""Sessions that end: after a while without a request, and in any case after a working day.

They live in a signed cookie, as Flask keeps them; here they carry when they began and were last seen, by the archive's
own clock. A session without these marks does not count. Signing out makes a new `fs_uniquifier`, so that a copy of the
cookie dies with it.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from archive.core.clock import Clock

IDLE = timedelta(hours=1)
# The cookie is written again only so often, not with every request.
_GRAIN = timedelta(minutes=1)


class ClockedSessions(SecureCookieSessionInterface):
    """Flask's cookie sessions with an idle and an absolute end."""

    def __init__(self, clock: Clock, longest: timedelta) -> None:
        self.clock = clock
        self.longest = longest

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        found = super().open_session(app, request)
        if found and not self._alive(found):
            return self.session_class()
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        # What nobody looked at (a style sheet's request) is left alone: such answers may be cached.
        if session and (session.accessed or session.modified):
            now = self._now()
            session.setdefault("began", now)
            if now - session.get("seen", 0) >= _GRAIN.total_seconds():
                session["seen"] = now
        super().save_session(app, session, response)

    def _alive(self, session: SecureCookieSession) -> bool:
        # As a plain mapping, so that looking does not count as the page's own access.
        marks: dict[str, Any] = dict(session)
        now, began, seen = self._now(), marks.get("began"), marks.get("seen")
        if not isinstance(began, int) or not isinstance(seen, int):
            return False
        return now - began < self.longest.total_seconds() and now - seen < IDLE.total_seconds()

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
