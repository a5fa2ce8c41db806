"use strict";
const TEXTS = {
  id: {
    title: "Dasbor MamaStoria", intro: "Masuk dengan akun administrator.", email: "Email", password: "Kata sandi", enter: "Masuk", leave: "Keluar",
    other: "English", code: "EN", updated: "Diperbarui {0} WIB", notYet: "Belum ada angka yang dihitung", month: "30 hari terakhir", daily: "Per hari", weekly: "Per minggu",
    days: "hari", csv: "Unduh CSV", notAdmin: "Akun ini bukan administrator.", again: "Sesi Anda berakhir. Silakan masuk lagi.",
    offline: "Server tidak dapat dihubungi. Periksa koneksi Anda, lalu coba lagi.", empty: "Belum ada data pada rentang ini",
    fill: "Isi email dan kata sandi.", compared: "dibandingkan 30 hari sebelumnya",
    users: "Pengguna", usersMore: "+{0} hari ini", dau: "Aktif hari ini", dauMore: "{0} dalam 7 hari", views: "Dibaca hari ini", viewsMore: "{0} pembaca",
    finished: "Komik selesai hari ini", finishedMore: "{0} dimulai, {1} terbit", revenue: "Pendapatan hari ini", revenueMore: "{0} pembayaran",
    mau: "Pengguna aktif", mauMore: "rata-rata {0} per hari", joined: "Pengguna baru", made: "Komik selesai", madeMore: "dari {0} yang dimulai",
    read: "Dibaca", readMore: "{0} suka, {1} komentar", net: "Pendapatan bersih", netMore: "{0} dikembalikan", payers: "Pengguna membayar",
    payersMore: "{0} per pembayar", arpu: "ARPU", arpuMore: "per pengguna aktif", success: "Gambar berhasil", successMore: "naskah {0}",
    time: "Waktu menggambar", timeMore: "95% dalam {0}", stick: "Kembali tiap hari", stickMore: "aktif harian dibagi bulanan",
    chartActive: "Pengguna aktif", sDau: "Harian", sMau: "30 hari", chartNew: "Pengguna baru", sNew: "Pengguna baru",
    chartComics: "Komik", sStarted: "Dimulai", sFinished: "Selesai", sPublished: "Terbit", chartReads: "Bacaan", sViews: "Dibaca", sReaders: "Pembaca",
    chartSocial: "Tanggapan pembaca", sLikes: "Suka", sComments: "Komentar", sShares: "Dibagikan", chartSuccess: "Keberhasilan pembuatan",
    sScripts: "Naskah", sPanels: "Gambar", chartTime: "Waktu menggambar komik", sMedian: "Median", sP95: "95% di bawah",
    chartMoney: "Pendapatan", sRevenue: "Masuk", sRefunds: "Dikembalikan", chartRetention: "Retensi", sD1: "Hari ke-1", sD7: "Hari ke-7", sD30: "Hari ke-30",
    retention: "Retensi pengguna baru", retentionNote: "Bagian pengguna baru yang kembali tepat pada hari itu, dihitung selama 30 hari terakhir.",
    after: "Setelah", came: "Datang", returned: "Kembali", part: "Bagian", creators: "Kreator terpopuler", creatorsNote: "Menurut jumlah dibaca dalam 30 hari terakhir.",
    creator: "Kreator", thViews: "Dibaca", thLikes: "Suka", thComments: "Komentar", thShares: "Dibagikan", nobody: "Belum ada yang dibaca.",
    seconds: "{0} dtk", minutes: "{0} mnt", range: "Rentang", average: "rata-rata", latest: "terakhir",
  },
  en: {
    title: "MamaStoria dashboard", intro: "Sign in with an administrator's account.", email: "E-mail", password: "Password", enter: "Sign in", leave: "Sign out",
    other: "Bahasa Indonesia", code: "ID", updated: "Updated {0} WIB", notYet: "Nothing has been counted yet", month: "Last 30 days", daily: "By day", weekly: "By week",
    days: "days", csv: "Download CSV", notAdmin: "This account is not an administrator.", again: "Your session has ended. Please sign in again.",
    offline: "The server cannot be reached. Check your connection and try again.", empty: "No data in this range yet",
    fill: "Enter e-mail and password.", compared: "compared with the 30 days before",
    users: "Users", usersMore: "+{0} today", dau: "Active today", dauMore: "{0} in 7 days", views: "Reads today", viewsMore: "{0} readers",
    finished: "Comics finished today", finishedMore: "{0} started, {1} published", revenue: "Revenue today", revenueMore: "{0} payments",
    mau: "Active users", mauMore: "{0} a day on average", joined: "New users", made: "Comics finished", madeMore: "of {0} that were started",
    read: "Reads", readMore: "{0} likes, {1} comments", net: "Net revenue", netMore: "{0} refunded", payers: "Paying users",
    payersMore: "{0} each", arpu: "ARPU", arpuMore: "per active user", success: "Drawings that worked", successMore: "scripts {0}",
    time: "Time to draw", timeMore: "95% within {0}", stick: "Back every day", stickMore: "daily by monthly active users",
    chartActive: "Active users", sDau: "Daily", sMau: "30 days", chartNew: "New users", sNew: "New users",
    chartComics: "Comics", sStarted: "Started", sFinished: "Finished", sPublished: "Published", chartReads: "Reading", sViews: "Reads", sReaders: "Readers",
    chartSocial: "What readers say", sLikes: "Likes", sComments: "Comments", sShares: "Shares", chartSuccess: "Generation that worked",
    sScripts: "Scripts", sPanels: "Drawings", chartTime: "Time to draw a comic", sMedian: "Median", sP95: "95% below",
    chartMoney: "Revenue", sRevenue: "Paid", sRefunds: "Refunded", chartRetention: "Retention", sD1: "Day 1", sD7: "Day 7", sD30: "Day 30",
    retention: "Retention of new users", retentionNote: "The share of new users who were there again on that very day, over the last 30 days.",
    after: "After", came: "Came", returned: "Returned", part: "Share", creators: "Top creators", creatorsNote: "By reads in the last 30 days.",
    creator: "Creator", thViews: "Reads", thLikes: "Likes", thComments: "Comments", thShares: "Shares", nobody: "Nothing was read yet.",
    seconds: "{0} s", minutes: "{0} min", range: "Range", average: "average", latest: "latest",
  },
};

let language = localStorage.getItem("mamastoria.language") === "en" ? "en" : "id";

const locale = () => (language === "id" ? "id-ID" : "en-GB");
const say = (name, ...values) => TEXTS[language][name].replace(/\{(\d)\}/g, (_, n) => values[n]);

// How figures are written; what is not known is a dash, never a zero.
const known = (write) => (value) => (value === null || value === undefined ? "–" : write(value));
const number = known((value) => new Intl.NumberFormat(locale(), { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value));
const short = known((value) => new Intl.NumberFormat(locale(), { notation: "compact", maximumFractionDigits: 1 }).format(value));
const rupiah = known((value) => new Intl.NumberFormat(locale(), { style: "currency", currency: "IDR", maximumFractionDigits: 0 }).format(value));
const percent = known((value) => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(value));
const duration = known((value) => (value < 90 ? say("seconds", number(Math.round(value * 10) / 10)) : say("minutes", number(value / 60))));
const day = (seconds, style) => new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...style }).format(new Date(seconds * 1000));
const moment = (text) =>
  new Intl.DateTimeFormat(locale(), { timeZone: "Asia/Jakarta", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date(text));
