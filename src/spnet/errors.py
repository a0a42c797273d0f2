"""What goes wrong for a user, said in one line: what was found, what was expected, what to do."""

import importlib
from types import ModuleType


class SpnetError(Exception):
    """The caller's input or machine cannot serve the request; nothing was written or changed.

    The message is one line for a person. Every error that this package raises on purpose is one of these.
    """


class MissingExtraError(SpnetError):
    """An optional dependency is not installed; the message holds the command that installs it."""


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional dependency, or say which extra brings it.

    Args:
        module: dotted name of the module to import.
        extra: the extra of this package that installs it, as in ``pip install "spnet[torch]"``.
        purpose: what needs it, as the start of a sentence: "reading EXR files".

    Raises:
        MissingExtraError: the module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        top_level = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != top_level:
            raise  # installed, but broken inside: that is not a missing extra
        raise MissingExtraError(
            f'{purpose} needs {top_level}, which is not installed: pip install "spnet[{extra}]"'
        ) from None
