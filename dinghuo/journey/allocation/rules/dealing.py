"""One segment's turn: keep what must be kept, share, then hand what is left down the queue."""

from collections.abc import Sequence

from dinghuo.journey.allocation.rules import choosing, sharing
from dinghuo.journey.allocation.rules.keys import key
from dinghuo.journey.allocation.rules.placing import place
from dinghuo.journey.allocation.rules.problem import Method, Reason, Sharing, Strategy
from dinghuo.journey.allocation.rules.serving import Run, could, fill, holds, keep, restore, serve, take
from dinghuo.journey.allocation.rules.turns import Bundle, Turn

CHOOSING = (Method.KNAPSACK, Method.PENALTY)


def deal(run: Run, turns: Sequence[Turn]) -> None:
    """Serve the lines of one segment, ranked; those before it have had their turn."""
    policy = run.rules.policy
    strategy = turns[0].strategy
    if strategy == Strategy.SKIP:
        for turn in turns:
            _stay(run, turn)
        return
    if strategy == Strategy.LOSE:
        return
    if strategy in (Strategy.GAIN, Strategy.IMPROVE):
        _keep_all(run, turns)
    if policy.sharing.method != Method.GREEDY and strategy != Strategy.WIN:
        by_shelf = _share(run, turns)
        stays = policy.sharing.unused == "stay"
        _queue(run, [turn for turn in turns if turn.bundle and turn.bundle.has_rule] if stays else turns)
        for sharers in by_shelf:
            _say_shared(policy.sharing.method, sharers)
        return
    if policy.placement.warehouses == "own" and not policy.acceptance.stops_at_first_unfilled:
        _from_own_warehouse(run, turns)
    _queue(run, turns)


def _stay(run: Run, turn: Turn) -> None:
    """A line that nobody may touch keeps its very places."""
    taken = [(level, share.units) for level, share in zip(turn.level_of, turn.demand.places, strict=True)]
    take(run, turn, taken)


def _keep_all(run: Run, turns: Sequence[Turn]) -> None:
    for turn in turns:
        if not turn.demand.confirmed:
            continue
        if turn.bundle and turn.bundle.has_rule:
            _keep_bundle(run, turn.bundle)
        elif turn.is_whole or not turn.wishes.must_complete:
            turn.promised = turn.demand.confirmed
            keep(run, turn)
    run.tape.forget()


def _keep_bundle(run: Run, bundle: Bundle) -> None:
    """Keep an order that stands as a whole, or leave it to its turn."""
    if bundle.is_kept or not bundle.stands():
        return
    mark = run.tape.mark()
    open_ones = [turn for turn in bundle.turns if turn.strategy in (Strategy.GAIN, Strategy.IMPROVE)]
    before = [(turn, turn.got, len(turn.taken)) for turn in open_ones]
    for turn in open_ones:
        turn.promised = turn.demand.confirmed
    bundle.is_kept = len(open_ones) == len(bundle.turns) and all(keep(run, turn) for turn in open_ones)
    if not bundle.is_kept:
        restore(run, before, mark)


def _from_own_warehouse(run: Run, turns: Sequence[Turn]) -> None:
    """Let every line draw on the warehouse its order names before any line draws on another's."""
    for turn in turns:
        own = turn.shelf.warehouses.get(turn.demand.warehouse_id)
        if own is None or not own.left or turn.bundle or turn.got >= turn.ceiling or turn.held():
            continue
        levels = turn.shelf.eligible(turn.demand).levels
        units = sum(level.left for level in levels if level.warehouse is own)
        guard = turn.shelf.guard(turn.demand)
        if guard:
            units = min(units, max(0, own.left - guard.get(turn.demand.warehouse_id, 0)))
        if units:
            serve(run, turn, min(turn.ceiling, turn.got + units))
            run.tape.forget()


def _queue(run: Run, turns: Sequence[Turn]) -> None:
    for turn in turns:
        if turn.bundle:
            if not turn.bundle.is_settled:
                turn.bundle.is_settled = True
                fill(run, turn.bundle, _ceiling)
        elif turn.got < turn.ceiling:
            serve(run, turn, turn.ceiling)
            _after(run, turn)
        run.tape.forget()


