"""`dinghuo token`: issue an API token, told once."""

import argparse
from datetime import timedelta

from dinghuo.kernel.errors import Missing
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.access import PERMISSIONS, members
from dinghuo.reference.companies import act_now, companies
from dinghuo.reference.models import User
from dinghuo.reference.operations import issue_token


def run(arguments: argparse.Namespace) -> int:
    """Issue a token for a member of the company; without scopes it may all that the member may."""
    (company,) = companies(arguments.company)
    user = User.objects.filter(username=arguments.name).first()
    member = next((row for row in members(user.pk) if row.company_id == company.id), None) if user else None
    if member is None:
        raise Missing(f"{arguments.name} is no member of {company.code}.", name=arguments.name)
    scopes = arguments.scope or [name for name in PERMISSIONS if member.may(name)]
    act = act_now(company)
    expires_at = act.at + timedelta(days=arguments.days) if arguments.days else None
    with acting_for(company.id):
        token = issue_token(act=act, user_id=member.user_id, name="command line", scopes=scopes, expires_at=expires_at)
    print(token)
    return 0
