"""What may be ordered: within the budget and the bounds of the run, as long as the gateway has not said no."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from storyboard.exchange import Rejected
from storyboard.film import Budget, Money
from storyboard.planning.plan import PlannedTake
from storyboard.rendering.allowance import OUT_OF_REACH, OVER_BUDGET, Allowance
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account
from storyboard.rendering.greeting import Greetings
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace
from tests.rendering.paying import one_shot
from tests.rendering.stage import Stage
from tests.state import records

(TAKE,) = Stage(one_shot("keyed")).plan.takes
PRICE = Decimal(10)


def spent(amount: Decimal | int, name: str = "before", provider: str = "keyed") -> AttemptRecord:
    """An attempt that was charged so much."""
    return records.attempt(name, provider=provider, state="succeeded", charged=Decimal(amount))


def allowance(
    most: Decimal | int | str | None = None, bound: Decimal | int | None = None, *before: AttemptRecord
) -> tuple[Allowance, Attempts, Greetings]:
    """That of a run with a budget, and a bound of its own."""
    book, greetings = Attempts(before), Greetings({})
    budget = Budget({"keyed": Decimal(most)} if most is not None else {})
    account = Account(most=None if bound is None else Decimal(bound))
    return Allowance(budget, book, greetings, {"keyed": account}, ["keyed"]), book, greetings


def code(one: Allowance, take: PlannedTake = TAKE) -> str | None:
    """Why a take may not be ordered, in one word."""
    refused = one.refusal(take)
    return refused[0] if refused is not None else None


def test_the_take_of_these_tests_costs_ten() -> None:
    assert TAKE.price == Money(PRICE, "credits")


def test_a_budget_is_spent_to_the_last_credit_and_not_beyond() -> None:
    assert code(allowance(30, None, spent(20))[0]) is None
    one, _, _ = allowance("29.99", None, spent(20))
    assert one.refusal(TAKE) == (
        OVER_BUDGET,
        "10 credits more than the 20 so far would pass the budget of 29.99",
    )


def test_what_another_provider_took_is_held_against_no_budget_but_its_own() -> None:
    assert code(allowance(10, None, spent(1000, provider="bare"))[0]) is None


def test_what_runs_before_have_spent_is_held_against_the_budget_and_not_against_what_this_run_may_spend() -> None:
    one, book, _ = allowance(1000, 15, spent(500))
    assert code(one) is None
    book.record(spent(6, "now"), Stage(one_shot()).schedule)
    refused = one.refusal(TAKE)
    assert refused == (OVER_BUDGET, "10 credits more than the 6 so far would pass what this run may spend of 15")


def test_what_a_run_has_spent_on_other_films_is_held_against_what_it_may_spend() -> None:
    book, account = Attempts([spent(500)]), Account(most=Decimal(30), spent=Decimal(18))
    one = Allowance(Budget({}), book, Greetings({}), {"keyed": account}, ["keyed"])
    assert (code(one), one.spent()) == (None, {"keyed": Decimal(18)})
    book.record(spent(3, "now"), Stage(one_shot()).schedule)
    refused = one.refusal(TAKE)
    assert refused == (OVER_BUDGET, "10 credits more than the 21 so far would pass what this run may spend of 30")
    assert one.spent() == {"keyed": Decimal(21)}


def test_a_take_of_unknown_price_is_ordered_only_where_the_budget_allows_that() -> None:
    free, _, _ = allowance()
    dear = replace(TAKE, price=None)
    assert code(free, dear) == OVER_BUDGET
    free.budget = replace(free.budget, unknown_price="allow")
    assert code(free, dear) is None


def test_an_account_that_was_refused_or_cannot_be_reached_gets_no_more_orders_and_the_refusal_is_what_is_told() -> None:
    one, _, greetings = allowance(0)
    assert code(one) == OVER_BUDGET
    greetings.unreachable["keyed"] = "it does not answer"
    assert one.refusal(TAKE) == (OUT_OF_REACH, "it does not answer")
    one.stop("keyed", Rejected("no-credit", "the balance is too low", stops=True))
    assert one.refusal(TAKE) == ("no-credit", "the balance is too low")


amounts = st.decimals(0, 50, places=2)


@given(amounts, amounts, st.none() | amounts, st.none() | amounts)
def test_whatever_was_spent_no_bound_is_passed_and_none_refuses_too_early(
    before: Decimal, now: Decimal, most: Decimal | None, bound: Decimal | None
) -> None:
    one, book, _ = allowance(most, bound, spent(before))
    book.record(spent(now, "now"), Stage(one_shot()).schedule)
    fits = (most is None or before + now + PRICE <= most) and (bound is None or now + PRICE <= bound)
    assert (code(one) is None) == fits
