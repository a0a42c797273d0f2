"""``python -m spnet`` is the ``spnet`` command."""

import sys

from spnet.cli import main

if __name__ == "__main__":
    sys.exit(main())
