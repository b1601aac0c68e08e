"""`dinghuo user`: let somebody sign in, with a password that is made here and told once."""

import argparse
import secrets
import sys

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dinghuo.journey.review.operations import admit_member
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now, companies
from dinghuo.reference.models import User


def run(arguments: argparse.Namespace) -> int:
    """Make the user or give it a new password, and make it a member of the company."""
    (company,) = companies(arguments.company)
    password = given_password(arguments.name) if arguments.password_stdin else secrets.token_urlsafe(15)
    with acting_for(company.id):
        admit_member(
            act=act_now(company),
            name=arguments.name,
            password_hash=make_password(password),
            role=arguments.role,
            customer_code=arguments.customer,
        )
    print(f"{arguments.name} may sign in to {company.code} as {arguments.role}. {arguments.name} 可登录 {company.code}。")
    if not arguments.password_stdin:
        print(f"Password, shown once 密码（仅显示一次）: {password}")
    return 0


def given_password(name: str) -> str:
    """The first line of standard input; raises Malformed for a weak one."""
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, User(username=name))
    except ValidationError as weak:
        raise Malformed(" ".join(str(message) for message in weak.messages), column="password") from weak
    return password
