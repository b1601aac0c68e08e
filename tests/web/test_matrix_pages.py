"""Who approves what, for whom and instead of whom, kept on pages: overlaps, gaps and strangers are refused in words."""

from typing import Any

import pytest

from dinghuo.journey.review.models import ApprovalMatrix, Delegation, DutySeparation
from dinghuo.journey.review.operations import set_matrix
from dinghuo.journey.review.operations.matrix import bands_in_force
from dinghuo.journey.review.rules.approval import Band, MatrixDraft
from tests.web.site import CountedQueries, Site, open_site, read

TABLE = [
    ("", "", "10000", "0.1", "", ()),
    ("", "", "10000", "", "0.1", ("finance",)),
    ("", "10000", "", "", "", ("credit", "admin")),
]


def matrix(rows: list[tuple[Any, ...]], seen: int = 0, **given: Any) -> dict[str, Any]:
    """The form with these bands: class, amount over, up to, margin from, below, roles."""
    names = ("customer_class", "amount_over", "amount_up_to", "margin_from", "margin_below")
    sent: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    sent |= {f"roles-{number}": list(row[5]) for number, row in enumerate(rows)}
    sent |= {f"wanted-{number}": "1" for number in range(len(rows))}
    return {**sent, "escalate_after_hours": "4", "quantity_tolerance": "1", "seen": str(seen), **given}


def change(site: Site, rows: list[tuple[Any, ...]], **given: Any) -> Any:
    """The answer to an administrator who sends the matrix."""
    return site.clients["admin"].post("/settings/matrix/change/", matrix(rows, **given))


def bands(site: Site) -> list[Band]:
    """The bands in force."""
    with site.acting():
        return [row.band for row in bands_in_force(site.shop.act)]


def test_a_matrix_is_put_in_force_shown_and_changed_and_names_its_authors(site: Site) -> None:
    assert "There is no matrix: nothing needs approval." in read(site.clients["sales"].get("/settings/matrix/")).text
    assert change(site, TABLE).status_code == 302
    assert [(band.amount_over, band.amount_up_to, tuple(band.roles)) for band in bands(site)] == [
        (None, 10_000, ()),
        (None, 10_000, ("finance",)),
        (10_000, None, ("credit", "admin")),
    ]
    page = read(site.clients["sales"].get("/settings/matrix/")).text
    assert "Credit control → Administrator" in page
    assert "≤ 10,000.00" in page
    assert site.users["admin"].username in page

    assert change(site, [("", "", "", "", "", ("credit",))], seen=1).status_code == 302
    assert len(bands(site)) == 1
    with site.acting():
        first = ApprovalMatrix.objects.get(version=1)
    assert "Restore this version" in read(site.clients["admin"].get(f"/settings/matrix/?version={first.pk}")).text
    form = read(site.clients["admin"].get(f"/settings/matrix/change/?version={first.pk}"))
    assert [tag.get("value") for _, tag in form.tags if tag.get("name") == "amount_up_to"][:3] == ["10000", "10000", ""]
    assert [tag.get("value") for _, tag in form.tags if tag.get("name") == "seen"] == ["2"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [("", "", "100", "", "", ()), ("", "200", "", "", "", ())],
            "The matrix leaves a gap at an amount of 150.00 with a margin of 0 %.",
        ),
        ([("", "", "200", "", "", ()), ("", "100", "", "", "", ())], "Bands of the matrix overlap: 1, 2."),
        ([("VIP", "", "", "", "", ())], "The matrix leaves a gap at an amount of 0.00 with a margin of 0 %."),
        ([("", "", "", "", "", ("sales",))], "This role may not approve."),
        ([("", "200", "100", "", "", ())], "The band's end is not above its start."),
        ([("", "many", "", "", "", ())], "Amounts have at most 3 decimals; margins are shares with at most 4, 0.1 is 10 %."),
        ([("TOOLONG", "", "", "", "", ())], "A customer class has at most 4 characters."),
        ([], "A matrix has between 1 and 60 bands."),
    ],
)
def test_a_faulty_matrix_is_refused_in_words_and_nothing_changes(site: Site, rows: list[Any], sentence: str) -> None:
    change(site, TABLE)
    response = change(site, rows, seen=1)
    assert response.status_code in {409, 422}
    text = read(response).text
    assert sentence in text
    assert "Nothing was saved. What you typed is still here." in text
    assert len(bands(site)) == 3


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"escalate_after_hours": "0"}, "A step waits for a whole number of hours from 1 to 720."),
        ({"quantity_tolerance": "2"}, "The tolerance is a share from 0 to 1."),
    ],
)
def test_a_faulty_setting_of_a_matrix_is_refused(site: Site, given: dict[str, str], sentence: str) -> None:
    assert sentence in read(change(site, TABLE, **given)).text
    assert bands(site) == []


