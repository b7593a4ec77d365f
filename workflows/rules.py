"""What holds at this trust: its policy, the floor under all policies, and the report types."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates.report_types import ReportType
from workflows.packs import Floor, Pack


@dataclass(frozen=True)
class Rules:
    """The trust's pack, the floor, every report type by id, and whether our pages can be reached by browsers."""

    pack: Pack
    floor: Floor
    reports: Mapping[str, ReportType]
    pages: bool
