"""What an administrator sets of the company: its letterhead, and which steps run by themselves."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from dinghuo.kernel import journal
from dinghuo.kernel.errors import Malformed, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Country

# The parts of the letterhead, each with the length that its column holds.
LETTERHEAD: Final[Mapping[str, int]] = {
    "name": 200,
    "name_zh": 200,
    "address": 300,
    "city": 100,
    "postcode": 20,
    "country": 2,
    "phone": 40,
    "tax_id": 40,
    "bank_name": 200,
    "bank_account": 40,
}
AUTOMATIC: Final = ("auto_release", "auto_allocate", "auto_notice", "auto_invoice", "finance_confirms")


@transaction.atomic
def change_company(*, act: Act, fields: Mapping[str, Any]) -> Outcome:
    """Change what stands on the company's papers, and which steps run by themselves; papers that were posted stay as they are.

    The event holds each column that changed with what it was and is; without a change nothing is written. Raises Malformed for a
    country that there is not.
    """
    company = Company.objects.select_for_update(no_key=True).get(id=act.company_id)
    country = fields.get("country")
    if country and not Country.objects.filter(code=country).exists():
        raise Malformed("There is no such country.", code="unknown_country", column="country", country=country)

    before = {name: getattr(company, name) for name in (*LETTERHEAD, *AUTOMATIC)}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    if not changed:
        return Outcome(id=act.company_id)

    Company.objects.filter(id=act.company_id).update(**changed)

    facts = {"columns": sorted(changed), "changed": {name: [before[name], value] for name, value in sorted(changed.items())}}
    journal.record(act, "CompanyChanged", "company", [Happened(act.company_id, facts=facts)])
    return Outcome(id=act.company_id)
