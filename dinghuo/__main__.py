"""Run the `dinghuo` command as `python -m dinghuo`."""

import sys

from dinghuo.cli import main

if __name__ == "__main__":
    sys.exit(main())
