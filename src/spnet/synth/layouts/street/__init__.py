"""Streets, yards and all that lies out of doors."""

from spnet.synth.layouts.street.places import street

__all__ = ["street"]
