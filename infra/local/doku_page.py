"""The page on which a customer of the local stack pays, fails, or lets an invoice expire."""

from datetime import datetime
from html import escape
from typing import Any

CHANNELS = {
    "QRIS": ("QRIS", "Semua e-wallet dan m-banking"),
    "EMONEY_DANA": ("DANA", "Saldo DANA"),
    "EMONEY_OVO": ("OVO", "Saldo OVO"),
    "VIRTUAL_ACCOUNT_BCA": ("BCA Virtual Account", "Transfer dari BCA"),
    "VIRTUAL_ACCOUNT_BNI": ("BNI Virtual Account", "Transfer dari BNI"),
    "VIRTUAL_ACCOUNT_BRI": ("BRI Virtual Account", "Transfer dari BRI"),
    "VIRTUAL_ACCOUNT_BANK_MANDIRI": ("Mandiri Virtual Account", "Transfer dari Mandiri"),
    "CREDIT_CARD": ("Kartu Kredit/Debit", "Visa, Mastercard, JCB"),
}

MARKS = {"SUCCESS": ("✓", "Pembayaran berhasil"), "EXPIRED": ("⏱", "Waktu pembayaran habis"), "REFUNDED": ("↩", "Dana dikembalikan")}

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()

STYLE = """
*{box-sizing:border-box;margin:0}
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;background:#f3f4f8;color:#1d2233;min-height:100vh;padding:24px 16px}
main{max-width:440px;margin:0 auto;background:#fff;border-radius:18px;box-shadow:0 12px 40px #1d223318;overflow:hidden}
header{background:linear-gradient(135deg,#d6293e,#a3132f);color:#fff;padding:22px 24px 26px}
header p{opacity:.85;font-size:14px}
.brand{display:flex;justify-content:space-between;align-items:center;font-weight:700;letter-spacing:.02em;margin-bottom:18px}
.tag{font-size:11px;font-weight:600;background:#ffffff2b;border-radius:99px;padding:3px 10px;letter-spacing:.04em}
.amount{font-size:34px;font-weight:750;letter-spacing:-.02em;line-height:1.15}
section{padding:20px 24px}
dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;font-size:14px}
dt{color:#687086}
dd{text-align:right;overflow-wrap:anywhere}
h2{font-size:14px;color:#687086;font-weight:600;margin:0 0 10px}
hr{border:0;border-top:1px solid #e8eaf1}
label{display:flex;align-items:center;gap:12px;border:1.5px solid #e1e4ee;border-radius:12px;padding:10px 14px;margin-bottom:8px;cursor:pointer}
label:has(input:checked){border-color:#c81f3b;background:#fdf3f5}
label span{flex:1;font-weight:600}
label small{display:block;font-weight:400;color:#687086}
input{accent-color:#c81f3b;width:18px;height:18px}
button{width:100%;font:inherit;font-weight:650;border:0;border-radius:12px;padding:13px;cursor:pointer}
button:focus-visible,label:focus-within{outline:3px solid #c81f3b55;outline-offset:2px}
.pay{background:#c81f3b;color:#fff;margin-top:8px}
.pay:hover{background:#a91a33}
.others{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin-top:8px}
.others button{background:#eef0f6;color:#3b4258;font-size:14px}
.others button:hover{background:#e2e5ef}
.note{background:#fff6e5;color:#7a4b00;border-radius:12px;padding:10px 14px;font-size:14px;margin-bottom:16px}
.result{text-align:center;padding:34px 24px 26px}
.mark{width:76px;height:76px;border-radius:50%;display:grid;place-items:center;font-size:38px;margin:0 auto 14px;background:#e7f7ee;color:#128a4b}
.mark.EXPIRED{background:#f1f2f6;color:#687086}
.mark.REFUNDED{background:#fff6e5;color:#8a5a00}
.result h1{font-size:22px}
.back{display:inline-block;margin-top:16px;color:#c81f3b;font-weight:600}
.result p{color:#687086;margin-top:4px}
footer{font-size:12px;color:#687086;padding:14px 24px 20px;border-top:1px solid #e8eaf1}
footer ul{padding-left:18px}
"""


