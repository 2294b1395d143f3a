// The next place is asked for when it is to be shown, and put in place of the last, so that the screen stays full. Without this script
// the links do the same, each a page of its own.
"use strict";
const stage = () => document.getElementById("stage");
let busy = false;

async function go(link) {
  if (busy || !link) return;
  busy = true;
  try {
    const answer = await fetch(link.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("stage");
    if (!answer.ok || !next) {
      location.href = link.href;
      return;
    }
    stage().replaceWith(next);
    history.replaceState(null, "", link.href);
    next.focus();
  } catch {
    location.href = link.href;
  } finally {
    busy = false;
  }
}

const onward = () => go(document.querySelector("#stage a[rel=next]"));
const back = () => go(document.querySelector("#stage a[rel=prev]"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input")) return;
  // what has the focus takes these keys itself
  if ((event.key === "Enter" || event.key === " ") && event.target.closest("a, button")) return;
  const does = { " ": onward, Enter: onward, ArrowRight: onward, PageDown: onward, ArrowLeft: back, PageUp: back, f: full }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#stage a[rel]");
  if (link) {
    event.preventDefault();
    go(link);
  } else if (event.target.closest("[data-full]")) {
    full();
  } else if (!event.target.closest("a, button, form")) {
    onward();
  }
});

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
}
