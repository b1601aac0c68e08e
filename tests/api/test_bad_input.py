"""What is not as it should be is told, with its place; nothing that a caller sends is a fault of ours."""

import io
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.reference.models import Company
from dinghuo.reference.wire import BATCH_MAX, BODY_BYTES_MAX, LINES_MAX, PAGE_MAX
from tests.api.callers import Answer, Caller, a_caller, answer_of
from tests.api.document import ROOT, Described, described, document, faults
from tests.api.goods import a_customer, a_product, a_shop, an_order


def raw(caller: Caller, body: bytes, content_type: str = "application/json", path: str = "/orders") -> Answer:
    headers = {"Authorization": f"Bearer {caller.token}"}
    return answer_of(caller.client.generic("POST", ROOT + path, body, content_type, headers=headers))


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1.0001"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "Infinity"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"),
        ({"quantity": "9" * 400}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": 3}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"unit_price": "1.1234567"}, "unit_price"),
        ({"unit_price": "-1"}, "unit_price"),
        ({"product": "NOTHING"}, "product"),
        ({"product": "A\x00B"}, "product"),
        ({"product": "\ud800"}, "product"),
        ({"product": None, "product_id": 2**63}, "product_id"),
        ({"product": None, "product_id": 10**30}, "product_id"),
        ({"product": None, "product_id": 4711_4711}, "product"),
        ({"quantitiy": "1"}, "quantitiy"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_column(admin: Caller, line: dict[str, Any], place: str) -> None:
    customer, product = a_customer(admin), a_product(admin)
    good = {"product": product["code"], "quantity": "1"}
    body = {"customer": customer["code"], "lines": [good, {**good, **line}]}
    refused = admin.post("/orders", body)
    assert refused.status == 422, refused.raw
    assert (refused.body["facts"]["line"], refused.body["facts"]["column"]) == (2, place)
    assert SalesOrder.objects.count() == 0


def test_an_order_has_at_most_five_thousand_lines(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin)
    line = {"product": product["code"], "quantity": "1"}
    body = {"customer": customer["code"], "lines": [line] * LINES_MAX}
    assert len(admin.post("/orders", body).ok()["lines"]) == LINES_MAX
    refused = admin.post("/orders", {**body, "lines": [line] * (LINES_MAX + 1)})
    facts = refused.body["facts"]
    assert (refused.status, facts["column"], facts["line"]) == (422, "lines", LINES_MAX + 1)


def test_a_body_has_at_most_ten_megabytes(admin: Caller) -> None:
    def padded(length: int) -> bytes:
        start = b'{"code": "C1", "name": "Lotus", "country": "CN"}'
        return start + b" " * (length - len(start))

    assert raw(admin, padded(BODY_BYTES_MAX), path="/customers").status == 201
    refused = raw(admin, padded(BODY_BYTES_MAX + 1), path="/customers")
    assert (refused.status, refused.body["code"]) == (413, "body_too_large")


def test_a_body_sent_in_chunks_is_read_within_the_same_limit(admin: Caller) -> None:
    headers = {"Authorization": f"Bearer {admin.token}", "Transfer-Encoding": "chunked"}
    body = b'{"code": "C1", "name": "Lotus", "country": "CN"}'
    answers = []
    for sent in (body, body.ljust(BODY_BYTES_MAX + 1)):
        # What a server hands over for a body in chunks: its text, and no length.
        given: dict[str, Any] = {"wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": "", "CONTENT_TYPE": "application/json"}
        answers.append(admin.client.generic("POST", f"{ROOT}/customers", headers=headers, **given))
    assert [answer.status_code for answer in answers] == [201, 413]


def test_a_page_and_a_batch_have_their_limits(admin: Caller) -> None:
    assert admin.get(f"/orders?limit={PAGE_MAX}").status == 200
    assert admin.post("/allocations", {"order_ids": list(range(1, BATCH_MAX + 1))}).ok()["refused"] == BATCH_MAX
    over = [
        admin.get(f"/orders?limit={PAGE_MAX + 1}"),
        admin.get("/orders?limit=0"),
        admin.post("/allocations", {"order_ids": list(range(1, BATCH_MAX + 2))}),
    ]
    assert [(answer.status, answer.body["facts"]["column"]) for answer in over] == [
        (422, "limit"),
        (422, "limit"),
        (422, "order_ids"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"{", "application/json", (422, "malformed_json")),
        (b"\xff\xfe", "application/json", (422, "malformed_json")),
        (b"[" * 100_000, "application/json", (422, "malformed_json")),
        (b'{"customer": ' + b"[" * 500 + b"]" * 500 + b"}", "application/json", (422, "malformed")),
        (b'{"customer_id": ' + b"1" * 5_000 + b"}", "application/json", (422, "malformed_json")),
        (b"null", "application/json", (422, "malformed")),
        (b"", "application/json", (422, "malformed")),
        (b"[]", "application/json", (422, "malformed")),
        (b"customer=C1", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b"{}", "text/plain", (415, "unsupported_media_type")),
        (b"--x", "multipart/form-data; boundary=x", (415, "unsupported_media_type")),
        (b'{"\\ud800": 1}', "application/json", (422, "malformed")),
        (b'{"customer": "C1", "lines": [], "customer_po": "\\u0000"}', "application/json", (422, "malformed")),
    ],
)
def test_a_body_that_is_no_order_is_told(admin: Caller, body: bytes, content_type: str, told: tuple[int, str]) -> None:
    refused = raw(admin, body, content_type)
    assert (refused.status, refused.body["code"]) == told
    assert set(refused.body) == {"code", "message", "facts"}


def test_numbers_that_come_to_more_than_a_column_holds_are_told(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin)
    lines = [{"product": product["code"], "quantity": "999999999999", "unit_price": "999999999999.999999"}]
    refused = admin.post("/orders", {"customer": customer["code"], "lines": lines}, Idempotency_Key="one")
    assert (refused.status, refused.body["code"]) == (422, "out_of_range")
    stock = {"lines": [{"product": product["code"], "quantity": "999999999999", "unit_cost": "999999999999"}]}
    assert admin.post("/stock/receipts", stock).body["code"] == "out_of_range"
    assert admin.get("/orders").ok()["items"] == []


@pytest.mark.parametrize("day", ["1999-12-31", "2200-01-01", "2026-02-30", "0001-01-01", "9999-12-31", "today", 5])
def test_a_day_out_of_reach_is_told(admin: Caller, day: Any) -> None:
    customer, product = a_customer(admin), a_product(admin)
    body = {"customer": customer["code"], "lines": [{"product": product["code"], "quantity": "1"}], "requested_on": day}
    refused = admin.post("/orders", body)
    assert (refused.status, refused.body["facts"]["column"]) == (422, "requested_on")


def test_an_address_that_leads_nowhere_and_a_method_that_is_not_there_are_told_in_json(admin: Caller) -> None:
    told = [admin.get("/nothing"), admin.get("/"), admin.get("/orders/"), admin.call("PUT", "/orders", {})]
    assert [(answer.status, answer.body["code"]) for answer in told] == [
        *[(404, "no_such_route")] * 3,
        (405, "method_not_allowed"),
    ]


def test_an_address_with_too_many_parameters_is_told(admin: Caller) -> None:
    refused = admin.get(f"/orders?{'a=1&' * 20_001}")
    assert (refused.status, refused.body["code"]) == (422, "malformed_request")


@pytest.mark.parametrize("version", [None, "", "one", '"-1"', "1" * 30])
def test_an_amendment_says_which_version_it_is_meant_for(admin: Caller, version: str | None) -> None:
    order = an_order(admin, a_customer(admin)["code"], a_product(admin)["code"])
    headers = {} if version is None else {"If_Match": version}
    refused = admin.post(f"/orders/{order['id']}/amendments", {"reason": "less"}, **headers)
    assert (refused.status, refused.body["code"]) == (422, "if_match_missing")


def test_texts_of_every_script_are_kept_as_they_are(admin: Caller) -> None:
    names = ["莲花 茶具", "👨‍👩‍👧 𠮷野家", "\u202eabc\u200b", "Robert'); DROP TABLE customer;--", "{{7*7}}${jndi:x}", "../../etc"]
    for number, name in enumerate(names):
        made = admin.post("/customers", {"code": f"C{number}", "name": name, "country": "CN"}).ok()
        assert admin.get(f"/customers/{made['id']}").ok()["name"] == name


def test_what_master_data_names_must_be_there(admin: Caller) -> None:
    customer = {"code": "C1", "name": "Lotus", "country": "CN"}
    product = {"code": "P1", "name": "Teapot", "list_price": "1", "standard_cost": "1", "tax_rate": "0.13"}
    refused = [
        admin.post("/customers", {**customer, "country": "QQ"}),
        admin.post("/customers", {**customer, "price_list": "NONE"}),
        admin.post("/products", {**product, "unit": "NONE"}),
        admin.post("/carriers", {"code": "K", "name": "K", "country": "QQ"}),
    ]
    assert [(answer.status, answer.body["code"], answer.body["facts"]["column"]) for answer in refused] == [
        (422, "unknown_country", "country"),
        (422, "unknown_price_list", "price_list"),
        (422, "unknown_unit", "unit"),
        (422, "unknown_country", "country"),
    ]


# Values that have broken programs, and ordinary ones, so that some calls get far.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["", "0", "1", "-1", "1.5", "NaN", "1e999999999", "2026-03-02", "9999-12-31", "CN", "C62", "C1", "P1"]),
    st.sampled_from([0, 1, 2, -1, 2**31, 2**63 - 1, 2**63, 10**40, 0.1]),
    st.text(max_size=8),
    st.text(st.characters(codec="utf-16", exclude_categories=()), max_size=3),
)


