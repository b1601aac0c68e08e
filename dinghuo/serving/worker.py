"""The worker as a process: `python -m dinghuo.serving.worker`."""

import asyncio
import importlib

import django

from dinghuo.serving.leash import follow_supervisor


def main() -> None:
    """Run jobs until told to stop."""
    follow_supervisor()
    django.setup()
    # Models exist only once Django is set up.
    asyncio.run(importlib.import_module("dinghuo.serving.tasks").work())


if __name__ == "__main__":
    main()
