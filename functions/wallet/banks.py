"""The banks of Indonesia by the three-digit code that transfers use."""

from typing import NamedTuple


class Bank(NamedTuple):
    """A bank as people choose it and as transfers name it."""

    code: str
    name: str


# Bank Indonesia's clearing codes; banks that merged are listed under the one that lives.
_TABLE = """
002 Bank Rakyat Indonesia (BRI)
008 Bank Mandiri
009 Bank Negara Indonesia (BNI)
011 Bank Danamon
013 Bank Permata
014 Bank Central Asia (BCA)
016 Maybank Indonesia
019 Bank Panin
022 CIMB Niaga
023 Bank UOB Indonesia
028 Bank OCBC NISP
031 Citibank
032 JPMorgan Chase Bank
033 Bank of America
036 China Construction Bank Indonesia
037 Bank Artha Graha Internasional
042 MUFG Bank
046 Bank DBS Indonesia
047 Bank Resona Perdania
048 Bank Mizuho Indonesia
050 Standard Chartered Bank
054 Bank Capital Indonesia
057 Bank BNP Paribas Indonesia
061 Bank ANZ Indonesia
067 Deutsche Bank
069 Bank of China
076 Bank Bumi Arta
087 Bank HSBC Indonesia
095 Bank JTrust Indonesia
097 Bank Mayapada
110 Bank BJB
111 Bank DKI
112 Bank BPD DIY
113 Bank Jateng
114 Bank Jatim
115 Bank Jambi
116 Bank Aceh Syariah
117 Bank Sumut
118 Bank Nagari
119 Bank Riau Kepri Syariah
120 Bank Sumsel Babel
121 Bank Lampung
122 Bank Kalsel
123 Bank Kalbar
124 Bankaltimtara
125 Bank Kalteng
126 Bank Sulselbar
127 Bank SulutGo
128 Bank NTB Syariah
129 BPD Bali
130 Bank NTT
131 Bank Maluku Malut
132 Bank Papua
133 Bank Bengkulu
134 Bank Sulteng
135 Bank Sultra
137 Bank Banten
146 Bank of India Indonesia
147 Bank Muamalat
151 Bank Mestika Dharma
152 Bank Shinhan Indonesia
153 Bank Sinarmas
157 Bank Maspion
161 Bank Ganesha
164 Bank ICBC Indonesia
167 Bank QNB Indonesia
200 Bank Tabungan Negara (BTN)
212 Bank Woori Saudara
213 Bank SMBC Indonesia (BTPN)
405 Bank Victoria Syariah
425 Bank BJB Syariah
426 Bank Mega
441 KB Bank (Bukopin)
451 Bank Syariah Indonesia (BSI)
459 Krom Bank Indonesia
472 Bank Saqu (Jasa Jakarta)
484 Bank KEB Hana
485 Bank MNC Internasional
490 Bank Neo Commerce
494 Bank Raya Indonesia
498 Bank SBI Indonesia
501 BCA Digital (blu)
503 Bank Nationalnobu
506 Bank Mega Syariah
513 Bank Ina Perdana
517 Bank Panin Dubai Syariah
521 KB Bank Syariah
523 Bank Sahabat Sampoerna
526 Bank Oke Indonesia
531 Bank Amar Indonesia
535 SeaBank Indonesia
536 BCA Syariah
542 Bank Jago
547 Bank BTPN Syariah
548 Bank Multiarta Sentosa
553 Hibank Indonesia
555 Bank Index Selindo
562 Superbank Indonesia
564 Bank Mandiri Taspen
566 Bank Victoria International
567 Allo Bank Indonesia
945 Bank IBK Indonesia
947 Bank Aladin Syariah
949 Bank CTBC Indonesia
"""

BANKS = [Bank(*line.split(" ", 1)) for line in _TABLE.strip().splitlines()]


def find(given: str) -> Bank | None:
    """The bank with this code or name; a name may be the short one in brackets, and case does not matter."""
    wanted = " ".join(given.split()).casefold()
    return next((bank for bank in BANKS if wanted in _names(bank)), None)


def _names(bank: Bank) -> set[str]:
    long, _, short = bank.name.partition(" (")
    names = {bank.code, bank.name, long, short.rstrip(")"), f"Bank {short.rstrip(')')}", long.removeprefix("Bank ")}
    return {name.casefold() for name in names if name}
