"""`dinghuo serve`: the site and the worker, until Ctrl-C."""

import argparse

from dinghuo.serving.addresses import answers, refuse_unless_free, url
from dinghuo.serving.supervisor import Child, site, supervise, worker


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    return serve(arguments.host, arguments.port, [site(arguments.host, arguments.port), worker()])


def serve(host: str, port: int, children: list[Child]) -> int:
    """Run the children and say where the site is once it answers; refused when the port is taken."""
    refuse_unless_free(host, port)

    def tell() -> bool:
        if not answers(host, port):
            return False
        print(f"Dinghuo is running at {url(host, port)}  (Ctrl-C ends it)", flush=True)
        print(f"订货已启动：{url(host, port)} （按 Ctrl-C 结束）", flush=True)
        return True

    supervise(children, host=host, when_up=tell)
    return 0
