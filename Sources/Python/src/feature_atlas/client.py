"""Questions answered by a server: ``atlas serve``."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any, Dict, List, Optional, cast
from urllib.parse import quote, urlencode, urlsplit

from . import answers
from .errors import AtlasError
from .questions import Prompt, Question, Questions

#: Seconds between two looks at a job, growing up to the last.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Client(Questions):
    """A server's atlas, with the same questions as :class:`feature_atlas.Atlas`.

        client = Client("http://127.0.0.1:8080", token="…")
        client.drivers(" Austin")

    :param url: the address of the pages
    :param token: what a server that is not local asks for
    :param timeout: seconds that one request may take
    """

    def __init__(self, url: str, token: Optional[str] = None, timeout: float = 120) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise AtlasError(f"expected a server's address as http://127.0.0.1:8080, found {url!r}")
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._token = token

    def __repr__(self) -> str:
        return f"<Client of {self.url}>"

    def information(self) -> answers.Information:
        """What the atlas is about, and how much it holds."""
        return cast(answers.Information, self.get("atlas")["information"])

    def get(self, route: str, options: Optional[Dict[str, Any]] = None) -> Any:
        """The answer to a GET of a route below ``/api/v1``; ``GET openapi.json`` lists them."""
        given = {name: value for name, value in (options or {}).items() if value is not None}
        return self._request("GET", route + ("?" + urlencode(given) if given else ""))

    def post(self, route: str, body: Dict[str, Any]) -> Any:
        """The answer to a POST."""
        given = {name: value for name, value in body.items() if value is not None}
        return self._request("POST", route, json.dumps(given).encode())

    def job(self, route: str, body: Dict[str, Any]) -> Any:
        """The result of a job, waited for; it is cancelled when the waiting is interrupted."""
        ticket = self.post(route, body)["job"]
        pause = _FIRST_PAUSE
        try:
            while True:
                report = self.get(f"jobs/{quote(ticket, safe='')}")
                if report["state"] == "done":
                    return report["result"]
                if report["state"] in ("failed", "cancelled"):
                    raise AtlasError(report.get("error") or f"{route}: the job was {report['state']}")
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
        except KeyboardInterrupt:
            self._request("DELETE", f"jobs/{quote(ticket, safe='')}")
            raise

    def _answer(self, question: Question) -> Any:
        options = {**question.options, **question.server_only}
        if "features" in question.server_only and question.route == "prompts/{prompt}":
            options.pop("limit", None)
        route = question.route
        if "{token}" in route:
            route = route.replace("{token}", str(self._token_id(question.token or "")))
        elif question.token is not None:
            options["token"] = self._token_id(question.token)
        if question.prompt is not None:
            number = self._prompt_id(question.prompt)
            if "{prompt}" in route:
                route = route.replace("{prompt}", str(number))
            else:
                options["prompt"] = number
        return self.job(route, options) if question.is_job else self.get(route, options)

    def _token_id(self, text: str) -> int:
        """The id of a token that some stored graph explains."""
        for item in self._pages("logits", {"search": text}):
            if item["text"] == text:
                return int(item["token"])
        raise AtlasError(f"{self.url}: no stored graph explains the token {text!r}")

    def _prompt_id(self, prompt: Prompt) -> int:
        if isinstance(prompt, int):
            return prompt
        try:
            return int(self.get(f"prompts/{quote(prompt, safe='')}")["id"])
        except AtlasError:
            pass  # A server that knows prompts by number only, or no prompt of this id: it may be a text.
        for item in self._pages("prompts", {"search": prompt}):
            if item["text"] == prompt:
                return int(item["id"])
        raise AtlasError(f"{self.url}: expected a prompt's id or text, found {prompt!r}")

    def _pages(self, route: str, options: Dict[str, Any]) -> List[Dict[str, Any]]:
        """A list that the server gives in parts, the first thousands of it."""
        items: List[Dict[str, Any]] = []
        after: Any = None
        for _ in range(20):
            page = self.get(route, {**options, "limit": 1000, "after": after})
            items += page["items"]
            after = page.get("next")
            if after is None:
                break
        return items

    def _request(self, method: str, route: str, body: Optional[bytes] = None) -> Any:
        request = urllib.request.Request(f"{self.url}/api/v1/{route}", data=body, method=method)
        request.add_header("Accept", "application/json")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with _OPENER.open(request, timeout=self.timeout) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AtlasError(_reason(error)) from None
        except (OSError, ValueError) as error:
            raise AtlasError(f"{self.url}: no answer: {getattr(error, 'reason', error)}") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The server redirects nothing, and its token is for no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def _reason(error: urllib.error.HTTPError) -> str:
    """A problem's line; another server's answer is told by its code."""
    try:
        problem = json.loads(error.read(1_000_000))
        if isinstance(problem["detail"], str):
            return problem["detail"]
    except (ValueError, KeyError, TypeError, OSError):
        pass
    return f"{error.url}: answered {error.code} {error.reason}"