def _ceiling(turn: Turn) -> int:
    return turn.ceiling


def _target(turn: Turn) -> int:
    return turn.target


def _after(run: Run, turn: Turn) -> None:
    """An incomplete line may hold what it could have had for a while, or stops the queue behind it."""
    if turn.reason != Reason.LINE_COMPLETE or turn.got:
        return
    units = min(could(turn, run.today), turn.ceiling)
    units -= units % turn.wishes.case
    if (units or turn.demand.held_since) and holds(run, turn, units):
        take(run, turn, place(run.rules, turn.shelf, turn.demand, units, turn.held()))
    if run.rules.policy.acceptance.stops_at_first_unfilled:
        turn.shelf.stopped_by = turn.demand.line_id


def _share(run: Run, turns: Sequence[Turn]) -> Sequence[Sequence[Turn]]:
    """Deal the units of each product by the policy's method, then serve each line up to its part; the sharers by product."""
    by_shelf: dict[int, list[Turn]] = {}
    kept: dict[int, list[Turn]] = {}
    for turn in turns:
        if turn.got:
            kept.setdefault(turn.shelf.product_id, []).append(turn)
        if turn.got < turn.ceiling and not (turn.bundle and turn.bundle.has_rule):
            by_shelf.setdefault(turn.shelf.product_id, []).append(turn)
        turn.target = turn.got
    for product_id, sharers in by_shelf.items():
        # Ties between equal fractions go to the smaller line id, whatever the ranking.
        sharers.sort(key=lambda turn: turn.demand.line_id)
        for turn, units in zip(sharers, _parts(run, sharers, kept.get(product_id, ())), strict=True):
            turn.target = turn.got + units
    seen: set[int] = set()
    for turn in turns:
        if turn.bundle and not turn.bundle.has_rule:
            if id(turn.bundle) not in seen:
                seen.add(id(turn.bundle))
                fill(run, turn.bundle, _target)
        elif turn.target > turn.got:
            serve(run, turn, turn.target)
        run.tape.forget()
    return list(by_shelf.values())


def _say_shared(method: Method, sharers: Sequence[Turn]) -> None:
    """Lines that only the sharing kept from more say so, rather than that others came first."""
    wanted = sum(turn.demand.wanted for turn in sharers)
    start = sharers[0].shelf.start
    by_worth = method in CHOOSING
    chosen = sum(_worth(method, turn) for turn in sharers if turn.got >= turn.ceiling) if by_worth else 0
    for turn in sharers:
        scarce = turn.reason in (Reason.FULL, Reason.OTHERS_FIRST, Reason.NO_STOCK)
        if turn.got >= turn.demand.wanted:
            continue
        if by_worth and (scarce or turn.reason == Reason.LINE_COMPLETE):
            turn.say(Reason.WORTH_LESS, _worth(method, turn), chosen)
        elif scarce:
            turn.say(Reason.SHARED, start, wanted)


def _worth(method: Method, turn: Turn) -> int:
    """What filling a line is worth: its margin, and its fine where fines count."""
    fine = turn.demand.fine if method == Method.PENALTY else 0
    return max(0, turn.demand.unit_margin) * turn.ceiling + fine


def _parts(run: Run, sharers: Sequence[Turn], kept: Sequence[Turn]) -> list[int]:
    """Units for each of some lines of one product, beyond what they have, by the policy's method."""
    rule = run.rules.policy.sharing
    room = [could(turn, run.today) for turn in sharers]
    wanted = [turn.ceiling - turn.got for turn in sharers]
    caps = [min(units, want) for units, want in zip(room, wanted, strict=True)]
    if sharers[0].shelf.quotas:
        caps = _under_quotas(rule, sharers, wanted, caps)
    supply = _visible(run, sharers)
    if rule.method == Method.SHARES:
        return _by_key(run, sharers, caps, kept)
    if rule.method in CHOOSING:
        return _chosen(run, rule.method, sharers, supply)
    if rule.method == Method.TARGET:
        on_hand = [turn.demand.on_hand + turn.got for turn in sharers]
        targets = [turn.demand.on_hand + turn.ceiling for turn in sharers]
        parts = sharing.equal_percent(supply, on_hand, targets)
        return [min(part, cap) for part, cap in zip(parts, caps, strict=True)]
    return dealt(rule.method, supply, wanted, caps)


