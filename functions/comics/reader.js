const comic = document.querySelector("main").dataset.comic;
fetch(`/v1/comics/${comic}/track-read`, { method: "POST", keepalive: true });
const share = document.getElementById("share");
if (navigator.share) {
  share.hidden = false;
  share.onclick = () => navigator.share({ title: document.title, url: location.href })
    .then(() => fetch(`/v1/comics/${comic}/share`, { method: "POST" })).catch(() => {});
}
const open = document.getElementById("open");
if (open && /Android/.test(navigator.userAgent)) open.hidden = false;