def test_a_deputy_who_may_not_approve_is_refused(site: Site) -> None:
    response = change(site, TABLE, **{"deputy-credit": str(site.users["sales"].pk)})
    assert "This user may not approve." in read(response).text
    assert change(site, TABLE, **{"deputy-credit": str(site.users["finance"].pk)}).status_code == 302
    assert f"Deputy of Credit control {site.users['finance'].username}" in read(site.clients["admin"].get("/settings/matrix/")).text


def test_of_two_people_who_change_the_matrix_the_second_is_told(site: Site) -> None:
    change(site, TABLE)
    with site.acting():
        set_matrix(act=site.shop.act, draft=MatrixDraft([Band(("admin",))]))
    response = change(site, TABLE, seen=1)
    assert response.status_code == 409
    assert "Somebody else changed the matrix meanwhile: version 2 is the newest." in read(response).text
    assert len(bands(site)) == 1


def test_rows_are_added_and_removed_without_saving(site: Site) -> None:
    page = read(change(site, TABLE, more="1"))
    assert len([tag for _, tag in page.tags if tag.get("name") == "amount_over"]) == 6
    assert bands(site) == []
    whole = [*TABLE[:2], ("", "10000", "", "", "", ("credit",)), ("", "10000", "", "", "", ("admin",))]
    assert change(site, whole, **{"drop-2": "1"}).status_code == 302
    assert [tuple(band.roles) for band in bands(site)] == [(), ("finance",), ("admin",)]


def test_a_matrix_of_sixty_bands_takes_as_many_statements_as_one_of_two(site: Site) -> None:
    counts: list[tuple[int, int]] = []
    for number in (2, 60):
        edges = ["", *(str(edge * 100) for edge in range(1, number)), ""]
        rows = [("", edges[place], edges[place + 1], "", "", ("credit",)) for place in range(number)]
        seen = len(counts)
        with CountedQueries() as written:
            assert change(site, rows, seen=seen).status_code == 302
        with CountedQueries() as shown:
            site.clients["admin"].get("/settings/matrix/")
        counts.append((written.count, shown.count))
    assert counts[0] == counts[1]


def lend(site: Site, role: str = "credit", by: str = "credit", **given: Any) -> Any:
    """The answer to somebody who lends a role to finance for two days."""
    sent = {
        "lender": str(site.users["credit"].pk), "role": role, "deputy": str(site.users["finance"].pk), "from_on": "2099-01-01",
        "until_on": "2099-01-02", "reason": "on leave",
    }  # fmt: skip
    return site.clients[by].post("/settings/delegations/new/", {**sent, **given})


