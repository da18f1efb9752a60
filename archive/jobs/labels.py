"""Chinese words and sentences of jobs and of the system's health."""

from archive.jobs.health import Part
from archive.jobs.models import JobState

WORDS = {
    JobState: {
        JobState.WAITING: "等待",
        JobState.RUNNING: "进行中",
        JobState.DONE: "完成",
        JobState.FAILED: "失败",
    },
    Part: {
        Part.DATABASE: "数据库",
        Part.STORE: "文件存储",
        Part.WORKER: "后台程序",
        Part.JOBS: "后台任务",
        Part.DISK: "磁盘空间",
    },
}

REFUSALS = {
    "job.unknown": "没有这项任务，可能已被清理。",
    "job.not_failed": "这项任务目前是“{state}”，只有失败的任务才需要重试。",
}

KINDS = {
    "extraction.read": "读取文件文字",
    "search.index": "更新检索索引",
}