def wished(schema: dict[str, Any], shown: dict[str, Any], *, wild: bool) -> st.SearchStrategy[Any]:
    """Values that fit a schema; with `wild`, also values that do not."""
    fitting = fitted(schema, shown, wild=wild)
    return st.one_of(fitting, VALUES) if wild else fitting


def fitted(schema: dict[str, Any], shown: dict[str, Any], *, wild: bool) -> st.SearchStrategy[Any]:
    """What a schema asks for, made of parts that fit or, with `wild`, do not."""
    if "$ref" in schema:
        return wished(shown[schema["$ref"].rsplit("/", 1)[-1]], shown, wild=wild)
    for several in ("anyOf", "allOf"):
        if several in schema:
            return st.one_of(*(wished(one, shown, wild=wild) for one in schema[several]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        fields = {name: wished(field, shown, wild=wild) for name, field in schema.get("properties", {}).items()}
        required = {name: fields.pop(name) for name in schema.get("required", [])}
        return st.fixed_dictionaries(required, optional=fields)
    if kind == "array":
        return st.lists(wished(schema["items"], shown, wild=wild), min_size=1, max_size=3)
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), min(schema.get("maximum", 5), 5))
    if kind == "boolean":
        return st.booleans()
    return a_text(schema)


def a_text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """A text that a schema asks for; codes are often those that there are."""
    pattern = schema.get("pattern", "")
    if schema.get("format") == "date":
        return st.sampled_from(["2026-03-02", "2000-01-01", "2199-12-31"])
    if pattern and "\\s" not in pattern and pattern != "^[A-Z]{2}$":
        return st.from_regex(pattern, fullmatch=True)
    return st.sampled_from(["CN"] if pattern == "^[A-Z]{2}$" else ["C1", "P1", "C62", "A" * schema.get("minLength", 1)])


