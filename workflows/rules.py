"""What holds at this trust: its policy, the floor under all policies, and the words and report types."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates.catalogue import Catalogue
from templates.report_types import ReportType
from workflows.floor import Floor
from workflows.policy import Pack


@dataclass(frozen=True)
class Rules:
    """The trust's pack, the floor, the catalogue, and our pages' address ("" where browsers cannot reach them).

    ``pictures`` says whether screenshots can be added to a form where somebody is writing theirs.
    ``operator`` is the e-mail address of whoever runs the machine, who has no say in who holds an office.
    """

    pack: Pack
    floor: Floor
    words: Catalogue
    pages: str = ""
    pictures: bool = True
    operator: str = ""

    @property
    def reports(self) -> Mapping[str, ReportType]:
        return self.words.reports
