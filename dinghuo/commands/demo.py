"""`dinghuo demo`: a company with half a year behind it, in a running site."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from dinghuo.commands import serve
from dinghuo.demo import history, master
from dinghuo.demo.people import SIGN_IN_WITH
from dinghuo.demo.story import ZONE
from dinghuo.kernel.errors import Malformed
from dinghuo.reference.models import Company
from dinghuo.serving.addresses import refuse_unless_free, url

DAYS_MAX = 730
SHARE_MAX = 1000


def run(arguments: argparse.Namespace) -> int:
    """Make the demo company unless it is there, say who may sign in, and serve the site."""
    if not 1 <= arguments.days <= DAYS_MAX or not 1 <= arguments.share <= SHARE_MAX:
        raise Malformed(f"--days is from 1 to {DAYS_MAX}, --share from 1 to {SHARE_MAX}.")
    if not arguments.no_serve:
        # Before the work, not after it.
        refuse_unless_free(arguments.host, arguments.port)
    began = time.monotonic()
    plan = history.plan_until(
        datetime.now(UTC).astimezone(ZONE).date(), seed=arguments.seed, days=arguments.days, share=arguments.share
    )
    made = history.make(plan, force=arguments.force, report=progress(sys.stderr.isatty()))
    tell_made(made, time.monotonic() - began)
    tell_who(arguments)
    return 0 if arguments.no_serve else serve.run(arguments)


def progress(is_terminal: bool) -> Callable[[int, int], None]:
    """A bar on a terminal, a line now and then elsewhere."""
    told = [0]

    def report(done: int, of: int) -> None:
        tenth = 10 * done // of
        if is_terminal:
            bar = "#" * (40 * done // of)
            print(f"\r[{bar:<40}] {done}/{of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif tenth > told[0]:
            print(f"dinghuo: day {done} of {of} 第 {done}/{of} 天", file=sys.stderr, flush=True)
        told[0] = tenth

    return report


def tell_made(made: bool, seconds: float) -> None:
    """Say whether the company was made now or was there."""
    if made:
        print(f"The demo company Yunling Trading is ready ({seconds:.0f} s). 演示公司“云岭商贸”已就绪。")
    else:
        print("The demo company Yunling Trading was there already and is left as it is. 演示公司“云岭商贸”已存在，直接使用。")


def tell_who(arguments: argparse.Namespace) -> None:
    """Say where to look and who may sign in."""
    where = url(arguments.host, arguments.port)
    if arguments.no_serve:
        print(f"`dinghuo serve --port {arguments.port}` serves it at {where}  启动网站后访问 {where}")
    else:
        print(f"Look at {where}  请访问 {where}")
    company = Company.objects.get(code=master.CODE)
    found = history.who_may_sign_in(company)
    if not found:
        print("The demo users' passwords have been changed. 演示用户的密码已修改。")
        return
    print(f"These may sign in with the password {SIGN_IN_WITH}  以下用户可登录，密码均为 {SIGN_IN_WITH} ：")
    for name, title in found:
        print(f"  {name:<16} {title}")
    sys.stdout.flush()
