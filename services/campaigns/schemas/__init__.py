"""Commands and events of campaigns at their boundary."""

from services.campaigns.schemas import campaigns, inspections, pairing, rubrics, targets, urging
from services.campaigns.schemas.campaigns import (
    ClosePass,
    ClosePhase,
    ExtendPhase,
    FinaliseCampaign,
    FreezeCampaign,
    GiveGrace,
    IssueCompact,
    LaunchCampaign,
    OpenPass,
    OpenPhase,
    PlanPhases,
    RecordRegistration,
    RecordTieVote,
    RegisterUnit,
    ReopenPhase,
    SignCovenant,
    TakeTieBallot,
    ThawCampaign,
)
from services.campaigns.schemas.inspections import (
    CancelInspection,
    ConcludeInspection,
    FollowUpFinding,
    HoldInspection,
    PlanInspection,
    RecordFinding,
)
from services.campaigns.schemas.pairing import CorrectPair, DrawPairing
from services.campaigns.schemas.rubrics import (
    CopyRubric,
    DiscardDraft,
    DraftRubric,
    PublishDraft,
    PublishRubric,
    WithdrawRubric,
)
from services.campaigns.schemas.targets import RegisterPersonTarget, RegisterUnitTarget, WithdrawPersonTarget, WithdrawUnitTarget
from services.campaigns.schemas.urging import AskDue, AskWorkingDays, RemindUnit, SetUnitMailbox
from shared.schema import Catalogue

EVENTS = Catalogue(
    "campaigns",
    *rubrics.EVENTS,
    *campaigns.EVENTS,
    *targets.EVENTS,
    *pairing.EVENTS,
    *inspections.EVENTS,
    *urging.EVENTS,
    upcasters=campaigns.UPCASTERS,
)

__all__ = [
    "EVENTS",
    "AskDue",
    "AskWorkingDays",
    "CancelInspection",
    "ClosePass",
    "ClosePhase",
    "ConcludeInspection",
    "CopyRubric",
    "CorrectPair",
    "DiscardDraft",
    "DraftRubric",
    "DrawPairing",
    "ExtendPhase",
    "FinaliseCampaign",
    "FollowUpFinding",
    "FreezeCampaign",
    "GiveGrace",
    "HoldInspection",
    "IssueCompact",
    "LaunchCampaign",
    "OpenPass",
    "OpenPhase",
    "PlanInspection",
    "PlanPhases",
    "PublishDraft",
    "PublishRubric",
    "RecordFinding",
    "RecordRegistration",
    "RecordTieVote",
    "RegisterPersonTarget",
    "RegisterUnit",
    "RegisterUnitTarget",
    "RemindUnit",
    "ReopenPhase",
    "SetUnitMailbox",
    "SignCovenant",
    "TakeTieBallot",
    "ThawCampaign",
    "WithdrawPersonTarget",
    "WithdrawRubric",
    "WithdrawUnitTarget",
]
