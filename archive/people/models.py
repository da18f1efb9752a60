"""Tables of people: units, accounts, the roles they hold, tokens for machines."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.clock import shanghai_date
from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.people.rules import Deed, Role


class Unit(Base):
    """A department. `path` holds the serials from the root down, as in `/1/4/`, so that a subtree is a prefix."""

    __tablename__ = "unit"
    audit_kind = "unit"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    serial: Mapped[int] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(200), unique=True)
    closed_at: Mapped[datetime | None]

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])


class Account(Base, UserMixin):
    """A person who can sign in. The columns named as Flask-Security wants them keep its names."""

    __tablename__ = "account"
    audit_kind = "account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)  # type: ignore[assignment]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)  # type: ignore[assignment]
    name: Mapped[str] = mapped_column(String(64))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    password_set_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    # The second factor: its key sealed by the vault, the last counter used (a code counts once), hashes of what is left
    # of the recovery codes.
    totp_sealed: Mapped[str | None]
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    recovery_hashes: Mapped[list[str]] = mapped_column(default=list)
    # An identity by which recusal is found automatically: the hash of the person's own ID number, never the number.
    id_number_hash: Mapped[str | None] = mapped_column(String(40))
    # The last times an administrator reset the password or the second factor: what (a Deed), by whom, when.
    resets: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    held: Mapped[list["RoleHeld"]] = relationship(back_populates="account", foreign_keys="RoleHeld.account_id")

    @property
    def second_factor(self) -> bool:
        """Whether signing in asks for a code after the password."""
        return self.totp_sealed is not None

    @property
    def identified(self) -> bool:
        """Whether the person's ID number is known, so that they are recused where they are a party."""
        return self.id_number_hash is not None

    @property
    def reset_notes(self) -> list[tuple[Deed, str, datetime]]:
        """What administrators reset, by whom and when, oldest first."""
        return [(Deed(one["deed"]), one["by"], datetime.fromisoformat(one["at"])) for one in self.resets]

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security's own roles are not used; grants are (see people.rules)."""
        return []


class RoleHeld(Base):
    """A role an account holds in a unit and everything below it."""

    __tablename__ = "role_held"
    audit_kind = "role"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(code(Role))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]

    account: Mapped[Account] = relationship(back_populates="held", foreign_keys=[account_id])
    unit: Mapped[Unit] = relationship()


class SecondWord(Base):
    """What one administrator asked and a second person confirms or refuses (see second_words)."""

    __tablename__ = "second_word"
    audit_kind = "second_word"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    deed: Mapped[Deed] = mapped_column(code(Deed))
    role: Mapped[Role | None] = mapped_column(code(Role))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    unit: Mapped[Unit | None] = relationship()
    asker: Mapped[Account] = relationship(foreign_keys=[asked_by])
    answerer: Mapped[Account | None] = relationship(foreign_keys=[answered_by])


class AuditGrant(Base):
    """What an auditor may read for a time (see rules.Inspection): given with its basis, ended early or by time.

    It stands here, not with the auditors' desk, because who somebody is depends on it. Triggers let no grant be
    removed or rewritten: what an auditor could see on a day is known for ever.
    """

    __tablename__ = "audit_grant"
    audit_kind = "audit_grant"
    __table_args__ = (Index(None, "account_id", "expires_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    since: Mapped[date]
    until: Mapped[date]
    category: Mapped[str] = mapped_column(String(40), default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
    given_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    given_by_name: Mapped[str] = mapped_column(String(80))
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(String(80), default="")
    end_reason: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    unit: Mapped[Unit] = relationship()

    @property
    def last_day(self) -> date:
        """The last day of the grant, in Asia/Shanghai."""
        return shanghai_date(self.expires_at - timedelta(microseconds=1))


class ApiToken(Base):
    """A token for a machine: only its hash is kept. It can do what its owner can, cut down to `scopes`."""

    __tablename__ = "api_token"
    audit_kind = "token"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
