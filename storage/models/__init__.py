"""The rows: who there is, what was reported, who was told, and what is still owed.

Every row carries its trust, and a session bound to one trust sees no other's.  Times are aware UTC.
Nothing here holds a report's words: those are in ``Sealed``, under the key of their case or draft.
"""

from storage.models.cases import Case, Draft, Evidence, Involved, Party, Unprocessed
from storage.models.doors import Link, Passphrase, WebSession
from storage.models.duties import Certificate, PolicyVersion, Task
from storage.models.figures import TermFigures
from storage.models.keeping import DeskSetting, Entry, Heard, Key, LedgerHead, Posted, Promise, Sealed
from storage.models.official import OfficialAccount, OfficialHolder
from storage.models.owned import Owned
from storage.models.people import (
    Absence,
    Account,
    Appointment,
    CalendarSpan,
    Conversation,
    Hole,
    Person,
    RoleHeld,
    School,
    TeamRoom,
    Trust,
)

__all__ = [
    "Absence",
    "Account",
    "Appointment",
    "CalendarSpan",
    "Case",
    "Certificate",
    "Conversation",
    "DeskSetting",
    "Draft",
    "Entry",
    "Evidence",
    "Heard",
    "Hole",
    "Involved",
    "Key",
    "LedgerHead",
    "Link",
    "OfficialAccount",
    "OfficialHolder",
    "Owned",
    "Party",
    "Passphrase",
    "Person",
    "PolicyVersion",
    "Posted",
    "Promise",
    "RoleHeld",
    "School",
    "Sealed",
    "Task",
    "TeamRoom",
    "TermFigures",
    "Trust",
    "Unprocessed",
    "WebSession",
]
