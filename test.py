"""The test command of SPNet's authors, over this package: ``python test.py --model_type Large --rgbd_dir Ibims``."""

import sys

from spnet.cli.authors_test import main

if __name__ == "__main__":
    sys.exit(main())
