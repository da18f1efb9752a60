"""Tables of handling. Every one belongs to a dossier and goes with it, but the group of like complaints itself."""

from archive.handling.models_after import Cluster, ClusterMember, FollowUp, ProgressCode
from archive.handling.models_base import Sheeted
from archive.handling.models_casework import (
    Consultation,
    Decision,
    EvidenceRequest,
    Fulfilment,
    Interview,
    Minutes,
    Opinion,
    Task,
    TaskDocument,
)
from archive.handling.models_settling import (
    Accountability,
    Compensation,
    Grading,
    MajorReport,
    Measure,
    Mediation,
    Review,
    ThirdParty,
)

__all__ = [
    "Accountability",
    "Cluster",
    "ClusterMember",
    "Compensation",
    "Consultation",
    "Decision",
    "EvidenceRequest",
    "FollowUp",
    "Fulfilment",
    "Grading",
    "Interview",
    "MajorReport",
    "Measure",
    "Mediation",
    "Minutes",
    "Opinion",
    "ProgressCode",
    "Review",
    "Sheeted",
    "Task",
    "TaskDocument",
    "ThirdParty",
]
