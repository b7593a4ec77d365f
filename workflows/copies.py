"""Somebody with two chats is one person: they are told where they spoke last, and what lies elsewhere stays true.

Whoever has spoken from neither yet is told in both: nobody knows which of the two they look at.
"""

from collections.abc import Callable

from storage.models import Account, Posted
from storage.promises import Claim
from storage.queries import cases as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import people

Find = Callable[[Unit, str], Account | None]


def account_for(unit: Unit, claim: Claim, find: Find) -> Account | None:
    """Where this promise is to be kept: at the place that it names, else at the person's best address."""
    if on := claim.ids.get("on"):
        return next((account for account in chats(unit, claim.to) if account.platform == on), None)
    return find(unit, claim.to)


def owe(unit: Unit, claim: Claim, platform: str, slot: str) -> None:
    """What was said there is owed to their other chat too, where it lies there already or they have used neither."""
    if claim.ids.get("on") or not claim.about or platform not in people.CHAT:
        return
    theirs = chats(unit, claim.to)
    silent = not any(account.spoke_at for account in theirs)
    for account in theirs:
        lies: list[Posted] = unit.find(queries.posted(claim.about, claim.to, account.platform, slot)) if slot else []
        if account.platform != platform and (lies or silent):
            again = {**claim.ids, "about": claim.about, "on": account.platform}
            unit.promise(claim.kind, claim.to, unit.now, **again)


def chats(unit: Unit, person: str) -> list[Account]:
    """One account of each chat in which they can be told something."""
    accounts: list[Account] = unit.find(people_queries.accounts_of((person,)))
    found = {account.platform: account for account in reversed(people.usable(accounts))}
    return [account for account in found.values() if account.platform in people.CHAT]
