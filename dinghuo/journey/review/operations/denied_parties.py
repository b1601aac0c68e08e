"""Lists of parties that nobody may supply: taken over from a file, or the company's own, an entry at a time."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from django.db import transaction

from dinghuo.journey.review.models import DeniedParty
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company

NAME_MAX = 300
IDENTIFIER_MAX = 60
ENTRIES_MAX = 500_000
CODE_MAX = 40
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A party as a list names it; `identifier` is a number of a register, where the list knows one."""

    name: str
    identifier: str = ""
    country: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a new edition of a list changed."""

    added: int
    removed: int
    kept: int


def read_parties(file: TextIO) -> list[PartyDraft]:
    """The entries of a CSV with the columns `name` and, where there are any, `identifier`, `country` and `remark`.

    Raises Malformed with the row and column of the first thing wrong.
    """
    rows = csv.DictReader(file, strict=True)
    try:
        if "name" not in (rows.fieldnames or ()):
            raise Malformed("The file needs a column `name`.", column="name", row=1)
        return parties_in(rows)
    except csv.Error as fault:
        raise Malformed(f"Line {rows.reader.line_num} is not CSV: {fault}.", column="file", row=rows.reader.line_num) from fault


def parties_in(rows: Iterable[Mapping[str, str | None]]) -> list[PartyDraft]:
    """The entries of rows, each checked; raises Malformed for the first that cannot be kept."""
    parties: list[PartyDraft] = []
    for number, row in enumerate(rows, 2):
        party = PartyDraft(*((row.get(column) or "").strip() for column in ("name", "identifier", "country", "remark")))
        fault = fault_in_party(party)
        if fault:
            raise Malformed(f"Row {number}: the {fault} is missing or too long.", column=fault, row=number)
        parties.append(party)
        if len(parties) > ENTRIES_MAX:
            raise Malformed(f"A list has at most {ENTRIES_MAX} entries.", column="name", row=number)
    return parties


def fault_in_party(party: PartyDraft) -> str | None:
    """The column of an entry that cannot be kept, or None."""
    if not 0 < len(party.name) <= NAME_MAX or "\0" in party.name:
        return "name"
    if len(party.identifier) > IDENTIFIER_MAX:
        return "identifier"
    if len(party.country) not in {0, 2}:
        return "country"
    return "remark" if len(party.remark) > NAME_MAX else None


@transaction.atomic
def replace_list(*, act: Act, list_code: str, parties: Iterable[PartyDraft]) -> ListChange:
    """Make a list what its new edition says: entries that are new come, those that are missing are taken off, the others stay.

    Raises Malformed for an empty edition, which would let everybody pass, and for a code that is none.
    """
    wanted = {(party.name, party.identifier): party for party in parties}
    if not wanted or not 0 < len(list_code) <= CODE_MAX:
        raise Malformed("A list has a code of up to 40 characters and at least one entry.", column="list_code")
    # Editions of one company's lists come one after the other.
    Company.objects.select_for_update(no_key=True).get(id=act.company_id)
    standing = DeniedParty.objects.filter(company_id=act.company_id, list_code=list_code, removed_at=None)
    known = {(name, identifier): key for key, name, identifier in standing.values_list("id", "name", "identifier")}

    gone = [key for entry, key in known.items() if entry not in wanted]
    sql.execute("review/remove_denied_parties", company_id=act.company_id, ids=gone, at=act.at)
    fresh = [party for entry, party in wanted.items() if entry not in known]
    write_parties(act, list_code, fresh)

    facts = {"list": list_code, "added": len(fresh), "removed": len(gone)}
    journal.record(act, "DeniedListChanged", "company", [Happened(act.company_id, facts=facts)])
    return ListChange(len(fresh), len(gone), len(known) - len(gone))


def write_parties(act: Act, list_code: str, parties: Sequence[PartyDraft]) -> None:
    """Write entries of a list."""
    DeniedParty.objects.bulk_create(
        (
            DeniedParty(
                company_id=act.company_id,
                list_code=list_code,
                name=party.name,
                identifier=party.identifier,
                country=party.country,
                remark=party.remark,
                listed_at=act.at,
                listed_by_id=act.actor_id,
            )
            for party in parties
        ),
        batch_size=BATCH,
    )