@pytest.fixture
def furnished(wholesaler: Company, admin: Caller) -> Caller:
    """A program of a company that has one of each."""
    shop = a_shop(wholesaler, admin)
    admin.call("PATCH", f"/customers/{shop.customer_id}", {"code": "C1"}).ok()
    admin.call("PATCH", f"/products/{shop.product_id}", {"code": "P1"}).ok()
    return a_caller(wholesaler, "admin", "customer", customer_id=shop.customer_id)


@settings(max_examples=9, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(data=st.data())
def test_no_call_that_anybody_can_make_up_is_a_fault_of_ours(furnished: Caller, data: st.DataObject) -> None:
    for operation in described(document()):
        if not operation.path.endswith("/token"):
            call(furnished, operation, data)


def call(caller: Caller, one: Described, data: st.DataObject) -> None:
    shown, operation, wild = document()["components"]["schemas"], one.details, data.draw(st.booleans())
    ids = st.one_of(st.integers(1, 3), st.integers(0, 2**70)) if wild else st.integers(1, 3)
    address = re.sub(r"{\w+}", lambda _: str(data.draw(ids)), one.path)
    asked = [item for item in operation["parameters"] if item["in"] == "query" and data.draw(st.booleans())]
    query = {item["name"]: data.draw(wished(item["schema"], shown, wild=wild)) for item in asked}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = json.dumps(data.draw(wished(content["schema"], shown, wild=wild))) if content else ""
    headers = {"Authorization": f"Bearer {caller.token}", "If-Match": data.draw(st.sampled_from(['"1"', "2", "x"]))}
    full = f"{address}?{encoded(query)}"
    answer = answer_of(caller.client.generic(one.method, full, body, "application/json", headers=headers))
    assert str(answer.status) in operation["responses"], (one.method, full, body, answer)
    assert answer.status < 500, (one.method, full, body, answer.raw)
    if one.is_file(answer.status) is None:
        assert faults(answer.body, one.schema_of(answer.status), document()) == []


def encoded(query: dict[str, Any]) -> str:
    return "&".join(f"{name}={quoted(str(value))}" for name, value in query.items())


def quoted(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))
