"""`dinghuo stop`: end the site, the worker and the embedded database of this home."""

import argparse
import os
import sys

from dinghuo.postgres import default_home, stop
from dinghuo.serving.register import end_supervisors


def run(_arguments: argparse.Namespace) -> int:
    """Stop what runs; says what that was."""
    if os.environ.get("DATABASE_URL"):
        print("dinghuo: DATABASE_URL names a server of your own; stop it where you started it.", file=sys.stderr)
        return 2
    ended = end_supervisors(default_home())
    if ended:
        print("The site and the worker have ended. 网站与后台已结束。")
    stopped = stop(default_home(), report=lambda notice: print(f"dinghuo: {notice.in_language()}", file=sys.stderr))
    if stopped:
        print("The database has stopped. 数据库已停止。")
    elif not ended:
        print("Nothing was running. 没有正在运行的服务。")
    return 0
