"""What operations do: the file to pay from, its reading back, and earnings entered by hand."""

import csv
import io

import pytest

from common import db, settings
from common.wallet import ledger, vault
from infra import reseal
from tests.wallet import money


@pytest.fixture
def finance(signed_in):
    return money.powerful(signed_in, "finance")


@pytest.fixture
def siti(signed_in):
    return money.creator(signed_in, 300_000)


def lines(answer):
    return {int(line["id"]): line for line in csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))}


def written(rows, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


PATH = "/v1/admin/withdrawals/payouts"


def test_the_file_has_what_a_transfer_needs_and_asking_for_it_is_written_down(siti, finance):
    made = money.withdraw(siti, 60_000, account_name="=Siti").data["id"]
    line = lines(finance.get(PATH))[made]
    assert (line["transfer"], line["bank_code"], line["account_number"], line["account_name"]) == ("57500", "'014", "'1234567890", "'=Siti")
    logged = money.rows("select after from audit_log where actor_id = :user and action = 'withdrawal.file'", user=finance.user["id_users"])
    assert made in logged[0].after["ids"]


@pytest.mark.parametrize("number", ["0012345678", "1234567890123456", "12345678901234567890"])
def test_a_spreadsheet_takes_neither_an_account_number_nor_a_bank_code_for_a_number(siti, finance, number):
    made = money.withdraw(siti, 60_000, account_number=number).data["id"]
    line = lines(finance.get(PATH))[made]
    # Of 0012345678 it would keep 12345678, of 014 only 14, and of sixteen digits fifteen.
    assert (line["bank_code"], line["account_number"]) == ("'014", f"'{number}")


@pytest.mark.parametrize("name", ["Budi;=1+1;x", "Budi; +62", 'Budi, SE;"=1+1"', 'Budi;""@SUM(A1)', 'Budi;";-1'])
@pytest.mark.parametrize("separator", [",", ";"])
def test_no_name_becomes_a_formula_in_a_spreadsheet_that_separates_by_semicolons(siti, finance, name, separator):
    made = money.withdraw(siti, 60_000, account_name=name).data["id"]
    listed = finance.get(PATH).body.decode("utf-8-sig")
    assert str(made) in listed
    cells = [cell for line in csv.reader(io.StringIO(listed), delimiter=separator) for cell in line]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("reference", ["2,02E+19", "2.0261122E+19", "2E+15", "1.5e+12"])
def test_a_reference_whose_digits_a_spreadsheet_has_rounded_is_refused_with_its_line_and_field(siti, finance, reference):
    one, two = (money.withdraw(siti, 60_000).data["id"] for _ in range(2))
    rows = lines(finance.get(PATH))
    rows[one] |= {"status": "paid", "reference": "20261122000000001234"}
    rows[two] |= {"status": "paid", "reference": reference}
    kept, refused = finance.post(PATH, {"csv": written([rows[one], rows[two]])}, expect=200).data
    assert (kept["outcome"], refused["line"], refused["outcome"]) == ("approved", 3, "refused")
    assert refused["why"].startswith("reference ")
    assert money.purse(siti) == (180_000, 0, 60_000)


def test_what_a_refund_has_eaten_is_in_the_file_again_only_once_it_is_earned_again(siti, finance, signed_in):
    eaten, other = money.withdraw(siti, 290_000).data["id"], money.withdraw(money.creator(signed_in, 60_000), 60_000).data["id"]

    def moved(reason, rupiah):
        with db.transaction() as moving:
            reference = f"test:eaten:{reason}:{eaten}"
            ledger.move(moving, siti.user["id_users"], reason, reference, available=rupiah, overdraw=reason == "reverse")
        return money.purse(siti)[0]

    assert moved("reverse", -50_000) == -40_000
    assert {eaten, other} & set(lines(finance.get(PATH))) == {other}
    assert moved("credit", 40_000) == 0
    assert {eaten, other} <= set(lines(finance.get(PATH)))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_paid_and_failed_lines_are_decided_and_reading_them_again_changes_nothing(siti, finance, delimiter):
    one, two, three = (money.withdraw(siti, 60_000).data["id"] for _ in range(3))
    rows = lines(finance.get(PATH))
    rows[one] |= {"status": "PAID", "reference": "TRX-77"}
    rows[two] |= {"status": "failed", "reason": "Rekening ditutup"}
    file = {"csv": "\ufeff" + written([rows[one], rows[two], rows[three]], delimiter)}
    outcomes = finance.post(PATH, file, expect=200).data
    assert [(each["id"], each["outcome"]) for each in outcomes] == [(one, "approved"), (two, "rejected"), (three, "unchanged")]
    assert money.purse(siti) == (180_000, 0, 60_000)
    again = finance.post(PATH, file, expect=200).data
    assert [each["outcome"] for each in again] == ["unchanged"] * 3
    assert money.purse(siti) == (180_000, 0, 60_000)


def test_a_withdrawal_that_is_in_a_payout_file_cannot_be_canceled_it_is_paid_or_refused_by_whoever_pays(siti, finance):
    paid, refused = (money.withdraw(siti, 60_000).data["id"] for _ in range(2))
    rows = lines(finance.get(PATH))
    unlisted = money.withdraw(siti, 60_000).data["id"]
    for each in (paid, refused):
        assert siti.post(f"/v1/withdrawals/{each}/cancel", expect=409).error == "BeingPaid"
    assert siti.post(f"/v1/withdrawals/{unlisted}/cancel", expect=200).data["sent_at"] is None
    seen = {each["id"]: (each["status"], each["sent_at"] is not None) for each in siti.get("/v1/withdrawals").data}
    assert seen == {paid: ("pending", True), refused: ("pending", True), unlisted: ("canceled", False)}
    assert money.purse(siti) == (180_000, 0, 120_000)
    rows[paid] |= {"status": "paid", "reference": "TRX-78"}
    rows[refused] |= {"status": "failed", "reason": "Rekening ditutup"}
    outcomes = finance.post(PATH, {"csv": written([rows[paid], rows[refused]])}, expect=200).data
    assert [each["outcome"] for each in outcomes] == ["approved", "rejected"]
    assert money.purse(siti) == (240_000, 0, 0)
    assert siti.post(f"/v1/withdrawals/{paid}/cancel", expect=409).error == "AlreadyDecided"


def test_a_file_whose_download_got_lost_can_be_had_again_and_says_no_other_time(siti, finance):
    made = money.withdraw(siti, 60_000).data["id"]
    assert lines(finance.get(PATH))[made]["listed_before"] == ""
    first = siti.get("/v1/withdrawals").data
    # Whoever pays from both files would pay twice.
    assert lines(finance.get(PATH))[made]["listed_before"] == first[0]["sent_at"].replace("Z", "+00:00")
    assert siti.get("/v1/withdrawals").data == first


def test_a_file_that_cannot_be_written_leaves_its_withdrawals_to_their_people(siti, finance, monkeypatch):
    made = money.withdraw(siti, 60_000).data["id"]
    with monkeypatch.context() as lost:
        lost.setenv("BANK_KEYS", "baru:" + "A" * 43 + "=")
        finance.get(PATH, expect=500)
    siti.post(f"/v1/withdrawals/{made}/cancel", expect=200)


def test_nobody_learns_by_canceling_that_somebody_elses_withdrawal_is_being_paid(siti, finance, signed_in):
    made = money.withdraw(siti, 60_000).data["id"]
    finance.get(PATH)
    assert signed_in().post(f"/v1/withdrawals/{made}/cancel", expect=404).error == "NotFound"


def breaking(monkeypatch, withdrawal, error):
    """Paying this withdrawal fails."""
    pay = ledger.pay

    def broken(writing, user, amount, each):
        pay(writing, user, amount, each)
        if each == withdrawal:
            error(writing)

    monkeypatch.setattr(ledger, "pay", broken)


def three_paid(siti, finance):
    """A file that says of three withdrawals that they were paid; their ids and the file."""
    made = [money.withdraw(siti, 60_000).data["id"] for _ in range(3)]
    rows = lines(finance.get(PATH))
    return made, {"csv": written([rows[each] | {"status": "paid", "reference": f"TRX-{each}"} for each in made])}


def test_a_line_that_breaks_changes_nothing_and_leaves_the_others_approved(siti, finance, monkeypatch):
    made, file = three_paid(siti, finance)
    with monkeypatch.context() as patching:
        breaking(patching, made[1], lambda writing: writing.run("select 1 / 0"))
        outcomes = finance.post(PATH, file, expect=200).data
    assert [each["outcome"] for each in outcomes] == ["approved", "refused", "approved"]
    assert money.purse(siti) == (120_000, 0, 60_000)
    again = finance.post(PATH, file, expect=200).data
    assert [each["outcome"] for each in again] == ["unchanged", "approved", "unchanged"]
    assert money.purse(siti) == (120_000, 0, 0)


def test_what_was_read_stays_read_when_the_database_goes_away_and_the_file_is_sent_again(siti, finance, monkeypatch):
    def gone(_):
        raise ConnectionResetError

    made, file = three_paid(siti, finance)
    with monkeypatch.context() as patching:
        breaking(patching, made[1], gone)
        finance.post(PATH, file, expect=503)
    assert money.purse(siti) == (120_000, 0, 120_000)
    again = finance.post(PATH, file, expect=200).data
    assert [each["outcome"] for each in again] == ["unchanged", "approved", "approved"]
    assert money.purse(siti) == (120_000, 0, 0)


def test_a_line_that_does_not_fit_is_refused_and_stops_no_other(siti, finance):
    one, two = (money.withdraw(siti, 60_000).data["id"] for _ in range(2))
    good = {"id": one, "transfer": 57_500, "status": "paid", "reference": "TRX-1", "reason": ""}
    bad = [
        good | {"id": two, "transfer": 60_000},
        good | {"id": two, "reference": ""},
        good | {"id": two, "status": "lunas"},
        good | {"id": 987654321},
        good | {"id": "dua"},
    ]
    outcomes = finance.post(PATH, {"csv": written([*bad, good])}, expect=200).data
    assert [each["outcome"] for each in outcomes] == ["refused"] * 5 + ["approved"]
    assert money.purse(siti) == (180_000, 0, 60_000)


@pytest.mark.parametrize("text", ["halo", "id;status\n1;paid", "\r", 'id,"' + "x" * 200_000])
def test_what_is_no_payout_file_is_refused(finance, text):
    finance.post(PATH, {"csv": text}, expect=422)


@pytest.mark.parametrize("role", ["creator", "moderator"])
def test_only_finance_and_administrators_see_account_numbers(signed_in, role):
    other = money.powerful(signed_in, role)
    other.get(PATH, expect=403)
    other.post(PATH, {"csv": "id"}, expect=403)


def test_earnings_are_booked_once_with_who_why_and_what_changed(siti, signed_in):
    admin = money.powerful(signed_in, "admin")
    user = siti.user["id_users"]
    body = {"amount": 25_000, "reason": "Royalti November", "reference": f"royalti-2026-11-{user}"}
    credit = f"/v1/admin/wallets/{user}/credit"
    assert admin.post(credit, body, expect=200).data["available"] == 325_000
    assert admin.post(credit, body, expect=409).error == "AlreadyBooked"
    assert money.purse(siti) == (325_000, 0, 0)
    logged = money.rows("select * from audit_log where subject_type = 'wallet' and subject_id = :id", id=str(user))
    assert [(row.actor_id, row.reason, row.before["available"], row.after["available"]) for row in logged] == [
        (admin.user["id_users"], "Royalti November", 300_000, 325_000)
    ]
    admin.post("/v1/admin/wallets/987654321/credit", body, expect=404)


@pytest.mark.parametrize("role", ["creator", "finance"])
def test_nobody_else_books_earnings(siti, signed_in, role):
    other = money.powerful(signed_in, role)
    body = {"amount": 25_000, "reason": "Untuk saya", "reference": "saya"}
    other.post(f"/v1/admin/wallets/{other.user['id_users']}/credit", body, expect=403)


def test_account_numbers_move_to_a_new_key_and_the_old_one_can_go(siti, finance, monkeypatch):
    made = money.withdraw(siti, 60_000).data["id"]
    old = settings.BANK_KEYS()
    new = "baru:" + "A" * 43 + "="
    monkeypatch.setenv("BANK_KEYS", f"{new},{old}")
    assert lines(finance.get(PATH))[made]["account_number"] == "'1234567890"
    assert reseal.reseal() > 0
    assert reseal.reseal() == 0
    monkeypatch.setenv("BANK_KEYS", new)
    assert lines(finance.get(PATH))[made]["account_number"] == "'1234567890"
    monkeypatch.setenv("BANK_KEYS", f"{old},{new}")
    reseal.reseal()


def test_a_sealed_number_opens_for_its_owner_alone():
    from cryptography.exceptions import InvalidTag

    sealed = vault.seal("1234567890", owner=1)
    assert vault.unseal(sealed, owner=1) == "1234567890"
    assert vault.seal("1234567890", owner=1) != sealed
    with pytest.raises(InvalidTag):
        vault.unseal(sealed, owner=2)
    with pytest.raises(InvalidTag):
        vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), owner=1)


@pytest.mark.parametrize("keys", ["", "satu", "satu:pendek", "satu:" + "A" * 40, ":" + "A" * 43 + "="])
def test_a_key_that_is_none_is_refused_and_not_shown(monkeypatch, keys):
    monkeypatch.setenv("BANK_KEYS", keys)
    with pytest.raises(settings.Misconfigured) as refused:
        vault.seal("1234567890", owner=1)
    assert "AAAA" not in str(refused.value)


def test_the_banks_are_listed_once_each_and_found_by_code_and_name(api):
    from functions.wallet import banks

    listed = api.get("/v1/banks").data
    assert {"code": "014", "name": "Bank Central Asia (BCA)"} in listed
    assert len({bank["code"] for bank in listed}) == len(listed) > 100
    assert [banks.find(name).code for name in ("bca", "Bank  Mandiri", "BRI", "bank syariah indonesia", "451")] == [
        "014",
        "008",
        "002",
        "451",
        "451",
    ]
    assert banks.find("") is None
