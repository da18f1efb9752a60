"""The demonstration's office: units, and people whose password everybody knows. Never part of a real archive."""

import uuid

from flask_security import hash_password
from sqlalchemy import select

from archive.core.act import Act
from archive.people import operations
from archive.people.models import Account, Unit
from archive.people.rules import Role

# Printed by `make run` and in the README. The rules of people.passwords would refuse it, so nobody can choose it.
PASSWORD = "anjuan-demo-2026"  # noqa: S105 - a documented password is the point

# (code, name, code of the unit above)
UNITS = (
    ("WQ", "维权中心", None),
    ("ZH", "综合科", "WQ"),
    ("TS", "投诉受理科", "WQ"),
    ("DC", "调查调解科", "WQ"),
    ("FW", "法律事务科", "WQ"),
    ("DA", "档案室", "WQ"),
    ("XX", "信息科", "WQ"),
    ("YH", "驻行投诉工作站", "WQ"),
)

# (login, name, role, unit). One account a role carries the role's own word as its login.
PEOPLE = (
    ("intake", "周收件", Role.INTAKE, "TS"),
    ("officer", "陈承办", Role.OFFICER, "DC"),
    ("officer2", "林承办", Role.OFFICER, "DC"),
    ("officer3", "何承办", Role.OFFICER, "TS"),
    ("officer4", "郭承办", Role.OFFICER, "YH"),
    ("head", "王主任", Role.HEAD, "WQ"),
    ("legal", "赵法务", Role.LEGAL, "WQ"),
    ("letter_clerk", "孙文书", Role.LETTER_CLERK, "WQ"),
    ("seal_keeper", "蒋印章", Role.SEAL_KEEPER, "WQ"),
    ("records_manager", "李档案", Role.RECORDS_MANAGER, "WQ"),
    ("auditor", "钱审计", Role.AUDITOR, "WQ"),
    ("system_admin", "吴系统", Role.SYSTEM_ADMIN, "WQ"),
    ("security_admin", "郑安全", Role.SECURITY_ADMIN, "WQ"),
    ("security_admin2", "冯安全", Role.SECURITY_ADMIN, "WQ"),
)


def demonstrate(act: Act) -> None:
    """Make the office, unless it is there. Only for an archive whose settings say `demo`."""
    if act.session.scalar(select(Account.id).where(Account.username == PEOPLE[0][0])) is not None:
        return
    units: dict[str, Unit] = {}
    for code, name, above in UNITS:
        units[code] = operations.add_unit(code, name, units[above] if above else None, act=act)
    hashed = hash_password(PASSWORD)
    for login, name, role, unit in PEOPLE:
        account = Account(
            username=login,
            name=name,
            password=hashed,
            password_set_at=act.moment,
            active=True,
            must_change_password=False,
            fs_uniquifier=uuid.uuid4().hex,
            created_at=act.moment,
            recovery_hashes=[],
        )
        act.session.add(account)
        act.session.flush()
        act.record("account:add", account, login=login, name=name)
        operations.grant(account, role, units[unit], act=act)
