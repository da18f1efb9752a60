"""Evidence to upload: a zip as Windows makes it, a scan whose words are only in its picture, a file that is too large."""

import io
import os
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FACE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
IN_ZIP = "催收人员在深夜连续拨打家属电话"
ON_SCAN = "提前还款违约金收费凭证"


class _GbkInfo(zipfile.ZipInfo):
    """An entry whose name is written in GBK without the flag for UTF-8, as Chinese Windows did for long."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # zipfile's own hook
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def gbk_zip(phrase: str = IN_ZIP) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            _GbkInfo("证据/催收记录.txt"), f"二〇二六年二月三日，{phrase}，要求立即还款。".encode("gb18030")
        )
        archive.writestr(_GbkInfo("证据/情况说明.txt"), "以上属实。".encode("gb18030"))
    return out.getvalue()


def scan(phrase: str = ON_SCAN) -> bytes:
    image = Image.new("L", (900, 700), 250)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FACE), 42, index=2)
    for at, line in enumerate(("业务回单", phrase, "金额：人民币叁佰元整")):
        pen.text((90, 100 + at * 140), line, font=font, fill=30)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def hollow(path: Path, size: int) -> Path:
    """Make a file that claims its size without taking the room."""
    with path.open("wb") as file:
        os.truncate(file.fileno(), size)
    return path
