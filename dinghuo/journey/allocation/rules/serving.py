"""Serving one line or one bundle: what it could have, what it accepts, where that comes from. Undone if it comes to nothing."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dinghuo.journey.allocation.rules.accepting import accepted
from dinghuo.journey.allocation.rules.limits import Tape
from dinghuo.journey.allocation.rules.placing import Need, Taken, choose_warehouses, place, place_within
from dinghuo.journey.allocation.rules.problem import Reason, Strategy
from dinghuo.journey.allocation.rules.shelf import Rules
from dinghuo.journey.allocation.rules.turns import STAYING, Bundle, Turn


class Run(NamedTuple):
    """What all steps of one plan share."""

    rules: Rules
    today: int
    tape: Tape
    bounded: set[int]


Limit = Callable[[Turn], int]


def could(turn: Turn, today: int) -> int:
    """Units a line could be given beyond what it has: by lots, warehouses, safety stock, others' floors and its quotas."""
    shelf = turn.shelf
    units = shelf.usable(turn.demand)
    if shelf.floors.kept:
        units = min(units, shelf.total.left - shelf.floors.others(turn.demand, today))
    for cells in turn.caps:
        units = min(units, sum(cell.left for cell in cells))
    return max(0, units)


def take(run: Run, turn: Turn, taken: Taken) -> None:
    """Give a line units of some levels, and draw down what limits it."""
    units = 0
    for level, part in taken:
        turn.shelf.take(run.tape, level, part)
        units += part
    turn.taken += taken
    turn.got += units
    for cells in turn.caps:
        rest = units
        for cell in cells:
            part = min(cell.left, rest)
            run.tape.draw(cell, part)
            rest -= part
    for cell in turn.floors:
        run.tape.draw(cell, min(cell.left, units))
    if run.rules.placement.one_lot:
        for level, _part in taken:
            turn.shelf.begin(turn.demand, level.stock.lot_id)


def keep(run: Run, turn: Turn) -> bool:
    """Give a line what is confirmed to it now, where it lies if that may still serve it; tells whether all of it could be kept."""
    held = min(turn.demand.confirmed, turn.wishes.allowed)
    units = min(held, could(turn, run.today))
    if units < held:
        units = accepted(turn.wishes, units, turn.demand.deliveries).units
    if units:
        take(run, turn, place(run.rules, turn.shelf, turn.demand, units, turn.held()))
    return turn.got == held


def serve(run: Run, turn: Turn, limit: int) -> None:
    """Give a line as much as it could have and accepts, up to a limit, and note why it was no more."""
    if turn.shelf.stopped_by:
        turn.say(Reason.HEAD_OF_LINE, turn.shelf.stopped_by)
        return
    more = could(turn, run.today)
    offer = accepted(turn.wishes, min(turn.got + more, limit), turn.demand.deliveries)
    if offer.units > turn.got:
        taken = place(run.rules, turn.shelf, turn.demand, offer.units - turn.got, turn.held())
        take(run, turn, taken)
        if turn.wishes.allowed > turn.wishes.most and turn.got == turn.demand.wanted:
            _finish_lot(run, turn, min(more - (offer.units - (turn.got - _sum(taken))), turn.wishes.allowed - turn.got))
    if turn.got < turn.demand.wanted:
        explain(run, turn, offer.reason, offer.facts)


def _sum(taken: Taken) -> int:
    return sum(part for _level, part in taken)


def _finish_lot(run: Run, turn: Turn, slack: int) -> None:
    """Take what little the last lot has left, so that no remnant lies there (D4.11); a line that stays does not grow."""
    stays = turn.demand.confirmed and turn.strategy in STAYING
    if turn.wishes.case > 1 or turn.strategy == Strategy.FILL or not turn.taken or stays:
        return
    level = turn.taken[-1][0]
    if 0 < level.left <= slack and level.stock.lot_id:
        take(run, turn, [(level, level.left)])


def explain(run: Run, turn: Turn, refused: Reason, facts: tuple[int, ...]) -> None:
    """Note what kept a line from more: its own wishes first, then a quota, a floor, safety stock, lots, and last other lines."""
    if refused != Reason.FULL:
        turn.say(refused, *facts)
        return
    shelf, free = turn.shelf, turn.shelf.total.left
    if turn.strategy == Strategy.FILL and turn.got >= turn.ceiling:
        turn.say(Reason.NEVER_ABOVE, turn.demand.confirmed)
        return
    if free:
        for cells in turn.caps:
            if not sum(cell.left for cell in cells):
                limit = sum(cell.limit for cell in cells)
                turn.say(Reason.QUOTA, limit, max(0, limit - turn.got))
                return
        if _kept_back(run, turn, free):
            return
    others = shelf.start - free - turn.got
    if others > 0:
        turn.say(Reason.OTHERS_FIRST, shelf.start, others)
    else:
        turn.say(Reason.NO_STOCK, shelf.start)