def test_a_role_is_lent_listed_and_taken_back(site: Site) -> None:
    assert lend(site).status_code == 302
    page = read(site.clients["credit"].get("/settings/delegations/")).text
    assert "Credit control" in page
    assert "2099-01-01" in page
    with site.acting():
        lent = Delegation.objects.get()
    assert (lent.given_by_id, lent.user_id) == (site.users["credit"].pk, site.users["finance"].pk)
    response = site.clients["finance"].post(f"/settings/delegations/{lent.pk}/end/", follow=True)
    assert "Only the lender or an administrator may do that." in read(response).text
    site.clients["credit"].post(f"/settings/delegations/{lent.pk}/end/")
    assert "No role is lent." in read(site.clients["credit"].get("/settings/delegations/")).text
    assert "Taken back" in read(site.clients["credit"].get("/settings/delegations/?state=over")).text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"deputy": ""}, "Say who lends which role to whom."),
        ({"role": "warehouse"}, "Say who lends which role to whom."),
        ({"until_on": "2098-12-31"}, "A delegation has a first day and a last one that is not before it."),
        ({"from_on": "soon"}, "A delegation has a first day and a last one that is not before it."),
        ({"reason": " "}, "Say why."),
        ({"role": "finance"}, "This approval is for another role."),
    ],
)
def test_a_faulty_delegation_is_refused_and_kept_as_typed(site: Site, given: dict[str, str], sentence: str) -> None:
    response = lend(site, **given)
    assert response.status_code in {409, 422}
    assert sentence in read(response).text
    with site.acting():
        assert not Delegation.objects.exists()


def test_a_role_is_lent_to_an_approver_alone_and_only_an_administrator_lends_anothers(site: Site) -> None:
    assert "This user may not approve." in read(lend(site, deputy=str(site.users["sales"].pk))).text
    # Who is no administrator lends his own role, whatever a forged form says.
    response = lend(site, by="finance", deputy=str(site.users["admin"].pk))
    assert "This approval is for another role." in read(response).text
    assert lend(site, by="admin").status_code == 302
    assert site.clients["sales"].post("/settings/delegations/new/", {}).status_code == 403


def test_the_usual_duties_are_shown_with_the_roles_that_have_both(site: Site) -> None:
    page = read(site.clients["auditor"].get("/settings/duties/")).text
    assert "The usual pairs are in force" in page
    assert "Take a payment Write off Who takes money could write off what he kept. Administrator" in page


def test_duties_are_changed_and_a_pair_without_a_reason_is_refused(site: Site) -> None:
    admin = site.clients["admin"]
    pair = {"duty": ["take_payment", ""], "other": ["approve_order", ""], "because": ["Own money", ""]}
    assert admin.post("/settings/duties/change/", {**pair, "because": ["", ""]}).status_code == 422
    response = admin.post("/settings/duties/change/", {**pair, "other": ["fly", ""]})
    assert "There is no such duty." in read(response).text
    with site.acting():
        assert not DutySeparation.objects.exists()
    assert admin.post("/settings/duties/change/", pair).status_code == 302
    assert "Take a payment Approve an order Own money" in read(admin.get("/settings/duties/")).text
    # A new pair that a role unites by itself is shown, so that nobody believes it kept apart by the granting of roles alone.
    assert "Own money Administrator, Finance" in read(admin.get("/settings/duties/")).text


def test_the_settings_lead_to_what_a_member_may_see(site: Site) -> None:
    admin, sales = (read(site.clients[role].get("/settings/")) for role in ("admin", "sales"))
    paths = {"/settings/rules/", "/settings/matrix/", "/settings/delegations/", "/settings/duties/"}
    assert paths | {"/settings/rules/trial/"} <= {tag.get("href") for _, tag in admin.tags}
    assert "/settings/rules/trial/" not in {tag.get("href") for _, tag in sales.tags}
    assert "/settings/" in {tag.get("href") for _, tag in read(site.clients["sales"].get("/")).tags}
    assert "/settings/" not in {tag.get("href") for _, tag in read(site.clients["warehouse"].get("/")).tags}


def test_the_settings_of_another_company_are_not_there(site: Site) -> None:
    change(site, TABLE)
    lend(site)
    with site.acting():
        matrix_id, lent_id = ApprovalMatrix.objects.get().pk, Delegation.objects.get().pk
    stranger = open_site().clients["admin"]
    assert stranger.get(f"/settings/matrix/?version={matrix_id}").status_code == 404
    assert stranger.post(f"/settings/delegations/{lent_id}/end/").status_code == 404
    with site.acting():
        assert Delegation.objects.get().ended_at is None
