from archive.config import Settings
from tests.commands import start


def test_a_command_that_is_refused_says_why_and_what_to_do(settings: Settings) -> None:
    process = start(settings, "search", "status")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told == "Error: 检索索引尚未建立。请管理员运行 anjuan search rebuild。\n"
