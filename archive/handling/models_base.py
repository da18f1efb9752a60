"""What every record of handling has: its dossier, who made it and when, how often it was changed."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from archive.core.ids import new_id


class Sheeted:
    """A record of one dossier. `SEARCHED` names the texts in it by which the dossier is found."""

    audit_kind: ClassVar[str]
    SEARCHED: ClassVar[tuple[str, ...]] = ()

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    made_by_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.revision}
