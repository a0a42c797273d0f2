"""Who may ask: the check of every request's Host, Origin and token, and the headers of every answer."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spnet.serve.counters import Counters
from spnet.serve.settings import Settings

_SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_WITH_TOKEN = ("/v1/", "/metrics", "/openapi.json")  # the page holds nothing that is not public
_ROUTES = ("/v1/complete", "/v1/models", "/healthz", "/metrics", "/openapi.json")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


def guarded(app: ASGIApp, settings: Settings, counters: Counters) -> ASGIApp:
    """The application behind the checks; each of its answers is counted."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
                counters.requests[_method(scope), _route(scope), message["status"]] += 1
            await send(message)

        refusal = _refusal(scope["path"], Headers(scope=scope), settings)
        await (refusal or app)(scope, receive, send_guarded)

    return guard


def _refusal(path: str, headers: Headers, settings: Settings) -> JSONResponse | None:
    """Why this request is not answered; None if it is."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or _host_name(f"//{hosts[0]}") not in settings.allowed_hosts:
        allowed = ", ".join(sorted(settings.allowed_hosts))
        return _error(421, f"the Host header names no host that is served here; expected {allowed}")
    origins = headers.getlist("origin")
    if origins and (len(origins) > 1 or not _same_origin(origins[0], hosts[0])):
        return _error(403, "the request comes from a page of another origin; only this service's own page may ask")
    if settings.token is not None and path.startswith(_WITH_TOKEN) and not _knows(headers, settings.token):
        return _error(
            401, "a token is needed: send the header Authorization: Bearer TOKEN", {"www-authenticate": "Bearer"}
        )
    return None


def _host_name(url: str) -> str | None:
    """The host of a URL, in lower case and without its port; None if there is none, or more than a host and a port."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return None if "@" in parts.netloc or parts.path or parts.query or parts.fragment else parts.hostname


def _same_origin(origin: str, host: str) -> bool:
    """Whether a page's origin is the host that it asks; a proxy may have taken TLS off on the way."""
    scheme, _, rest = origin.partition("://")
    return scheme in ("http", "https") and rest.lower() == host.lower()


def _knows(headers: Headers, token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, status, headers)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in _SECURITY_HEADERS.items():
        headers[name] = value
    headers["cache-control"] = "no-store" if path.startswith(_WITH_TOKEN) else "no-cache"


def _route(scope: Scope) -> str:
    """The path as a label: of any number of unknown ones, one."""
    return scope["path"] if scope["path"] in _ROUTES else "page"


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"
