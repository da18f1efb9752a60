"""Sound and film: kept and described, never played here."""

import json
import shutil
import subprocess

from archive.extraction.output import Output
from archive.extraction.source import Source


def read(source: Source, out: Output) -> None:
    """Note length, codec and size of picture where ffprobe is installed."""
    reason = "media.video" if source.media_type.startswith("video/") else "media.audio"
    out.incomplete(reason)
    program = shutil.which("ffprobe")
    if program is None:
        return
    # Only the file itself: a playlist or a reference inside it must not make ffprobe open anything else.
    command = [program, "-v", "quiet", "-protocol_whitelist", "file", "-print_format", "json", "-show_format",
               "-show_streams", f"file:{source.path}"]  # fmt: skip
    found = subprocess.run(command, capture_output=True, check=False, timeout=30)
    described = json.loads(found.stdout or b"{}")
    streams = described.get("streams", [])
    film: dict[str, object] = next((stream for stream in streams if stream.get("codec_type") == "video"), {})
    form = described.get("format", {})
    tags = {key.lower(): str(value)[:200] for key, value in form.get("tags", {}).items()}
    out.fact(
        seconds=round(float(form["duration"]), 1) if "duration" in form else None,
        codecs=[stream["codec_name"] for stream in streams if "codec_name" in stream],
        width=film.get("width"),
        height=film.get("height"),
        recorded_at=tags.get("creation_time"),
        title=tags.get("title"),
    )
