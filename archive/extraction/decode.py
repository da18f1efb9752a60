"""Bytes to text, for Chinese offices: declared encodings are often wrong, GB18030 is the usual one."""

import codecs
import re

# What people label GB2312 or GBK regularly holds letters of the larger set; GB18030 reads all three.
ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
           "hz-gb-2312": "hz", "big5-hkscs": "big5hkscs", "big5": "big5hkscs", "unicode": "utf-16",
           "iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}  # fmt: skip
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# First letters of the words people write most; what decodes into these is Chinese, not chance.
COMMON = frozenset(
    "的一是不在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公"
    "此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回"
    "特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何"
    "电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白"
    "却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争"
    "运合同协议银行保险投诉客户账号元单证据录音短信函复姓名电话签字盖章附件材料说明调查答复受理日期金额借款还款利率费退"
    "這個們來為國說時會對產業與長機電話銀險訴戶賬號單證據錄簽蓋協議說調查復額還費東開關問題現點應當從實無據資料帳務權報書類陳處辦結錯誤導銷賠償給變動車號網頁"
)


def known(label: str) -> str:
    """Return the codec to use for a declared encoding, or an empty string when there is none of that name."""
    name = label.strip().strip("\"'").lower()
    try:
        return codecs.lookup(ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return ""


def decode(data: bytes, declared: str = "", *, cut: bool = False) -> tuple[str, str]:
    """Return (text, encoding) of bytes; the encoding is empty where nothing fitted and U+FFFD stands for bytes lost.

    Order: byte order mark, UTF-8, the declared encoding unless it is a western one, UTF-16 by its zero bytes, GB18030
    or Big5, whichever gives more everyday letters, the western one, what charset-normalizer finds. `cut` says that the
    last character may be torn.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, cut) or data.decode(encoding, "replace"), encoding
    codec = known(declared) if declared else ""
    # Western is what programs declare that know nothing better.
    weak = codec in ("cp1252", "utf-8")
    for encoding in ("utf-8", "" if weak else codec, _wide(data)):
        text = _strict(data, encoding, cut) if encoding else None
        # NUL is valid UTF-8, yet never written by people.
        if text is not None and "\0" not in text and (encoding != "utf-8" or is_utf8(data, text)):
            return text, encoding
    chinese = [(text, name) for name in ("gb18030", "big5hkscs") if (text := _strict(data, name, cut)) is not None]
    best = max(chinese, key=lambda found: familiar(found[0]), default=None)
    if best and familiar(best[0]) >= (0.2 if weak else 0.05):
        return best
    if weak and (text := _strict(data, codec, cut)) is not None:
        return text, codec
    return _guessed(data) or best or (data.decode("gb18030", "replace"), "")


def is_utf8(data: bytes, text: str) -> bool:
    """Tell whether bytes that are valid UTF-8 (`text`) are so on purpose: a word or two in GBK may be so by chance."""
    if text.isascii() or familiar(text) > 0:
        return True
    chinese = _strict(data, "gb18030", cut=False)
    return chinese is None or familiar(chinese) < 0.5


def familiar(text: str) -> float:
    """Return the share of everyday Chinese letters among all that are not ASCII, 0 to 1."""
    foreign = [letter for letter in text[:20000] if letter > "\x7f"]
    return sum(letter in COMMON for letter in foreign) / len(foreign) if foreign else 0.0


def plain(text: str) -> str:
    """Return text that JSON, UTF-8 and a database take: NUL and torn surrogates replaced one for one."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text.replace("\0", " "))


def _strict(data: bytes, encoding: str, cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
    except (UnicodeError, LookupError):
        return None


def _wide(data: bytes) -> str:
    """Return the UTF-16 variant whose zero bytes show in the first kilobyte, or an empty string."""
    sample = data[:1024]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) < len(sample) / 20 or min(even, odd) > len(sample) / 100:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _guessed(data: bytes) -> tuple[str, str] | None:
    if b"\0" in data:
        return None
    from charset_normalizer import from_bytes

    found = from_bytes(data[:50_000]).best()
    text = _strict(data, found.encoding, cut=True) if found else None
    return (text, found.encoding) if found and text is not None else None
