"""The pages of runs and of single lines: simulate, look, post or drop; why a line has what it has; taking from one for another."""

from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from dinghuo.journey.allocation.models import PolicyRun, StockSwap
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.shipping.models import Shipment
from dinghuo.reference.models import Company
from tests import shop as shops
from tests.builders import a_customer, a_product
from tests.web.site import CANARY, CountedQueries, Goods, Site, open_site, read


def two_orders(site: Site) -> tuple[int, int]:
    """Lines of two orders of one product of which there are 30: the first has 25, the second 5 of 20."""
    shop = site.shop
    with site.acting():
        product = a_product(shop.company)
        shops.stocked(shop, (product, 30))
        orders = [shops.released(shop, [(product, 25)]), shops.released(shop, [(product, 20)])]
        for order in orders:
            allocate_orders(act=shop.act, order_ids=[order])
        definition = {"otherwise": "redistribute", "sharing": {"method": "proportional"}}
        assert add_policy(act=shop.act, draft=PolicyDraft("fair", CANARY, definition)).done
        first, second = (SalesOrderLine.objects.get(order_id=order).pk for order in orders)
        return first, second


def given(site: Site, *line_ids: int) -> list[int]:
    with site.acting():
        return [int(SalesOrderLine.objects.get(id=line_id).allocated) for line_id in line_ids]


def simulated(site: Site, policy: str = "fair") -> str:
    """The address of a run that was asked for on the page."""
    response = site.clients["sales"].post("/allocation/runs/start/", {"policy": policy})
    assert response.status_code == 302
    return str(response["Location"])


def test_a_policy_is_simulated_looked_at_and_posted(site: Site) -> None:
    lines = two_orders(site)
    address = simulated(site)
    page = read(site.clients["sales"].get(address))
    assert "Simulated" in page.text
    assert given(site, *lines) == [25, 5]
    assert [each for each in page.texts if each in {"-8", "8"}], page.text
    assert CANARY not in [given.get("value") for _tag, given in page.tags]
    posted = read(site.clients["sales"].post(f"{address}post/", follow=True))
    assert "The run was posted." in posted.text
    assert given(site, *lines) == [17, 13]


def test_the_orders_of_a_posted_run_go_on_at_once(site: Site) -> None:
    lines = two_orders(site)
    with site.acting():
        Company.objects.filter(id=site.shop.company.id).update(auto_notice=True)
        orders = set(SalesOrderLine.objects.filter(id__in=lines).values_list("order_id", flat=True))
    address = simulated(site)
    site.clients["sales"].post(f"{address}post/")
    with site.acting():
        assert set(Shipment.objects.filter(order_id__in=orders).values_list("order_id", flat=True)) == orders


def test_who_loses_is_found_sorted_and_kept_as_a_file(site: Site) -> None:
    two_orders(site)
    address = simulated(site)
    sales = site.clients["sales"]
    losers = read(sales.get(f"{address}?which=lose&sort=units"))
    assert losers.texts.count("-8") == 1
    assert "This run changes no line like that." in read(sales.get(f"{address}?q=nobody")).text
    rows = sales.get(f"{address}file/?as=csv&which=gain").content.decode().splitlines()
    assert len(rows) == 2
    assert rows[1].split(",")[5:9] == ["20", "5", "13", "8"]
    assert sales.get(f"{address}file/?as=xlsx").content.startswith(b"PK")


def test_many_changed_lines_come_by_the_page_and_each_once(site: Site) -> None:
    shop = site.shop
    with site.acting():
        product = a_product(shop.company)
        shops.stocked(shop, (product, 100))
        for _each in range(53):
            shops.released(shop, [(product, 1)])
    sales, address, found = site.clients["sales"], simulated(site, ""), []
    following = f"{address}?sort=loss"
    while following:
        page = read(sales.get(following))
        found += [given["href"] for tag, given in page.tags if tag == "a" and "/why/" in str(given.get("href"))]
        following = next((address + str(given["href"]) for tag, given in page.tags if given.get("rel") == "next"), "")
    assert len(found) == len(set(found)) == 53


def test_a_run_is_not_posted_after_its_stock_has_changed_and_the_page_says_what(site: Site) -> None:
    first, second = two_orders(site)
    address = simulated(site)
    with site.acting():
        line = SalesOrderLine.objects.get(id=first)
        shops.stocked(replace(site.shop, act=replace(site.shop.act, at=timezone.now())), (line.product, 40))
    response = site.clients["sales"].post(f"{address}post/")
    page = read(response)
    assert response.status_code == 409
    assert "What has changed since the run was computed" in page.text
    assert "40" in page.texts
    assert given(site, first, second) == [25, 5]


def test_a_run_is_dropped_and_then_no_more_posted(site: Site) -> None:
    lines = two_orders(site)
    address = simulated(site)
    assert "The run was dropped" in read(site.clients["sales"].post(f"{address}drop/", follow=True)).text
    assert "Only a simulated run can be posted" in read(site.clients["sales"].post(f"{address}post/", follow=True)).text
    assert given(site, *lines) == [25, 5]


