"""What a service offers, to whom, and how much of it."""

import ipaddress
import re
from dataclasses import dataclass

from spnet.classic import METHODS
from spnet.completion import DEFAULT_MEMORY, DEFAULT_MODEL
from spnet.errors import SpnetError
from spnet.files.limits import MAX_FILE_BYTES, MAX_PIXELS
from spnet.weights.files import SHIPPED

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,200}")


IN_PACKAGE = tuple(sorted((*METHODS, *SHIPPED), key=lambda name: name != DEFAULT_MODEL))
"""The models that need no file of the user's, the default first."""


@dataclass(frozen=True)
class Settings:
    """How to serve. Checked when it is made.

    Raises:
        SpnetError: a value that is out of bounds, an address beyond this machine without a token, or one that stands
            for all addresses without a name to call it by.
    """

    models: tuple[str, ...] = IN_PACKAGE
    """Names of methods and paths of weights files; the first is the default. Clients choose among these only."""
    max_depth: float | None = None
    """Metres that the training of the weights divided depth by, where their files do not say."""
    engine: str = "auto"
    """As `spnet.load` has it."""
    max_memory: float = DEFAULT_MEMORY
    """GiB, as `spnet.load` has it."""
    host: str = "127.0.0.1"
    """The address to listen at."""
    port: int = 8000
    """0 takes a free one."""
    names: tuple[str, ...] = ()
    """What clients may call this machine, in their Host header, beside its address."""
    token: str | None = None
    """What clients have to know, as ``Authorization: Bearer TOKEN``; None where only this machine can connect."""
    max_body_bytes: int = 2**26
    """Of a request."""
    max_pixels: int = 2**24
    """Of an image, and of its depth, known from their headers before they are decoded."""
    queue: int = 16
    """How many requests for completion are taken at a time, those whose files still arrive among them."""
    batch: int = 8
    """How many requests of one size a network completes at once, if so many wait, their pixels are no more than 2**20,
    and `max_memory` allows it."""
    upload_seconds: float = 60.0
    """How long a request's body may take to arrive."""
    wait_seconds: float = 120.0
    """How long a request may wait for its turn."""

    def __post_init__(self) -> None:
        if not self.models:
            raise SpnetError("no model to serve: expected at least one")
        _check_range("port", self.port, 0, 65535)
        _check_range("max_body_bytes", self.max_body_bytes, 1024, MAX_FILE_BYTES)
        _check_range("max_pixels", self.max_pixels, 1, MAX_PIXELS)
        _check_range("queue", self.queue, 1, 1024)
        _check_range("batch", self.batch, 1, 64)
        _check_range("upload_seconds", self.upload_seconds, 0.01, 3600)
        _check_range("wait_seconds", self.wait_seconds, 0.01, 3600)
        for name in self.names:
            if not _NAME.fullmatch(name):
                raise SpnetError(f"host name {name[:80]!r}: expected a name or an address without a port")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise SpnetError("token: expected 16 to 200 letters, digits and any of . _ ~ + / = -")
        if not is_loopback(self.host) and self.token is None:
            raise SpnetError(f"{self.host} can be reached from other machines: a token is needed there")
        if _is_wildcard(self.host) and not self.names:
            raise SpnetError(
                f"{self.host} stands for every address of this machine: say what clients call it, "
                "as in --allow-host robot.local"
            )

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """What a Host header may say, in lower case, without a port."""
        loopback = _LOOPBACK_NAMES if is_loopback(self.host) or _is_wildcard(self.host) else ()
        own = () if _is_wildcard(self.host) else (self.host,)
        return frozenset(name.lower() for name in (*loopback, *own, *self.names))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return not host


def _check_range(name: str, value: float, smallest: float, largest: float) -> None:
    if not smallest <= value <= largest:
        raise SpnetError(f"{name} {value:,}: expected {smallest:,} to {largest:,}")
