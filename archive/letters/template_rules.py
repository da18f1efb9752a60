"""The course of a template version from draft to use, and who may take which step. Pure."""

import uuid

from archive.core.errors import RuleBroken
from archive.letters.template_models import TemplateState

NEXT = {
    TemplateState.DRAFT: {TemplateState.PROPOSED},
    TemplateState.PROPOSED: {TemplateState.APPROVED, TemplateState.DRAFT},
    TemplateState.APPROVED: {TemplateState.PUBLISHED, TemplateState.DRAFT},
    TemplateState.PUBLISHED: {TemplateState.RETIRED},
}


def check_step(now: TemplateState, then: TemplateState) -> None:
    """Raise RuleBroken when a version cannot go from one state to the other."""
    if then not in NEXT.get(now, ()):
        raise RuleBroken("template.step", now=now, then=then)


def check_approver(author: uuid.UUID | None, approver: uuid.UUID | None) -> None:
    """Raise RuleBroken when who approves a version is who wrote it."""
    if author == approver:
        raise RuleBroken("template.own_approval")


def check_publisher(approver: uuid.UUID | None, publisher: uuid.UUID | None) -> None:
    """Raise RuleBroken when who publishes a version is who approved it."""
    if approver == publisher:
        raise RuleBroken("template.own_publication")