def _kept_back(run: Run, turn: Turn, free: int) -> bool:
    """Note which rule keeps units that are free from the line, if one does."""
    shelf, demand = turn.shelf, turn.demand
    found = shelf.eligible(demand)
    usable = shelf.usable(demand)
    short, late = (sum(level.left for level in refused) for refused in (found.short_lived, found.late))
    if usable:
        kept = shelf.floors.others(demand, run.today)
        if kept and free <= kept:
            turn.say(Reason.FLOOR, kept)
        return bool(kept) and free <= kept
    if short:
        turn.say(Reason.SHORT_LIFE, short, demand.minimum_life)
    elif late:
        turn.say(Reason.LATE, late)
    elif sum(shelf.guard(demand).values()):
        turn.say(Reason.SAFETY, min(free, sum(shelf.guard(demand).values())))
    elif run.rules.placement.one_lot:
        turn.say(Reason.ONE_LOT, turn.got)
    else:
        return False
    return True


def fill(run: Run, bundle: Bundle, limit: Limit) -> None:
    """Serve the lines of a bundle together, or give them nothing if its rules cannot be kept."""
    mark = run.tape.mark()
    before = [(turn, turn.got, len(turn.taken)) for turn in bundle.turns]
    open_ones = [turn for turn in bundle.turns if turn.strategy not in (Strategy.SKIP, Strategy.LOSE)]
    for kit in bundle.kits:
        _make_sets(run, [turn for turn in kit if turn in open_ones], limit)
    for turn in open_ones:
        if not turn.demand.kit:
            serve(run, turn, limit(turn))
    if not bundle.is_kept and not _keeps_rules(bundle):
        _hold_or_leave(run, bundle, before, mark)
    if run.rules.placement.warehouses in ("fewest", "cheapest"):
        _place_together(run, before, mark)


Before = list[tuple[Turn, int, int]]


def restore(run: Run, before: Before, mark: int) -> None:
    """Undo what was given to some lines since a mark."""
    run.tape.undo(mark)
    for turn, got, parts in before:
        turn.got = got
        del turn.taken[parts:]


def _make_sets(run: Run, kit: Sequence[Turn], limit: Limit) -> None:
    """Give the components of a kit in equal sets, as many as the scarcest allows (D4.10)."""
    if not kit:
        return
    wanted = min(limit(turn) // max(1, turn.demand.per_set) for turn in kit)
    sets = min((turn.got + could(turn, run.today)) // max(1, turn.demand.per_set) for turn in kit)
    sets = min(sets, wanted)
    mark = run.tape.mark()
    before = [(turn, turn.got, len(turn.taken)) for turn in kit]
    while sets > 0 and not _have_sets(run, kit, sets):
        restore(run, before, mark)
        sets -= 1
    for turn in kit:
        if turn.got < turn.demand.wanted:
            turn.say(Reason.KIT, sets, turn.demand.wanted // max(1, turn.demand.per_set))


def _have_sets(run: Run, kit: Sequence[Turn], sets: int) -> bool:
    for turn in kit:
        units = sets * turn.demand.per_set - turn.got
        if units > could(turn, run.today):
            return False
        if units > 0:
            take(run, turn, place(run.rules, turn.shelf, turn.demand, units, turn.held()))
    return True


def _keeps_rules(bundle: Bundle) -> bool:
    """Whether the order is complete if it must be, and enough of its value is filled; notes for its lines why not."""
    if bundle.must_complete:
        lacking = [turn for turn in bundle.turns if turn.got < turn.wishes.enough]
        for turn in bundle.turns if lacking else ():
            turn.say(Reason.ORDER_COMPLETE, lacking[0].demand.line_id, lacking[0].got)
        return not lacking
    filled = bundle.value_filled({turn.demand.line_id: turn.got for turn in bundle.turns})
    if filled < bundle.share:
        for turn in bundle.turns:
            turn.say(Reason.ORDER_VALUE, filled, bundle.share)
    return filled >= bundle.share


def _hold_or_leave(run: Run, bundle: Bundle, before: Before, mark: int) -> None:
    got = {turn.demand.line_id: turn.got for turn, _got, _parts in before}
    if not any(got.values()):
        return
    if all(holds(run, turn, turn.got) for turn in bundle.turns):
        return
    restore(run, before, mark)


def holds(run: Run, turn: Turn, units: int) -> bool:
    """Whether an incomplete line may keep units for now (D4.4); notes until when, or that its patience is over."""
    days = run.rules.policy.acceptance.patience_days
    if not days or (not units and not turn.demand.held_since):
        return bool(days)
    since = turn.demand.held_since or run.today
    if run.today - since < days:
        turn.say(Reason.HOLDING, units, since + days - 1)
        return True
    turn.say(Reason.PATIENCE_OVER, turn.demand.confirmed, run.today - since)
    return False


def _place_together(run: Run, before: Before, mark: int) -> None:
    """Place what an order's lines were given anew, from the warehouses that serve the order best."""
    needs = [(turn, Need(turn.shelf, turn.demand, turn.got - got)) for turn, got, _parts in before if turn.got > got]
    if not needs:
        return
    restore(run, before, mark)
    chosen = choose_warehouses(run.rules, [need for _turn, need in needs])
    if not chosen.is_best:
        run.bounded.update(need.shelf.product_id for _turn, need in needs)
    for turn, need in needs:
        taken = place_within(need, chosen.warehouses)
        if _sum(taken) < need.units:
            taken = place(run.rules, turn.shelf, turn.demand, need.units, [])
        take(run, turn, taken)