def test_a_run_at_work_shows_how_far_it_is_and_can_be_stopped(site: Site, goods: Goods) -> None:
    with site.acting():
        PolicyRun.objects.filter(id=goods.run).update(state="computing", products=4, products_done=1)
    address = f"/allocation/runs/{goods.run}/"
    admin = site.clients["admin"]
    assert "25 %" in read(admin.get(address)).text
    assert "25 %" in read(admin.get(f"{address}progress/")).text
    admin.post(f"{address}drop/")
    assert admin.get(f"{address}progress/")["HX-Refresh"] == "true"


def test_an_unknown_policy_is_not_run(site: Site) -> None:
    response = site.clients["sales"].post("/allocation/runs/start/", {"policy": "no-such"}, follow=True)
    assert "There is no policy no-such in force." in read(response).text


def test_a_line_is_explained_with_its_rivals(site: Site) -> None:
    first, second = two_orders(site)
    address = simulated(site)
    sales = site.clients["sales"]
    run = address.rstrip("/").rpartition("/")[2]
    page = read(sales.get(f"/allocation/lines/{second}/why/?run={run}"))
    assert "would decide" in page.text
    assert "Who came before" in page.text
    with site.acting():
        order_id = SalesOrderLine.objects.get(id=first).order_id
    links = [given.get("href") for _tag, given in read(sales.get(f"/orders/{order_id}/")).tags]
    assert f"/allocation/lines/{first}/why/" in links


def test_units_are_taken_from_one_line_for_another_and_given_back(site: Site) -> None:
    first, second = two_orders(site)
    sales = site.clients["sales"]
    address = f"/allocation/lines/{second}/"
    proposed = [
        given.get("value") for _tag, given in read(sales.get(f"{address}donors/")).tags if given.get("name") == f"take-{first}"
    ]
    assert proposed == ["15"]
    response = sales.post(f"{address}swap/", {f"take-{first}": "10", "reason": CANARY}, follow=True)
    assert "The units were moved." in read(response).text
    assert CANARY in read(response).text
    assert given(site, first, second) == [15, 15]
    with site.acting():
        swap = StockSwap.objects.get()
        assert swap.quantity == Decimal(10)
    assert "The units were given back." in read(sales.post(f"/allocation/swaps/{swap.pk}/undo/", follow=True)).text
    assert given(site, first, second) == [25, 5]
    assert "The swap was undone already." in read(sales.post(f"/allocation/swaps/{swap.pk}/undo/", follow=True)).text


def test_what_cannot_be_taken_is_refused_beside_its_field(site: Site) -> None:
    first, second = two_orders(site)
    sales, address = site.clients["sales"], f"/allocation/lines/{second}/swap/"
    for form, told in (
        ({f"take-{first}": "26", "reason": "why"}, "Only 25 units may be taken from the line."),
        ({f"take-{first}": "20", "reason": "why"}, "The line lacks only 15 units."),
        ({f"take-{first}": "ten", "reason": "why"}, "A quantity above zero is wanted here."),
        ({f"take-{first}": "10", "reason": ""}, "Say why."),
        ({"reason": "why"}, "Take something from at least one line."),
    ):
        response = sales.post(address, form)
        assert response.status_code == 422, form
        assert told in read(response).text, form
    assert given(site, first, second) == [25, 5]


def test_runs_and_lines_of_another_company_are_not_there(site: Site, goods: Goods) -> None:
    other = open_site().clients["admin"]
    run, line = f"/allocation/runs/{goods.run}/", f"/allocation/lines/{goods.short_line}/"
    for address in (run, f"{run}progress/", f"{run}file/", f"{line}why/", f"{line}donors/"):
        assert other.get(address).status_code == 404, address
    for address in (f"{run}post/", f"{run}drop/", f"{line}swap/", f"/allocation/swaps/{goods.swap}/undo/"):
        assert other.post(address, {"reason": "mine"}).status_code == 404, address


def test_a_search_without_sense_is_left_out(site: Site, goods: Goods) -> None:
    with site.acting():
        a_customer(site.shop.company, name=CANARY)
    for query in (
        "after=x_y",
        "after=NaN_1",
        "after=1e9_99999999999999999999",
        "sort=%00",
        "which=them",
        "class=%3Cb%3E",
        f"q={CANARY}",
    ):
        response = site.clients["admin"].get(f"/allocation/runs/{goods.run}/?{query}")
        assert response.status_code == 200, query
        assert not [tag for tag, given in read(response).tags if "onerror" in given], query


def test_the_page_of_a_run_asks_a_fixed_number_of_questions(site: Site) -> None:
    shop, counts = site.shop, []
    with site.acting():
        product = a_product(shop.company)
        shops.stocked(shop, (product, 100))
    for lines in (1, 12):
        with site.acting():
            for _each in range(lines):
                shops.released(shop, [(product, 1)])
        address = simulated(site, "")
        site.clients["sales"].get(address)
        with CountedQueries() as counted:
            site.clients["sales"].get(address)
        counts.append(counted.count)
    assert counts[0] == counts[1] <= 15
