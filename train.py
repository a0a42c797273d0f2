"""The training command of SPNet's authors, over this package: ``python train.py --model_type Large``."""

import sys

from spnet.cli.authors_train import main

if __name__ == "__main__":
    sys.exit(main())
