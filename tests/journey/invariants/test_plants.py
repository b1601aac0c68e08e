"""Each violation that is planted is found, by the invariant it breaks and by no other."""

import pytest
from django.db import transaction

from dinghuo.journey.invariants import INVARIANTS
from dinghuo.journey.invariants.queries import run_checks
from tests.journey.invariants.conftest import Year
from tests.journey.invariants.plants import PLANTS, Plant, loosen


def test_a_clean_year_breaks_nothing(year: Year) -> None:
    report = run_checks(year.shop.company.id)
    assert report.as_json()["violations"] == 0, [check for check in report.checks if check.violations]
    assert report.checked == len(INVARIANTS)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_violation_is_found_by_its_invariant(year: Year, plant: Plant) -> None:
    loosen()
    plant.change(year)
    assert run_checks(year.shop.company.id).broken == {plant.breaks} | plant.also


def test_every_invariant_has_a_planted_violation() -> None:
    assert {plant.breaks for plant in PLANTS} == {invariant.id for invariant in INVARIANTS}
    # One at least that breaks nothing else, so that no invariant leans on another.
    assert {plant.breaks for plant in PLANTS if not plant.also} == {invariant.id for invariant in INVARIANTS}


def test_a_violation_of_another_company_is_not_ours(year: Year, neighbour: int) -> None:
    loosen()
    for plant in PLANTS:
        # A view is everybody's.
        if plant.breaks != "I7c":
            savepoint = transaction.savepoint()
            plant.change(year)
            assert run_checks(neighbour).broken == frozenset(), plant.name
            transaction.savepoint_rollback(savepoint)


def test_a_violation_names_the_document_and_both_figures(year: Year) -> None:
    loosen()
    (plant,) = (plant for plant in PLANTS if plant.name == "invoiced_less_than_billed")
    plant.change(year)
    (broken,) = (check for check in run_checks(year.shop.company.id).checks if check.violations)
    rows = [(row.document.split(" / ")[1], row.expected, row.found) for row in broken.violations]
    assert rows == [("1", "10 invoiced", "9 invoiced"), ("2", "20 invoiced", "19 invoiced")]
    assert all(row.document.startswith("SO") for row in broken.violations)
