"""
What all handlers share: security headers, JSON answers, errors as JSON.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pymongo.errors import PyMongoError
from tornado.escape import json_encode
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from .live import Live
from .store import Message, Store
from .validation import BadInput

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def messages_json(messages: list[Message]) -> str:
    """
    Return the answer that brings *messages*; each is JSON already.
    """
    return '{"messages": [' + ", ".join(message.json for message in messages) + "]}"


def describe(error: BaseException | None) -> tuple[int, str] | None:
    """
    Return the status and the text for an error that a client may see, None for our own faults.
    """
    if isinstance(error, BadInput):
        return 400, str(error)
    if isinstance(error, PyMongoError):
        return 503, "database: not available at the moment; send the same request again"
    if isinstance(error, HTTPError) and error.status_code < 500:
        return error.status_code, error.get_message() or HTTPStatus(error.status_code).phrase
    return None


class ChatHandler(RequestHandler):
    """
    Base of all handlers.
    """

    @property
    def store(self) -> Store:
        store: Store = self.application.settings["store"]
        return store

    @property
    def live(self) -> Live:
        live: Live = self.application.settings["live"]
        return live

    def set_default_headers(self) -> None:
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """
        No ETag: nothing here may be answered from a cache.
        """

    def send_json(self, status: int, body: str) -> None:
        """
        Write *body*, which is JSON, as the whole answer.
        """
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.write(body)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """
        Write a traceback for our own faults only; the access log has the rest.
        """
        if describe(value) is None:
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, text = describe(error) or (status_code, HTTPStatus(status_code).phrase)
        self.send_error_text(status, text)

    def send_error_text(self, status: int, text: str) -> None:
        """
        Answer with an error as JSON; pages show it as HTML instead.
        """
        self.send_json(status, json_encode({"error": text}))
        self.finish()


class NotFoundHandler(ChatHandler):
    """
    Answers for every address that nobody else serves.
    """

    def prepare(self) -> None:
        raise HTTPError(404, "address: there is nothing here; a room is at /r/<room>")


class StaticHandler(StaticFileHandler):
    """
    Serves ``static/`` with the security headers.
    """

    def set_extra_headers(self, path: str) -> None:
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")
