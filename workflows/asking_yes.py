"""The letter that asks for a second yes, and the one that says how it ended: where each lies, and goes now."""

from storage.promises import Claim
from storage.unit import Unit
from workflows import second_yes
from workflows.rules import Rules
from workflows.telling import Telling, lying


def telling(unit: Unit, rules: Rules, claim: Claim) -> Telling | None:
    """A word about an appointment: the card that asks, over the one that lies there, or how it ended."""
    found, slot = second_yes.letter(unit, rules, claim), claim.ids.get("slot", "")
    if found is None:
        return None
    account, name, values = found
    # By e-mail nothing is edited, and everybody is told apart of who was appointed.
    if name == "office.yes" and slot and account.platform == "mail":
        return None
    posted = lying(unit, claim.ids["appointment"], claim.to, account.platform, slot)
    where = (posted.channel, posted.stamp) if posted else ("", "")
    return Telling(claim.to, account.platform, account.address, name, account.id, values, *where)
