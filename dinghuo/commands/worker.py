"""`dinghuo worker`: the worker alone, for several hosts on one database."""

import argparse

from dinghuo.serving.supervisor import supervise, worker


def run(_arguments: argparse.Namespace) -> int:
    """Run jobs until told to stop."""
    print("The worker is running (Ctrl-C ends it). 后台已启动（按 Ctrl-C 结束）。", flush=True)
    supervise([worker()])
    return 0
