"""What a cluster takes to the conference that closes its season (hội nghị tổng kết): agenda, attendance, boards, draft minutes, covenant.

Drafts: what only the conference can say (who came, what was said, the votes) stands as dots or blank cells. Scores are copied from the
boards as they stand, with their state, and never rounded. People sign with their own hand; no name is printed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.documents.page import DOTS, Document, day_in_words
from services.gateway.formats import day, moment, short

Board = Mapping[str, Any]

ILLUSTRATIVE = "SỐ LIỆU MINH HOẠ – KHÔNG PHẢI KẾT QUẢ CHÍNH THỨC"
_SEALED = {"standings": "bảng điểm", "flag": "bảng đề nghị tặng cờ"}
_PROVISIONAL = "Điểm tạm tính: phong trào chưa được chốt kết quả."


@dataclass(frozen=True, slots=True)
class Conference:
    """The conference and what it decides about.

    campaign, cluster: as `campaigns.campaign` and `registry.cluster` answer them; standings, flag, leader: the boards as `rankings.board`
    does. checkpoint: the first that holds the final result, as `audit.result_checkpoint` answers it. name_of: the name of an organisation.
    made_on: the day on which the drafts are made.
    """

    campaign: Mapping[str, Any]
    cluster: Mapping[str, Any]
    standings: Board
    flag: Board
    leader: Board
    checkpoint: Mapping[str, Any] | None
    name_of: Callable[[str], str]
    place: str
    held_on: date | None
    begins_at: str
    made_on: date

    def name(self, organisation: str | None) -> str:
        return self.name_of(organisation) if organisation else DOTS

    @property
    def season(self) -> int:
        return int(self.campaign["season"])

    @property
    def leading(self) -> Mapping[str, Any]:
        """Leader and deputies of the season, empty where none are designated."""
        return next((row for row in self.cluster["leaders"] if row["season"] == self.season), {})

    @property
    def members(self) -> Sequence[str]:
        return [row["unit"] for row in self.campaign["units"]]


def pack(conference: Conference) -> bytes:
    """The five documents as one zip file. The same conference gives the same bytes but for what the office format itself adds."""
    documents = {
        "1-chuong-trinh.docx": _agenda(conference),
        "2-danh-sach-dai-bieu.docx": _attendance(conference),
        "3-bang-diem-xep-hang.docx": _boards(conference),
        "4-bien-ban-du-thao.docx": _minutes(conference),
        "5-giao-uoc-thi-dua.docx": _compact(conference),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in documents.items():
            entry = zipfile.ZipInfo(name, (conference.made_on.year, conference.made_on.month, conference.made_on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, document.to_bytes())
    return target.getvalue()


def _begun(conference: Conference, kind: str, about: str, symbol: str, *, landscape: bool = False) -> Document:
    document = Document(f"{kind} {about}", made_on=conference.made_on, landscape=landscape)
    document.heading(
        above=conference.cluster["name"],
        issuer=conference.name(conference.leading.get("leader")),
        number=f"Số: …/{symbol}",
        place=conference.place or DOTS,
        on=conference.held_on,
    )
    if conference.campaign["illustrative"]:
        document.notice(ILLUSTRATIVE)
    document.title(kind, about)
    return document


def _deputies(conference: Conference) -> list[str]:
    """The deputies of the season, however many the cluster has."""
    return [conference.name(unit) for unit in conference.leading.get("deputies", ())]


def _agenda(conference: Conference) -> Document:
    document = _begun(conference, "Chương trình", f"Hội nghị tổng kết công tác thi đua, khen thưởng năm {conference.season}", "CTr")
    document.text(f"Thời gian: {conference.begins_at or '…'}, {day_in_words(conference.held_on)}.")
    document.text(f"Địa điểm: {conference.place or DOTS}.")
    leader, deputies = conference.name(conference.leading.get("leader")), ", ".join(_deputies(conference)) or DOTS
    organiser = conference.name(conference.cluster["organiser"])
    items = [
        ("Đón tiếp đại biểu, ghi danh, phát tài liệu", leader),
        ("Tuyên bố lý do, giới thiệu đại biểu; giới thiệu chủ trì và thư ký", leader),
        ("Khai mạc Hội nghị", f"Khối trưởng: {leader}"),
        (f"Báo cáo tổng kết phong trào thi đua năm {conference.season}", leader),
        ("Công bố kết quả chấm điểm, xếp hạng các đơn vị thành viên", f"Khối phó: {deputies}"),
        ("Thảo luận, tham luận của các đơn vị thành viên", "Các đơn vị"),
        ("Bình xét, suy tôn đơn vị đề nghị tặng Cờ thi đua; bỏ phiếu kín", "Hội nghị"),
        (f"Bầu Khối trưởng, Khối phó năm {conference.season + 1}", "Hội nghị"),
        ("Phát biểu của cơ quan tổ chức khối", organiser),
        (f"Bàn giao Khối trưởng và Cờ luân lưu; ký giao ước thi đua năm {conference.season + 1}", "Các đơn vị"),
        ("Thông qua biên bản, bế mạc", leader),
    ]
    document.table(
        ["TT", "Nội dung", "Thực hiện", "Thời gian"],
        [[str(n), words, who, ""] for n, (words, who) in enumerate(items, 1)],
        [1.2, 8, 5, 2.3],
    )
    document.signatures(("TM. KHỐI THI ĐUA", "Khối trưởng"))
    document.recipients([organiser, "Các đơn vị thành viên"])
    return document


def _attendance(conference: Conference) -> Document:
    document = _begun(conference, "Danh sách đại biểu", f"Dự Hội nghị tổng kết năm {conference.season}", "DS")
    rows = [[str(n), conference.name(unit), "", "", ""] for n, unit in enumerate(conference.members, 1)]
    rows.append([str(len(rows) + 1), f"{conference.name(conference.cluster['organiser'])} (cơ quan tổ chức khối)", "", "", ""])
    document.table(["TT", "Đơn vị", "Họ và tên", "Chức vụ", "Ký tên"], rows, [1.2, 6, 4.5, 4, 2.5])
    document.text(f"Tổng số đơn vị thành viên: {len(conference.members)}. Có mặt: …… Vắng có lý do: …… Vắng không lý do: ……")
    document.signatures(("", "Thư ký"), ("", "Chủ trì"))
    return document


def _boards(conference: Conference) -> Document:
    document = _begun(conference, "Bảng tổng hợp điểm, xếp hạng", f"{conference.campaign['title']}", "BTH", landscape=True)
    if conference.standings["state"] != "final":
        document.notice(_PROVISIONAL)
    document.part("1. Kết quả chấm điểm, xếp hạng")
    document.table(
        ["Hạng", "Đơn vị", "Điểm nội dung", "Điểm thưởng", "Điểm trừ", "Tổng điểm", "Ghi chú"],
        [
            [_text(row["rank"]), row["name"], *(short(row[name]) for name in ("content", "bonus", "penalty", "total")), ""]
            for row in conference.standings["rows"]
        ],
        [1.5, 9, 3, 3, 3, 3, 4],
        numbers=(2, 3, 4, 5),
    )
    document.text("Các đơn vị bằng điểm giữ cùng hạng; thứ tự trong bảng giữa các đơn vị cùng hạng không có ý nghĩa xếp hạng.")
    document.part("2. Đề nghị tặng Cờ thi đua")
    document.table(
        ["Hạng", "Đơn vị", "Tổng điểm", "Đủ điều kiện", "Đề nghị"],
        [
            [_text(row["rank"]), row["name"], short(row["total"]), "Có" if row["eligible"] else "Không", "X" if row["candidate"] else ""]
            for row in conference.flag["rows"]
        ],
        [1.5, 10, 3, 3, 3],
        numbers=(2,),
    )
    document.part(f"3. Khối trưởng, Khối phó năm {conference.leader['next_season']}")
    document.table(
        ["Đơn vị", "Các năm làm Khối trưởng", "Các năm làm Khối phó", "Hạng năm nay"],
        [
            [row["name"], ", ".join(map(str, row["led"])), ", ".join(map(str, row["deputised"])), _text(row["standing"])]
            for row in conference.leader["rows"]
        ],
        [9, 5, 5, 3],
    )
    _say_proof(document, conference)
    document.signatures(("", "Người lập bảng"), ("TM. KHỐI THI ĐUA", "Khối trưởng"))
    return document


def _minutes(conference: Conference) -> Document:
    campaign = conference.campaign
    document = _begun(conference, "Biên bản", f"Hội nghị tổng kết công tác thi đua, khen thưởng năm {conference.season}", "BB")
    document.notice("(Dự thảo)")
    document.text(f"Thời gian bắt đầu: {conference.begins_at or '…'}, {day_in_words(conference.held_on)}.")
    document.text(f"Địa điểm: {conference.place or DOTS}.")
    document.part("I. Thành phần tham dự")
    document.text(f"1. Cơ quan tổ chức khối: {conference.name(conference.cluster['organiser'])}.")
    document.text(f"2. Các đơn vị thành viên: có mặt …/{len(conference.members)} đơn vị (danh sách kèm theo). Vắng có lý do: ……")
    document.text(f"3. Chủ trì: {DOTS}, {conference.name(conference.leading.get('leader'))} – Khối trưởng năm {conference.season}.")
    document.text(f"4. Thư ký: {DOTS}")
    document.part("II. Nội dung")
    document.text(f"1. Hội nghị nghe báo cáo tổng kết {campaign['title']} ({campaign['legal_basis']}).")
    first = [row for row in conference.standings["rows"] if row["rank"] == 1]
    leading = "; ".join(f"{row['name']} ({short(row['total'])} điểm)" for row in first) or DOTS
    document.text(f"2. Kết quả chấm điểm, xếp hạng: bảng tổng hợp kèm theo. Xếp thứ nhất: {leading}.")
    _say_proof(document, conference)
    candidates = [row["name"] for row in conference.flag["rows"] if row["candidate"]]
    document.text(
        f"3. Bình xét, suy tôn đơn vị đề nghị tặng Cờ thi đua. Theo bảng điểm, đơn vị được đề nghị: {'; '.join(candidates) or DOTS}."
    )
    document.text("Kết quả bỏ phiếu kín (tỷ lệ tính trên tổng số thành viên):")
    document.table(
        ["Đơn vị", "Phiếu phát ra", "Phiếu thu về", "Phiếu hợp lệ", "Đồng ý", "Không đồng ý", "Tỷ lệ"],
        [[name, "", "", "", "", "", ""] for name in candidates or [DOTS]],
        [6, 2.2, 2.2, 2.2, 2.2, 2.2, 2.2],
    )
    following = conference.leader["next_season"]
    document.text(f"4. Bầu Khối trưởng, Khối phó năm {following}: Khối trưởng: {DOTS}{DOTS}; Khối phó: {DOTS}{DOTS}.")
    document.text("Đơn vị dẫn đầu bảng điểm không đương nhiên là Khối trưởng năm sau; Hội nghị quyết định riêng.")
    document.text(f"5. Ý kiến thảo luận: {DOTS * 6}")
    document.part("III. Kết luận")
    document.text(f"{DOTS * 6}")
    document.text("Biên bản được thông qua với …/… đại biểu nhất trí. Hội nghị kết thúc vào … giờ … cùng ngày", last=True)
    document.signatures(("", "Thư ký"), ("", "Chủ trì"))
    document.recipients([conference.name(conference.cluster["organiser"]), "Các đơn vị thành viên"])
    return document


def _say_proof(document: Document, conference: Conference) -> None:
    """By what it can be proved later that the result printed here is the one that was made final; nothing of one that is not."""
    if conference.campaign["state"] != "final":
        return
    said = []
    if seal := conference.campaign["seal"]:
        digests = "; ".join(f"{_SEALED.get(one['board'], one['board'])} {one['digest']}" for one in seal["boards"])
        said.append(f"Mã SHA-256 của kết quả đã chốt: {digests}. Làm lại và đối chiếu bằng lệnh “commendation verify board” trên bản xuất.")
    if checkpoint := conference.checkpoint:
        roots = "; ".join(f"{head['service']} ({head['site']}) {head['size']} sự kiện, gốc {head['root']}" for head in checkpoint["heads"])
        said.append(
            f"Mốc nhật ký có kết quả này chốt lúc {moment(checkpoint['taken_at'])}, mã {checkpoint['digest']}: {roots}. Tải tệp của mốc và "
            "chứng minh nối tiếp từ trang Kiểm chứng, đối chiếu bằng lệnh “commendation verify consistency”: mã và gốc còn như trên thì "
            "nhật ký đến mốc chưa bị sửa, bớt hay chèn."
        )
    if said:
        document.small(" ".join(said))


def _compact(conference: Conference) -> Document:
    season = conference.season + 1
    document = _begun(conference, "Giao ước thi đua", f"Năm {season}", "GƯTĐ")
    document.bases(
        [
            "Căn cứ Luật Thi đua, khen thưởng",
            f"Căn cứ kết quả Hội nghị tổng kết năm {conference.season} của {conference.cluster['name']}",
        ]
    )
    document.text(f"Các đơn vị thành viên {conference.cluster['name']} thống nhất ký giao ước thi đua năm {season} với các nội dung sau:")
    for n, words in enumerate(
        (
            "Thực hiện thắng lợi nhiệm vụ chính trị, chuyên môn được giao:",
            "Chấp hành chủ trương của Đảng, chính sách, pháp luật của Nhà nước; xây dựng đơn vị đoàn kết:",
            "Thực hiện công tác thi đua, khen thưởng và hoạt động của Khối:",
        ),
        1,
    ):
        document.part(f"{n}. {words}")
        document.text(f"Chỉ tiêu: {DOTS * 5}")
    document.text("Bản giao ước có hiệu lực kể từ ngày ký; các đơn vị tự giác thực hiện và tự chấm điểm, báo cáo theo quy định", last=True)
    signed = {row["unit"]: row["covenant"] for row in conference.campaign["units"]}
    document.part("Đại diện các đơn vị ký giao ước")
    document.table(
        ["TT", "Đơn vị", "Chức vụ người ký", "Ký tên, đóng dấu", f"Đã ký giao ước năm {conference.season}"],
        [[str(n), conference.name(unit), "", "", _signed(signed.get(unit))] for n, unit in enumerate(conference.members, 1)],
        [1.2, 6, 4, 4, 3.5],
    )
    return document


def _signed(covenant: Mapping[str, Any] | None) -> str:
    return day(covenant["signed_on"]) if covenant else "chưa"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