def page(asked: dict[str, Any], status: str, channel: str | None, ends: datetime, events: list[dict[str, Any]]) -> str:
    """The page of an order; `ends` is Jakarta's clock, `events` are the notifications so far."""
    body = _choices(asked, status) if status in ("PENDING", "FAILED") else _result(status, channel, asked["order"].get("callback_url"))
    return _document(_head(asked["order"]["amount"]) + body + _details(asked, ends) + _footer(events))


def missing() -> str:
    """The page of a link that leads nowhere."""
    text = "<div class='result'><div class='mark EXPIRED'>?</div><h1>Tautan tidak dikenal</h1><p>Stack lokal lupa tagihannya saat dimatikan.</p></div>"
    return _document(text)


def _document(inside: str) -> str:
    return (
        "<!doctype html><html lang='id'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Pembayaran · DOKU lokal</title><style>{STYLE}</style></head><body><main>{inside}</main></body></html>"
    )


def rupiah(amount: int) -> str:
    """`Rp 16.500`."""
    return "Rp " + f"{amount:,}".replace(",", ".")


def _head(amount: int) -> str:
    return (
        "<header><div class='brand'><span>MamaStoria</span><span class='tag'>DOKU LOKAL · UANG MAINAN</span></div>"
        f"<p>Total pembayaran</p><div class='amount'>{rupiah(amount)}</div></header>"
    )


def _choices(asked: dict[str, Any], status: str) -> str:
    offered = asked["payment"].get("payment_method_types", [name for name in CHANNELS if name != "VIRTUAL_ACCOUNT_BANK_MANDIRI"])
    failed = "<p class='note' role='status'>Pembayaran gagal. Silakan coba lagi atau pilih cara lain.</p>" if status == "FAILED" else ""
    return (
        f"<section><form method='post'>{failed}<h2>Cara pembayaran</h2>{''.join(_choice(name, name == offered[0]) for name in offered)}"
        "<button class='pay' name='action' value='pay'>Bayar sekarang</button><div class='others'>"
        "<button name='action' value='fail'>Buat gagal</button><button name='action' value='expire'>Buat kedaluwarsa</button>"
        "</div></form></section><hr>"
    )


def _choice(name: str, checked: bool) -> str:
    title, more = CHANNELS.get(name, (name, ""))
    mark = " checked" if checked else ""
    return f"<label><input type='radio' name='channel' value='{escape(name)}'{mark}><span>{escape(title)}<small>{escape(more)}</small></span></label>"


def _result(status: str, channel: str | None, back: str | None) -> str:
    mark, title = MARKS.get(status, ("…", status))
    by = f"<p>dengan {escape(CHANNELS.get(channel or '', (channel or '', ''))[0])}</p>" if status == "SUCCESS" and channel else ""
    link = f"<a class='back' href='{escape(back)}'>Kembali ke MamaStoria</a>" if back else ""
    return f"<div class='result' role='status'><div class='mark {escape(status)}'>{mark}</div><h1>{title}</h1>{by}{link}</div><hr>"


def _details(asked: dict[str, Any], ends: datetime) -> str:
    items = ", ".join(str(item["name"]) for item in asked["order"].get("line_items", []))
    until = f"{ends.day} {MONTHS[ends.month - 1]} {ends.year}, {ends:%H.%M} WIB"
    facts = {
        "Paket": items,
        "Nomor tagihan": asked["order"]["invoice_number"],
        "Nama": (asked.get("customer") or {}).get("name", ""),
        "Bayar sebelum": until,
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items() if value)
    return f"<section><dl>{rows}</dl></section>"


def _footer(events: list[dict[str, Any]]) -> str:
    told = "".join(f"<li>{escape(each['status'])}: {_answers(each['answers'])}</li>" for each in events)
    sent = f"<p>Notifikasi yang dikirim:</p><ul>{told}</ul>" if told else "<p>Belum ada notifikasi yang dikirim.</p>"
    return f"<footer>{sent}</footer>"


def _answers(statuses: list[int]) -> str:
    return ", ".join("tidak dijawab" if status == 0 else f"dijawab HTTP {status}" for status in statuses) or "sedang dikirim"
