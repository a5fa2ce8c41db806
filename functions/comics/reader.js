const comic = document.querySelector("main").dataset.comic;
const panels = [...document.querySelectorAll(".panels img")];
let seen = 0;
const tell = (path, body) => fetch(`/v1/comics/${comic}/${path}`, {
  method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
  // An answer that no cache keeps is not over before it is read, and holds its connection.
  .then(answer => answer.text());
tell("track-read", {});
const watch = new IntersectionObserver(entries => entries.filter(each => each.isIntersecting)
  .forEach(each => { seen = Math.max(seen, panels.indexOf(each.target) + 1); }), { threshold: 0.5 });
panels.forEach(each => watch.observe(each));
document.addEventListener("visibilitychange", () => { if (document.hidden && seen) tell("track-read", { last_panel: seen }); });
const share = document.getElementById("share");
if (navigator.share) {
  share.hidden = false;
  share.onclick = () => navigator.share({ title: document.title, url: location.href }).then(() => tell("share", {})).catch(() => {});
}
const open = document.getElementById("open");
if (open && /Android/.test(navigator.userAgent)) open.hidden = false;
