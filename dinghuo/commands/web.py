"""`dinghuo web`: the site alone, for several hosts on one database."""

import argparse

from dinghuo.commands.serve import serve
from dinghuo.serving.supervisor import site


def run(arguments: argparse.Namespace) -> int:
    """Serve the site until told to stop."""
    return serve(arguments.host, arguments.port, [site(arguments.host, arguments.port)])
