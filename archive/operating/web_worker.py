"""The web server's worker, which says in Chinese that an address is too long: no request reaches the pages then."""

import socket
from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from archive.core.loading import loading

_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>检索式过长</title>
<body style="font-family:sans-serif;max-width:36em;margin:10vh auto;padding:0 1em;line-height:1.7">
<h1>检索式过长</h1>
<p>网址放不下这样长的检索内容，检索没有执行。</p>
<p>请返回上一页，删去一部分：检索式最多 800 个字，取其中有特征的一两句即可。</p>
<p><a href="/search/">返回检索页</a></p>
"""


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that serve requests, as gunicorn's own."""

    def load_wsgi(self) -> None:
        """Load the application."""
        with loading():
            super().load_wsgi()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request that could not be read."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        body = _PAGE.encode()
        head = (
            "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("the answer to a too long address could not be sent")
