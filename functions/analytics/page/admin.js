"use strict";
const $ = (id) => document.getElementById(id);
const SPANS = [7, 30, 90, 365];

// Gone with the tab: whoever opens the next one signs in again.
let session = JSON.parse(sessionStorage.getItem("mamastoria.session") || "null");
let span = 30;
let shown = null;

class Ended extends Error {}
class Refused extends Error {}

function keep(tokens) {
  session = tokens;
  if (tokens) sessionStorage.setItem("mamastoria.session", JSON.stringify(tokens));
  else sessionStorage.removeItem("mamastoria.session");
}

const headers = () => ({ "Content-Type": "application/json", "Accept-Language": language, ...(session && { Authorization: "Bearer " + session.access_token }) });

async function post(path, body) {
  const reply = await fetch(path, { method: "POST", headers: headers(), body: JSON.stringify(body) });
  const answer = await reply.json();
  if (!reply.ok) throw new Refused(answer.detail);
  return answer.data;
}

// Requests that are refused together renew together: two that came one after the other with the same refresh
// token would look like a thief's, which ends the session.
let renewal = null;

async function renewed(used) {
  if (session.access_token !== used) return;
  renewal ??= post("/refresh", { refresh_token: session.refresh_token }).then(keep).finally(() => { renewal = null; });
  try {
    await renewal;
  } catch (error) {
    if (error instanceof Refused) throw new Ended();
    throw error;
  }
}

/** A reply to a signed-in GET; the tokens are renewed once when they have run out. */
async function get(path, again = true) {
  const used = session.access_token;
  const reply = await fetch(path, { headers: headers() });
  if (reply.status === 401 && again) {
    await renewed(used);
    return get(path, false);
  }
  if (reply.status === 401) throw new Ended();
  if (!reply.ok) throw new Refused(reply.status === 403 ? say("notAdmin") : (await reply.json()).detail);
  return reply;
}

const data = async (path) => (await (await get(path)).json()).data;

// A device that is known by its name is not told about as a new one each time.
function device() {
  let name = localStorage.getItem("mamastoria.device");
  if (!name) localStorage.setItem("mamastoria.device", (name = "dasbor-" + crypto.getRandomValues(new Uint32Array(4)).join("")));
  return name;
}

function words() {
  document.documentElement.lang = language;
  document.title = say("title");
  document.querySelectorAll("[data-say]").forEach((each) => (each.textContent = say(each.dataset.say)));
  document.querySelectorAll("button.language").forEach((each) => {
    each.textContent = say(each.closest("header") ? "code" : "other");
    each.setAttribute("aria-label", say("other"));
  });
  document.querySelector(".span").setAttribute("aria-label", say("range"));
  document.querySelector(".span").replaceChildren(...SPANS.map(choice));
}

function choice(days) {
  const button = node("button", "", String(days), node("span", "unit", " " + say("days")));
  button.type = "button";
  button.dataset.days = days;
  button.setAttribute("aria-label", days + " " + say("days"));
  button.setAttribute("aria-pressed", days === span);
  button.onclick = () => {
    span = days;
    words();
    load();
  };
  return button;
}

function entry(why = "") {
  forget();
  keep(null);
  shown = null;
  $("board").hidden = true;
  $("entry").hidden = false;
  $("wrong").textContent = why;
  $("wrong").hidden = !why;
  $("password").value = "";
  $($("email").value ? "password" : "email").focus();
}

