"""Where a person's own conversation with the bot is, on a platform that has to be told where to speak."""

from dataclasses import dataclass

from storage.models import Account, Conversation
from storage.queries import people as queries
from storage.unit import Unit


@dataclass(frozen=True)
class At:
    """An account by what its platform calls it."""

    platform: str
    workspace: str
    address: str


@dataclass(frozen=True)
class Place:
    """The service that carries a conversation, the conversation, and what that service calls the person."""

    service: str
    conversation: str
    member: str


def keep(unit: Unit, at: At, place: Place) -> None:
    """They are reached here from now on; somebody who had taken the bot out has it back."""
    found: list[Conversation] = unit.find(queries.conversation(at.platform, at.workspace, at.address))
    if not found:
        unit.add(
            Conversation(
                id=unit.new_id(),
                platform=at.platform,
                workspace=at.workspace,
                address=at.address,
                service=place.service,
                conversation=place.conversation,
                member=place.member,
                seen_at=unit.now,
            )
        )
        return
    accounts: list[Account] = unit.find(queries.account(at.platform, at.workspace, at.address))
    for account in accounts:
        if account.state == "shut":
            account.state = "active"
    row = found[0]
    row.service, row.conversation, row.seen_at = place.service, place.conversation, unit.now
    row.member = place.member or row.member


def left(unit: Unit, at: At) -> None:
    """The bot was taken out there: e-mail reaches them, until they have it back."""
    found: list[Conversation] = unit.find(queries.conversation(at.platform, at.workspace, at.address))
    for row in found:
        row.conversation = ""
    accounts: list[Account] = unit.find(queries.account(at.platform, at.workspace, at.address))
    for account in accounts:
        if account.state == "active":
            account.state = "shut"


def known(unit: Unit, at: At) -> Place | None:
    found: list[Conversation] = unit.find(queries.conversation(at.platform, at.workspace, at.address))
    return Place(found[0].service, found[0].conversation, found[0].member) if found else None


def service(unit: Unit, workspace: str) -> str:
    """The service that was used last in a workspace; none where nobody ever spoke."""
    return next(iter(unit.find(queries.service(workspace))), "")
