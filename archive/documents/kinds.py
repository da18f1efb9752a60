"""The codes of documents. Words: archive.documents.labels."""

from enum import StrEnum


class Kind(StrEnum):
    """What a document is."""

    CONTRACT = "contract"
    BILL = "bill"
    RECEIPT = "receipt"
    CALL_RECORDING = "call_recording"
    CHAT_LOG = "chat_log"
    PHOTO = "photo"
    ID_COPY = "id_copy"
    MANDATE = "mandate"
    COMPLAINT_LETTER = "complaint_letter"
    STATEMENT = "statement"
    MAIL = "mail"
    INSTITUTION_REPLY = "institution_reply"
    OFFICE_REPLY = "office_reply"
    OWN_LETTER = "own_letter"
    SERVICE_PROOF = "service_proof"
    MEDIATION_RECORD = "mediation_record"
    OTHER = "other"


class Origin(StrEnum):
    """How a document came into the dossier."""

    UPLOAD = "upload"
    IMPORT = "import"
    EXTRACTED = "extracted"
    LETTER = "letter"


class Reading(StrEnum):
    """Where the reading of a version stands: not begun, or as `archive.extraction.State` tells."""

    WAITING = "waiting"
    READ = "read"
    NO_TEXT = "no_text"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    TOO_COSTLY = "too_costly"
    TAKEN_OUT = "taken_out"  # its bytes are gone: it was filed in the wrong dossier by mistake (see Removal)


class RemovalState(StrEnum):
    """Where it stands that a document filed by mistake is taken out."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DONE = "done"


class CustodyEvent(StrEnum):
    """What happened to the paper original."""

    RECEIVED = "received"
    STORED = "stored"
    LENT = "lent"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"
    GIVEN_BACK = "given_back"


class RenditionKind(StrEnum):
    """What the archive made itself when it filed a dossier."""

    PDFA = "pdfa"  # an office document as PDF/A
    COVER = "cover"  # 卷皮
    CATALOGUE = "catalogue"  # 卷内目录
    EXAMINATION = "examination"  # 四性检测报告