async function load() {
  const asked = span;
  try {
    const [master, days] = await Promise.all([data("/v1/admin/analytics/dashboard"), data("/v1/admin/analytics/daily?days=" + asked)]);
    if (asked !== span) return;
    shown = { master, days };
    $("trouble").hidden = true;
    show();
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  if (error instanceof Ended) return entry(say("again"));
  if (error instanceof Refused && !shown) return leave(error.message);
  if (!shown) return entry(say("offline"));
  $("trouble").textContent = error instanceof Refused ? error.message : say("offline");
  $("trouble").hidden = false;
}

/** End the session here and at the server; a server that cannot be reached does not keep anybody signed in here. */
function leave(why) {
  post("/logout", {}).catch(() => null);
  entry(why);
}

function show() {
  $("entry").hidden = true;
  $("board").hidden = false;
  const { master, days } = shown;
  $("updated").textContent = master.updated_at ? say("updated", moment(master.updated_at)) : say("notYet");
  $("now").replaceChildren(...today(master.today));
  $("month").replaceChildren(...month(master.last_30_days, master.previous_30_days));
  forget();
  $("charts").replaceChildren(...charts(days));
  watch();
  $("creators").replaceChildren(creators(master.top_creators));
  $("retention").replaceChildren(retention(master.last_30_days));
}

function card(name, much, more, change) {
  const made = node("div", "card", node("span", "what", say(name)), node("span", "much", much), node("span", "more", more || ""));
  made.id = "card-" + name;
  if (change) made.append(change);
  return made;
}

const today = (now) => [
  card("users", number(now.users), say("usersMore", number(now.new_users))),
  card("dau", number(now.dau), say("dauMore", number(now.wau))),
  card("views", number(now.views), say("viewsMore", number(now.readers))),
  card("finished", number(now.comics_finished), say("finishedMore", number(now.comics_started), number(now.comics_published))),
  card("revenue", rupiah(now.revenue), say("revenueMore", number(now.payments))),
];

/** How much more than in the thirty days before; `better` is 1 where more is good and -1 where less is. */
function change(now, before, better = 1) {
  if (!before || now === null) return null;
  const by = now / before - 1;
  const sign = by > 0.0005 ? "▲ " : by < -0.0005 ? "▼ " : "± ";
  const mood = sign === "± " ? "" : by * better > 0 ? "up" : "down";
  return node("span", "more " + mood, sign + percent(Math.abs(by)));
}

const month = (now, before) => [
  card("mau", number(now.mau), say("mauMore", number(now.dau_average)), change(now.mau, before.mau)),
  card("joined", number(now.new_users), say("mauMore", number(now.new_users / 30)), change(now.new_users, before.new_users)),
  card("stick", percent(now.stickiness), say("stickMore"), change(now.stickiness, before.stickiness)),
  card("read", number(now.views), say("readMore", number(now.likes), number(now.comments)), change(now.views, before.views)),
  card("made", number(now.comics_finished), say("madeMore", number(now.comics_started)), change(now.comics_finished, before.comics_finished)),
  card("success", percent(now.panels.success_rate), say("successMore", percent(now.scripts.success_rate)), change(now.panels.success_rate, before.panels.success_rate)),
  card("time", duration(now.panels.median_seconds), say("timeMore", duration(now.panels.p95_seconds)), change(now.panels.median_seconds, before.panels.median_seconds, -1)),
  card("net", rupiah(now.net_revenue), say("netMore", rupiah(now.refunds)), change(now.net_revenue, before.net_revenue)),
  card("payers", number(now.paying_users), say("payersMore", rupiah(now.arppu)), change(now.paying_users, before.paying_users)),
  card("arpu", rupiah(now.arpu), say("arpuMore"), change(now.arpu, before.arpu)),
];

function charts(days) {
  $("rhythm").textContent = say(days.length > MANY ? "weekly" : "daily");
  const at = days.map((each) => Date.parse(each.date + "T00:00:00Z") / 1000);
  const of = (pick) => days.map(pick);
  const plain = (text, name, summary = "total") => [text, of((each) => each[name]), summary];
  const rate = (text, pick) => [text, of(pick), "average"];
  return [
    chart(at, "chartActive", "line", number, short, plain("sDau", "dau", "latest"), plain("sMau", "mau", "latest")),
    chart(at, "chartNew", "bars", number, short, plain("sNew", "new_users")),
    chart(at, "chartReads", "line", number, short, plain("sViews", "views", "average"), plain("sReaders", "readers", "average")),
    chart(at, "chartSocial", "line", number, short, plain("sLikes", "likes"), plain("sComments", "comments"), plain("sShares", "shares")),
    chart(at, "chartComics", "line", number, short, plain("sStarted", "comics_started"), plain("sFinished", "comics_finished"), plain("sPublished", "comics_published")),
    chart(at, "chartMoney", "bars", rupiah, short, plain("sRevenue", "revenue"), plain("sRefunds", "refunds")),
    chart(at, "chartSuccess", "line", percent, percent, rate("sPanels", (each) => each.panels.success_rate), rate("sScripts", (each) => each.scripts.success_rate)),
    chart(at, "chartTime", "line", duration, duration, rate("sMedian", (each) => each.panels.median_seconds), rate("sP95", (each) => each.panels.p95_seconds)),
    chart(at, "chartRetention", "line", percent, percent, ...[1, 7, 30].map((after) => rate("sD" + after, (each) => each["retention_d" + after].rate))),
  ];
}

function table(heads, rows) {
  const body = node("tbody", "", ...rows.map((cells) => node("tr", "", ...cells.map((cell) => node("td", "", cell)))));
  const made = node("table", "", node("thead", "", node("tr", "", ...heads.map((head) => node("th", "", say(head))))), body);
  return node("div", "wide", made);
}

function creators(list) {
  if (!list.length) return node("p", "note", say("nobody"));
  const who = (each) => node("span", "", node("span", "who", each.name), node("span", "at", each.username ? "@" + each.username : "#" + each.user_id));
  return table(
    ["creator", "thViews", "thLikes", "thComments", "thShares"],
    list.map((each) => [who(each), number(each.views), number(each.likes), number(each.comments), number(each.shares)]),
  );
}

function retention(period) {
  const row = (after) => {
    const { cohort, returned, rate } = period["retention_d" + after];
    const meter = node("meter");
    meter.max = 1;
    meter.value = rate || 0;
    return [say("sD" + after), number(cohort), number(returned), node("span", "", meter, percent(rate))];
  };
  return table(["after", "came", "returned", "part"], [1, 7, 30].map(row));
}

$("sign-in").onsubmit = async (event) => {
  event.preventDefault();
  const identifier = $("email").value.trim();
  const password = $("password").value;
  if (!identifier || !password) return entry(say("fill"));
  const button = document.querySelector("#sign-in .main");
  button.disabled = true;
  try {
    keep((await post("/login", { identifier, password, device_id: device(), device_name: "Dasbor" })).tokens);
    await load();
  } catch (error) {
    entry(error instanceof Refused ? error.message : say("offline"));
  }
  button.disabled = false;
};

$("leave").onclick = () => leave("");

$("csv").onclick = async () => {
  try {
    const file = await (await get("/v1/admin/analytics/daily?format=csv&days=" + span)).blob();
    const link = node("a");
    link.href = URL.createObjectURL(file);
    link.download = "mamastoria-" + span + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    failed(error);
  }
};

document.querySelectorAll("button.language").forEach((each) => {
  each.onclick = () => {
    language = language === "id" ? "en" : "id";
    localStorage.setItem("mamastoria.language", language);
    words();
    $("wrong").hidden = true;
    if (shown) show();
  };
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && show());
setInterval(() => shown && document.visibilityState === "visible" && load(), 300000);

words();
if (session) load();
else entry();
