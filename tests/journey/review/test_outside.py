"""What the outside says reaches the rules: lists of denied parties from files, and a tax registry that speaks its protocol."""

import io
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.ordering.rules import ChargeDraft
from dinghuo.journey.review.models import DeniedParty, RegistryCheck, ReviewFinding
from dinghuo.journey.review.operations import RuleDraft, add_rule, review_orders
from dinghuo.journey.review.operations.denied_parties import PartyDraft, read_parties, replace_list
from dinghuo.journey.review.registry import ask_registry, vies
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Membership, User
from tests.builders import TODAY, a_customer, a_product, a_released_order, a_warehouse, an_act, an_order


class Registry(BaseHTTPRequestHandler):
    """A registry on this machine: knows two numbers, is out of order for one country, and counts what it is asked."""

    asked: list[tuple[str, str]]

    def do_POST(self) -> None:  # the name is the protocol's
        """Answer as the REST interface does."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        country, number = wanted["countryCode"], wanted["vatNumber"]
        type(self).asked.append((country, number))
        if self.path != "/rest-api/check-vat-number" or country == "FR":
            body: dict[str, object] = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
        else:
            is_valid = number in {"136695976", "094259216"}
            body = {"countryCode": country, "vatNumber": number, "valid": is_valid, "name": "Alpha" if is_valid else "---"}
        said = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    """The address of a running registry."""
    Registry.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/rest-api"
    server.shutdown()
    thread.join()
    server.server_close()


def finding(act: Act, company: Company, customer: Customer, code: str, **given: object) -> ReviewFinding:
    """What a rule finds of an order of that customer."""
    order_id = an_order(act, customer, a_warehouse(company), [(a_product(company), 1)], **given)
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act, order_ids=[order_id])
    return ReviewFinding.objects.get(review__order_id=order_id, rule__code=code)


def test_a_registry_confirms_denies_or_leaves_unchecked_and_each_is_found(company: Company, act: Act, registry: str) -> None:
    add_rule(act=act, draft=RuleDraft("registry", "tax_registry", {"days": 30}))
    numbers = {"DE": "DE136695976", "GR": "EL 094259216", "AT": "ATU13585627", "FR": "FR83404833048", "CN": "91110000600037341L"}
    customers = {country: a_customer(company, country_id=country, tax_id=number) for country, number in numbers.items()}
    a_customer(company, country_id="DE", tax_id=numbers["DE"])

    checked = ask_registry(act=act, ask=vies(registry), days=30)
    assert (checked.valid, checked.invalid, checked.unchecked) == (2, 1, 1)
    assert sorted(Registry.asked) == [("AT", "U13585627"), ("DE", "136695976"), ("EL", "094259216"), ("FR", "83404833048")]

    found = {country: finding(act, company, customer, "registry") for country, customer in customers.items()}
    assert {country: row.outcome for country, row in found.items()} == {
        "DE": "pass", "GR": "pass", "AT": "hold", "FR": "hold", "CN": "pass",
    }  # fmt: skip
    said = {country: row.inputs["status"] for country, row in found.items()}
    assert said == {"DE": "valid", "GR": "valid", "AT": "invalid", "FR": "unchecked", "CN": "unchecked"}


def test_a_registry_is_asked_again_only_when_its_answer_is_old(company: Company, act: Act, registry: str) -> None:
    a_customer(company, country_id="DE", tax_id="DE136695976")
    for days, asked in ((0, 1), (30, 1), (31, 2)):
        ask_registry(act=an_act(company, on=TODAY + timedelta(days=days)), ask=vies(registry), days=30)
        assert len(Registry.asked) == asked, f"after {days} days"


def test_a_registry_that_is_away_leaves_numbers_unchecked_and_orders_do_not_pass(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft("registry", "tax_registry"))
    customer = a_customer(company, country_id="DE", tax_id="DE136695976")
    checked = ask_registry(act=act, ask=vies("http://127.0.0.1:9/rest-api"), days=30)
    assert (checked.valid, checked.invalid, checked.unchecked) == (0, 0, 1)
    assert not RegistryCheck.objects.filter(company_id=company.id).exists()
    found = finding(act, company, customer, "registry")
    assert (found.outcome, found.inputs["status"]) == ("hold", "unchecked")


def test_a_list_is_taken_over_from_a_file_and_holds_whom_it_names(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft("denied", "denied_party", {"likeness": "0.85"}))
    parties = read_parties(io.StringIO('name,identifier,remark\n"Ivanov Trading, Company",7701234567,since 2022\nMüller GmbH,,\n'))
    change = replace_list(act=act, list_code="OWN", parties=parties)
    assert (change.added, change.removed, change.kept) == (2, 0, 0)
    by_name = finding(act, company, a_customer(company, name="Ivanow Trading Co."), "denied")
    assert (by_name.outcome, by_name.inputs["listed"], by_name.inputs["list"]) == ("hold", "Ivanov Trading, Company", "OWN")
    by_number = finding(act, company, a_customer(company, name="Harbour Tools", tax_id="77-0123-4567"), "denied")
    assert (by_number.outcome, by_number.inputs["by_number"]) == ("hold", True)
    receiver = finding(act, company, a_customer(company, name="Harbour"), "denied", ship_to_name="MULLER", ship_to_address="1 Quay")
    assert receiver.outcome == "hold"
    assert finding(act, company, a_customer(company, name="Harbour Tools"), "denied").outcome == "pass"


def test_a_new_edition_takes_off_who_is_missing_and_leaves_other_lists_alone(company: Company, act: Act) -> None:
    replace_list(act=act, list_code="OWN", parties=[PartyDraft("Stays"), PartyDraft("Goes")])
    replace_list(act=act, list_code="UN", parties=[PartyDraft("Goes")])
    change = replace_list(act=act, list_code="OWN", parties=[PartyDraft("Stays"), PartyDraft("Comes")])
    assert (change.added, change.removed, change.kept) == (1, 1, 1)
    standing = DeniedParty.objects.filter(removed_at=None).order_by("list_code", "name").values_list("list_code", "name")
    assert list(standing) == [("OWN", "Comes"), ("OWN", "Stays"), ("UN", "Goes")]
    assert DeniedParty.objects.filter(list_code="OWN", name="Goes").exists(), "who was listed stays on record"


@pytest.mark.parametrize(
    ("text", "column", "row"),
    [
        ("names\nX\n", "name", 1),
        ("", "name", 1),
        ("name\nX\n \n", "name", 3),
        (f"name\n{'x' * 301}\n", "name", 2),
        ("name,country\nX,CHN\n", "country", 2),
        ('name\n"X\n', "file", 2),
        ("name\nX\0\n", "name", 2),
    ],
)
def test_a_file_that_is_no_list_is_refused_by_row_and_column(text: str, column: str, row: int) -> None:
    with pytest.raises(Malformed) as refused:
        read_parties(io.StringIO(text))
    assert (refused.value.facts["column"], refused.value.facts["row"]) == (column, row)


def test_an_empty_edition_is_refused_and_the_list_stands(company: Company, act: Act) -> None:
    replace_list(act=act, list_code="OWN", parties=[PartyDraft("Stays")])
    with pytest.raises(Malformed):
        replace_list(act=act, list_code="OWN", parties=[])
    assert DeniedParty.objects.filter(removed_at=None).count() == 1


def test_a_discount_is_judged_by_the_roles_of_whoever_entered_the_order(company: Company, act: Act) -> None:
    shares = {"share_max": "0.03", "share_max_sales": "0.05", "share_max_admin": "0.10"}
    add_rule(act=act, draft=RuleDraft("authority", "discount", shares))
    for role, outcome in (("sales", "hold"), ("admin", "pass"), ("auditor", "hold")):
        user = User.objects.create(username=f"{role}-{company.id}")
        Membership.objects.create(company_id=company.id, user=user, role=role)
        person = an_act(company, actor_id=user.pk)
        charges = [ChargeDraft("discount", Decimal(1), Decimal("-0.80"))]
        found = finding(person, company, a_customer(company), "authority", charges=charges)
        assert (found.outcome, Decimal(found.inputs["share"])) == (outcome, Decimal("0.08")), role


def test_the_usual_quantity_of_a_product_is_that_of_all_customers(company: Company, act: Act) -> None:
    product, warehouse = a_product(company), a_warehouse(company)
    for _ in range(2):
        a_released_order(act, a_customer(company), warehouse, [(product, quantity) for quantity in range(1, 51)])
    add_rule(act=act, draft=RuleDraft("usual", "usual_quantity", {"p99_times": "1"}))
    for quantity, outcome in ((50, "pass"), (51, "hold")):
        order_id = an_order(act, a_customer(company), warehouse, [(product, quantity)])
        submit_orders(act=act, order_ids=[order_id])
        review_orders(act=act, order_ids=[order_id])
        found = ReviewFinding.objects.get(review__order_id=order_id, rule__code="usual")
        assert (found.outcome, Decimal(found.inputs["p99"])) == (outcome, Decimal(50))
