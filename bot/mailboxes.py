"""What an e-mail address tells of itself: whether several people read it, and whose post office it is at."""

import re
from collections.abc import Collection

# An address that goes with an office or a room, not with a person.
SHARED = re.compile(
    r"(the)?(acting|assistant|deputy)?"
    r"(head|headteacher|headmaster|headmistress|principal|executivehead|office|schooloffice|main|mainoffice"
    r"|admin|administration|administrator|enquir(y|ies)|inquiries|info|information|contact|reception|school|staff|slt|smt"
    r"|safeguarding|dsl|ddsl|senco|send|governors?|governingbody|chair|chairofgovernors|chairofgovs|cog|clerk|trustees?"
    r"|trust|ceo|it|ict|itsupport|helpdesk|support|network|hr|finance|bursar|businessmanager|secretary|pa|dpo"
    r"|dataprotection|gdpr|mail|post|hello|media|communications|comms|marketing|socialmedia|team|noreply|donotreply)"
)
# Where anybody has an address: two people there share a provider, and nothing else.
PUBLIC = frozenset({
    "aol.com", "btinternet.com", "gmail.com", "googlemail.com", "hotmail.co.uk", "hotmail.com", "icloud.com",
    "live.co.uk", "live.com", "me.com", "outlook.com", "proton.me", "protonmail.com", "sky.com", "talktalk.net",
    "virginmedia.com", "yahoo.co.uk", "yahoo.com",
})  # fmt: skip


def shared(address: str) -> bool:
    """Whether it looks like an office's mailbox: head@, the.office2@, safeguarding+box@."""
    local = address.lower().partition("@")[0].partition("+")[0]
    return bool(SHARED.fullmatch(re.sub(r"[^a-z]", "", local)))


def domain(address: str) -> str:
    return address.lower().rpartition("@")[2]


def same_house(address: str, others: Collection[str]) -> bool:
    """Whether it is at the post office of one of these addresses, at one above it, or at one below."""
    mine, theirs = domain(address), {domain(one) for one in others} - PUBLIC
    return any(mine == one or mine.endswith("." + one) or one.endswith("." + mine) for one in theirs)