def dealt(method: Method, supply: int, wanted: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Units by proportional, max-min or greedy sharing in the order given."""
    if method == Method.PROPORTIONAL:
        return sharing.proportional(supply, wanted, caps)
    if method == Method.MAX_MIN:
        return sharing.max_min(supply, caps)
    given = []
    for cap in caps:
        given.append(min(cap, supply))
        supply -= given[-1]
    return given


def _visible(run: Run, sharers: Sequence[Turn]) -> int:
    """Units of one product that the lines can see together: no more than the one that sees most."""
    shelf = sharers[0].shelf
    most = 0
    for turn in sharers:
        kept = shelf.floors.others(turn.demand, run.today) if shelf.floors.kept else 0
        most = max(most, min(shelf.usable(turn.demand), shelf.total.left - kept))
        if most == shelf.total.left:
            break
    return most


def _under_quotas(rule: Sharing, sharers: Sequence[Turn], wanted: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Caps cut so that lines that draw on the same quota share it as the policy shares stock."""
    method = rule.method if rule.method in (Method.PROPORTIONAL, Method.MAX_MIN) else rule.inside
    cut = list(caps)
    groups: dict[tuple[int, ...], tuple[int, list[int]]] = {}
    for at, turn in enumerate(sharers):
        for cells in turn.caps:
            same = tuple(id(cell) for cell in cells)
            groups.setdefault(same, (sum(cell.left for cell in cells), []))[1].append(at)
    for units, members in groups.values():
        parts = dealt(method, units, [wanted[at] for at in members], [cut[at] for at in members])
        for at, part in zip(members, parts, strict=True):
            cut[at] = part
    return cut


def _by_key(run: Run, sharers: Sequence[Turn], caps: Sequence[int], kept: Sequence[Turn]) -> list[int]:
    """Each key value's share first, then within it (D2.3, D2.6, D2.7); what lines of a value keep counts towards its share."""
    rule = run.rules.policy.sharing
    read = key(rule.key, run.rules.policy)
    values = [value for value, _weight in rule.weights]
    members: dict[int, list[int]] = {value: [] for value in values}
    for at, turn in enumerate(sharers):
        members.setdefault(read(turn.demand, run.today), []).append(at)
    had = dict.fromkeys(members, 0)
    for turn in kept:
        value = read(turn.demand, run.today)
        had[value] = had.get(value, 0) + turn.got
    held = [had[value] for value in values]
    wanted = [units + sum(caps[at] for at in members[value]) for value, units in zip(values, held, strict=True)]
    supply = _visible(run, sharers) + sum(held)
    shares = sharing.by_shares(supply, wanted, [weight for _value, weight in rule.weights], rule.unused)
    parts = [0] * len(sharers)
    for value, share, units in zip(values, shares, held, strict=True):
        inside = _ordered_inside(rule, sharers, members[value])
        open_units = [sharers[at].ceiling - sharers[at].got for at in inside]
        given = dealt(rule.inside, max(0, share - units), open_units, [caps[at] for at in inside])
        for at, part in zip(inside, given, strict=True):
            parts[at] = part
    return parts


def _ordered_inside(rule: Sharing, sharers: Sequence[Turn], members: Sequence[int]) -> Sequence[int]:
    return sorted(members, key=lambda at: sharers[at].queue) if rule.inside == Method.GREEDY else members


def _chosen(run: Run, method: Method, sharers: Sequence[Turn], supply: int) -> list[int]:
    """The lines to fill for the best worth, as far as it can be found exactly (D1.9, D1.10)."""
    items = []
    for turn in sharers:
        units = turn.ceiling - turn.got
        fine = turn.demand.fine if method == Method.PENALTY else 0
        items.append(choosing.Item(units, max(0, turn.demand.unit_margin), fine))
    choose = choosing.ship_complete if method == Method.KNAPSACK else choosing.least_penalty
    choice = choose(items, supply)
    if not choice.is_best:
        run.bounded.add(sharers[0].shelf.product_id)
    return choice.units
