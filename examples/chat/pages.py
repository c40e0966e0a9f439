"""
The HTML pages: the door, a room, and errors.
"""

from __future__ import annotations

from urllib.parse import quote

from .base import ChatHandler
from .validation import check_room

_HISTORY = 100  # messages shown when a room is opened; older ones at the press of a button


class PageHandler(ChatHandler):
    """
    Shows errors as a page.
    """

    def send_error_text(self, status: int, text: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.render("error.html", status=status, text=text)


class DoorHandler(PageHandler):
    """
    ``/`` asks for a room and leads there.
    """

    def get(self) -> None:
        room = self.get_query_argument("room", None, strip=False)
        if room is None:
            self.render("door.html")
        else:
            self.redirect("/r/" + quote(check_room(room), safe=""))


class RoomHandler(PageHandler):
    """
    ``/r/<room>`` is the page of a room; the module ``chat.js`` fills it.
    """

    async def get(self, room: str) -> None:
        last = await self.store.last_seq(check_room(room))
        self.render("room.html", room=room, after=max(0, last - _HISTORY))


class HealthHandler(ChatHandler):
    """
    ``/healthz`` tells whether messages can be stored and arrive.
    """

    async def get(self) -> None:
        await self.store.ping()
        live = self.live.connected.is_set()
        self.send_json(200 if live else 503, f'{{"ok": {str(live).lower()}}}')
