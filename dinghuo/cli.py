"""The `dinghuo` command: reads arguments, finds or starts the database, runs one module of `dinghuo.commands`.

Exit status: 0 done, 1 a finding (check, doctor), 2 refused with a sentence. Settings come from the environment.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import FrameType
from typing import cast

import django

from dinghuo import __version__
from dinghuo.kernel.errors import Refused
from dinghuo.postgres import LauncherError, default_home, hold
from dinghuo.web import databases

Run = Callable[[argparse.Namespace], int]

# These look at the database, or stop it, as it is, or have no use for it: they must not start it first.
WITHOUT_DATABASE = frozenset({"doctor", "stop", "source_brunel"})
COUNT_MAX = 1_000_000


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    root = argparse.ArgumentParser(
        prog="dinghuo", description="Wholesale orders, from review to cash and to insight. 批发订单全流程。"
    )
    root.add_argument("--version", action="version", version=f"dinghuo {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_running(commands)
    add_working(commands)
    add_sourcing(commands)
    add_looking(commands)
    return root


def add_running(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that run the site."""
    demo = commands.add_parser("demo", help="a seeded company in a running site 演示公司")
    demo.add_argument("--no-serve", action="store_true", help="stop after the data")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--days", type=int, default=183, help="days of orders up to today")
    demo.add_argument("--share", type=int, default=100, help="per cent of the usual number of orders")
    demo.add_argument("--force", action="store_true", help="also beside a company of your own")
    serve = commands.add_parser("serve", help="site and worker 网站与后台")
    web = commands.add_parser("web", help="the site alone 网站")
    for each in (demo, serve, web):
        each.add_argument("--host", default=os.environ.get("DINGHUO_HOST", "127.0.0.1"))
        each.add_argument("--port", type=int, default=int(os.environ.get("DINGHUO_PORT", "8000")))
    commands.add_parser("worker", help="the worker alone 后台")
    commands.add_parser("migrate", help="bring the database up to date 升级数据库")
    commands.add_parser("stop", help="stop the embedded database 停止内置数据库")


def add_working(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that do work of the company's."""
    advance = commands.add_parser("advance", help="move everything that is ready, to rest 推进所有就绪的订单")
    advance.add_argument("--company", metavar="CODE", help="one company; all without it")
    advance.add_argument("--json", action="store_true")
    replay = commands.add_parser("replay", help="drive an Online Retail file as a company's year 重放一年的订单")
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument("--company", metavar="CODE", default="replay")
    replay.add_argument("--seed", type=int, default=1)
    replay.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")
    replay.add_argument("--json", type=Path, metavar="OUT")
    add_bank(commands)
    user = commands.add_parser("user", help="let somebody sign in 添加用户")
    user.add_argument("name")
    user.add_argument("--company", metavar="CODE", required=True)
    user.add_argument("--role", default="admin")
    user.add_argument("--password-stdin", action="store_true", help="read the password instead of making one")
    user.add_argument("--customer", metavar="CODE", help="the customer that a member with role `customer` belongs to")
    token = commands.add_parser("token", help="issue an API token 签发接口令牌")
    token.add_argument("name", help="the user the token acts as")
    token.add_argument("--company", metavar="CODE", required=True)
    token.add_argument("--scope", action="append", default=[], help="a permission; all of the user's without it")
    token.add_argument("--days", type=int, help="how long it is valid; for ever without it")


def add_bank(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands about bank statements."""
    bank = commands.add_parser("bank", help="bank statements: import, match, rates, proof 银行对账")
    actions = bank.add_subparsers(dest="action", required=True, metavar="ACTION")
    bring = actions.add_parser("import", help="read statements: MT940, CAMT, CSV, XLSX 导入对账单")
    bring.add_argument("files", type=Path, nargs="+", metavar="FILE")
    bring.add_argument("--account", metavar="CODE", help="the bank account that a CSV or XLSX file is of")
    match = actions.add_parser("match", help="match the lines that wait with open invoices 自动匹配")
    rates = actions.add_parser("rates", help="match rates per payment and per invoice line 匹配率")
    rates.add_argument("--from", dest="from_on", type=date.fromisoformat, default=date.min, metavar="YYYY-MM-DD")
    rates.add_argument("--until", dest="until_on", type=date.fromisoformat, default=date.max, metavar="YYYY-MM-DD")
    for each in (bring, match, rates):
        each.add_argument("--company", metavar="CODE", required=True)
    proof = actions.add_parser("proof", help="match a seeded test bank and compare with the truth 匹配验证")
    proof.add_argument("--payments", type=int, default=10_000, help="against twice as many invoices")
    proof.add_argument("--seed", type=int, default=1)
    for each in (match, rates, proof):
        each.add_argument("--json", action="store_true")


def add_sourcing(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that choose the warehouse of each line at least cost."""
    source = commands.add_parser("source", help="which warehouse serves what at least cost 最优货源分配")
    actions = source.add_subparsers(dest="action", required=True, metavar="ACTION")
    brunel = actions.add_parser("brunel", help="a day's orders of the Brunel data set 公开数据集的一天")
    brunel.add_argument("folder", type=Path, metavar="DIR")
    brunel.add_argument("--keep-carrier", action="store_true", help="each order leaves only with the carrier that it names")
    # It reads files alone, so its module is its own and needs no database.
    brunel.set_defaults(command="source_brunel")
    orders = actions.add_parser("orders", help="a company's waiting orders, simulated 待分配订单模拟")
    orders.add_argument("--company", metavar="CODE", required=True)
    orders.add_argument(
        "--tariffs", type=Path, metavar="CSV", required=True, help="warehouse,country,shipment_cost,kg_cost,unit_cost"
    )
    orders.add_argument("--split-fee", type=amount, default=Decimal(0), help="for each shipment of an order after its first")
    orders.add_argument("--splits-max", type=count, help="how many of those an order may have")
    for each in (brunel, orders):
        each.add_argument("--json", type=Path, metavar="OUT", help="write all of it, line by line")
        each.add_argument("--seconds", type=count, default=60, help="the longest that the search may take")
        each.add_argument("--seed", type=count, default=0)


def amount(text: str) -> Decimal:
    """An amount of money from 0 up; argparse tells what else was given."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount from 0 up")
    return value


def count(text: str) -> int:
    """A whole number from 0 to a million; argparse tells what else was given."""
    if not text.isascii() or not text.isdigit() or int(text) > COUNT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def add_looking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that look and report."""
    check = commands.add_parser("check", help="look for anything that cannot be 核对不变量")
    check.add_argument("--company", metavar="CODE")
    check.add_argument("--json", action="store_true")
    add_review(commands)
    add_allocation(commands)
    einvoice = commands.add_parser("einvoice", help="write posted documents as EN 16931 and check them 电子发票")
    einvoice.add_argument("--company", metavar="CODE", help="one company; all without it")
    einvoice.add_argument("--from", dest="from_day", type=date.fromisoformat, default=date.min, metavar="YYYY-MM-DD")
    einvoice.add_argument("--until", type=date.fromisoformat, default=date.max, metavar="YYYY-MM-DD")
    einvoice.add_argument("--syntax", choices=("ubl", "cii", "both"), default="both")
    einvoice.add_argument("--out", type=Path, metavar="FOLDER", help="where the files go; without it they are only checked")
    doctor = commands.add_parser("doctor", help="look at the installation 检查安装")
    doctor.add_argument("--json", action="store_true")
    bench = commands.add_parser("bench", help="measure against hand-made SQL 测速")
    bench.add_argument("--json", action="store_true")
    bench.add_argument("--orders", type=int, default=500, help="orders in a set")
    bench.add_argument("--events", type=int, default=100_000, help="events of carriers")
    bench.add_argument("--rounds", type=int, default=30, help="single orders a size")
    bench.add_argument("--lines", type=int, default=500_000, help="waiting lines of the runs over scarce stock; 0 leaves them out")


def add_allocation(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What is done with policies and their runs."""
    allocation = commands.add_parser("allocation", help="policies, their runs, and why a line has what it has 分配策略与解释")
    actions = allocation.add_subparsers(dest="action", required=True, metavar="ACTION")
    policies = actions.add_parser("policies", help="the policies in force and their schedules 现行策略")
    add = actions.add_parser("add", help="put a policy in force from a JSON file 启用策略")
    add.add_argument("code", metavar="CODE")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--name", default="")
    simulate = actions.add_parser("simulate", help="compute a run and change nothing 模拟")
    run = actions.add_parser("run", help="compute a run and post it 运行并过账")
    for each in (simulate, run):
        each.add_argument("policy", metavar="POLICY", nargs="?", default="", help="its code; the default policy without it")
    runs = actions.add_parser("runs", help="the last runs 最近运行")
    difference = actions.add_parser("difference", help="who gains and who loses by a run 差异")
    post = actions.add_parser("post", help="post a simulated run 过账")
    drop = actions.add_parser("drop", help="drop a run, or stop one 放弃")
    for each in (difference, post, drop):
        each.add_argument("run", type=int, metavar="RUN")
    explain = actions.add_parser("explain", help="why a line has what it has 解释一行")
    explain.add_argument("line", metavar="LINE", help="its id, or ORDER/POSITION")
    explain.add_argument("--run", type=int, metavar="RUN", help="by that run; the newest without it")
    explain.add_argument("--language", choices=["en", "zh-hans"], default="en")
    for each in (policies, add, simulate, run, runs, difference, post, drop, explain):
        each.add_argument("--company", metavar="CODE", help="one company; all without it, for what only looks")
        each.add_argument("--json", action="store_true")


def add_review(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What can be asked of the review, and what it is told of the outside."""
    review = commands.add_parser("review", help="why orders were held, and whether that still holds 审核解释与复核")
    actions = review.add_subparsers(dest="action", required=True, metavar="ACTION")
    explain = actions.add_parser("explain", help="what every rule found of an order 解释一张订单")
    explain.add_argument("order", metavar="ORDER")
    verify = actions.add_parser("verify", help="decide every past finding again 复核全部结论")
    registry = actions.add_parser("registry", help="ask the tax registry about tax ids 核验税号")
    registry.add_argument("--address", help="of the registry; DINGHUO_TAX_REGISTRY, else VIES, without it")
    registry.add_argument("--days", type=int, default=30, help="an answer of so many days ago still counts")
    for each in (explain, verify, registry):
        each.add_argument("--company", metavar="CODE", help="one company; all without it")
    deny = actions.add_parser("deny", help="take over a list of denied parties from a CSV 导入禁止交易名单")
    deny.add_argument("list", metavar="LIST", help="the code of the list; a new edition takes the place of the one before")
    deny.add_argument("file", type=Path, metavar="FILE", help="columns name, identifier, country, remark")
    deny.add_argument("--company", metavar="CODE", required=True)
    proof = actions.add_parser("proof", help="seed errors into real orders and count what is caught 检验规则")
    proof.add_argument("file", type=Path, metavar="FILE", help="an Online Retail file")
    proof.add_argument("--orders", type=int, default=1_000, help="how many of the newest orders are tested")
    proof.add_argument("--each", type=int, default=100, help="errors of each kind")
    proof.add_argument("--before", type=int, default=3_000, help="orders before them, which make what is usual")
    proof.add_argument("--seed", type=int, default=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    chosen = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, stopped)
    try:
        with nullcontext() if chosen.command in WITHOUT_DATABASE else connected():
            module = importlib.import_module(f"dinghuo.commands.{chosen.command}")
            return cast(Run, module.run)(chosen)
    except LauncherError as refusal:
        return refused(str(refusal))
    except Refused as refusal:
        return refused(refusal.message)
    except KeyboardInterrupt:
        return refused("stopped")
    except BrokenPipeError:
        # Whoever read our output has gone; python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def stopped(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that the database is let go of."""
    raise KeyboardInterrupt


def refused(sentence: str) -> int:
    """Say why not, on standard error."""
    print(f"dinghuo: {sentence}", file=sys.stderr)
    return 2


@contextmanager
def connected() -> Iterator[None]:
    """Find or start the database, and set Django up on it.

    `DATABASE_URL` names a server of your own, 16 or newer; without it the embedded one runs as long as a command needs it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dinghuo.web.settings")
    url = os.environ.get("DATABASE_URL")
    if url:
        owner, application = databases.on_your_server(url, os.environ.get("DINGHUO_OWNER_DATABASE_URL"))
        with set_up(owner, application):
            yield
        return
    with (
        hold(default_home(), report=lambda notice: print(f"dinghuo: {notice.in_language()}", file=sys.stderr)) as embedded,
        set_up(embedded.owner_url, embedded.application_url),
    ):
        yield


@contextmanager
def set_up(owner: str, application: str) -> Iterator[None]:
    """Tell the settings where the database is, and bring it up to date."""
    os.environ[databases.OWNER_ADDRESS] = owner
    os.environ[databases.APPLICATION_ADDRESS] = application
    django.setup()
    # Its models exist only once Django is set up.
    importlib.import_module("dinghuo.kernel.setup").prepare_database()
    yield
    importlib.import_module("django.db").connections.close_all()
