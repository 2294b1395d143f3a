// Saves the score sheet while one types, says how that stands, and shows what somebody else has saved in the same row. Without it one saves
// by the button; what is sound and whose a row is, the server says.
"use strict";
(() => {
  const PAUSE_MS = 2000; // after the last key: long enough to finish a number, short enough to lose nothing worth mentioning
  const ANSWER_MS = 25000; // the server gives up waiting for its services before
  const AGAIN_MS = [2000, 5000, 10000, 30000];
  const form = document.getElementById("sheet");
  const place = document.getElementById("saving");
  const words = form.dataset;
  const rows = new Map();
  for (const row of form.querySelectorAll("tr[data-item]")) {
    if (row.querySelector("input[name^='score:']")) rows.set(row.dataset.item, row);
  }
  const score = (row) => row.querySelector("input[name^='score:']");
  const reason = (row) => row.querySelector("textarea");
  const seen = (row) => row.querySelector("input[name^='seen:']");
  const chosen = (row) => row.querySelector("input[name^='choice:']:checked")?.value ?? "";
  const typed = (row) => `${score(row).value.trim()}|${reason(row).value.trim()}|${chosen(row)}`;

  const settled = new Map(); // by item: what stood in the row when it was last as the sheet holds it
  for (const [item, row] of rows) settled.set(item, `${seen(row).value}|`);
  const unsaved = () => [...rows].filter(([item, row]) => typed(row) !== settled.get(item)).map(([item]) => item);

  // items: rows that are named after the text, each a way to its score.
  const say = (text, tone = "", items = []) => {
    const links = items.map((item) => {
      const link = document.createElement("a");
      link.href = `#score-${item}`;
      link.textContent = item;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        rows.get(item).scrollIntoView({ block: "center" });
        score(rows.get(item)).focus({ preventScroll: true });
      });
      return link;
    });
    place.replaceChildren(text, ...links.flatMap((link, n) => [n ? ", " : " ", link]));
    place.className = `saving ${tone}`;
  };

  const contest = (row, theirs) => {
    const item = row.dataset.item;
    let block = row.querySelector(".contested");
    if (block && block.querySelector("[name^='theirs:']").value === theirs.mark) return;
    block?.remove();
    block = document.getElementById("contested").content.firstElementChild.cloneNode(true);
    for (const field of block.querySelectorAll("input")) field.name += item;
    block.querySelector("[name^='theirs:']").value = theirs.mark;
    block.querySelector("strong").textContent = theirs.score || "–";
    block.querySelector("label span").textContent = theirs.reason;
    row.querySelector("td.why").append(block);
  };

  // What the server says of a row, which may have been typed in since it was sent.
  const take = (row, told, sent) => {
    const untouched = typed(row) === sent;
    if (told.theirs) contest(row, told.theirs);
    else if (untouched) row.querySelector(".contested")?.remove();
    if (told.taken && untouched) {
      [score(row).value, reason(row).value] = told.taken;
      row.querySelector(".row-note").textContent = `↻ ${words.taken.replace("{score}", told.taken[0] || "–")}`;
    }
    row.classList.toggle("noted", Boolean(told.theirs || (told.taken && untouched)));
    if (told.seen !== null) {
      seen(row).value = told.seen;
      settled.set(row.dataset.item, untouched ? typed(row) : sent);
    }
    if (!untouched) return;
    row.querySelector(".row-error").textContent = told.words ? `! ${told.words}` : "";
    row.classList.toggle("wrong", Boolean(told.words && !told.theirs));
    score(row).toggleAttribute("aria-invalid", Boolean(told.words));
    if (told.words) score(row).setAttribute("aria-invalid", "true");
  };

  class Failed extends Error {
    constructor(message, again) {
      super(message);
      this.again = again;
    }
  }

  // Not crypto.randomUUID: that is missing where a site inside an agency is reached by plain http.
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const ask = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ANSWER_MS);
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        credentials: "same-origin",
        signal: stop.signal,
        headers: { Accept: "application/json", "Idempotency-Key": key() },
        body: new URLSearchParams(new FormData(form)),
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.status === 401 || (answer.status === 403 && !told.words)) throw new Failed(words.ended, false);
      if (answer.status >= 500 || answer.status === 429) throw new Failed(words.away, true);
      if (!answer.ok) throw new Failed(told.words || words.away, false);
      if (!told.rows) throw new Failed(words.away, true);
      return told;
    } catch (error) {
      throw error instanceof Failed ? error : new Failed(words.away, true);
    } finally {
      clearTimeout(timer);
    }
  };

  let timer = 0, failures = 0, last = "", underWay = null, leaving = false;

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  const saving = async () => {
    const sent = new Map([...rows].map(([item, row]) => [item, typed(row)]));
    say(words.saving);
    try {
      const told = await ask();
      failures = 0;
      for (const [item, row] of rows) if (told.rows[item]) take(row, told.rows[item], sent.get(item));
      form.dispatchEvent(new Event("taken"));
      last = words.saved.replace("{time}", told.at);
      const left = unsaved();
      const touched = left.some((item) => typed(rows.get(item)) !== sent.get(item));
      if (touched) say(`${last}. ${words.typing}`);
      else if (left.length) say(`${last}. ${words.waiting}`, "late", left);
      else say(last, "held");
      if (touched) later(PAUSE_MS);
    } catch (error) {
      say(`${words.failed} ${error.message}${error.again ? ` ${words.again}` : ""}`, "late");
      if (error.again) later(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]);
    }
  };

  const save = () => {
    clearTimeout(timer);
    if (underWay) return;
    if (!unsaved().length) {
      say(last, "held");
      return;
    }
    underWay = saving().finally(() => (underWay = null));
  };

  form.addEventListener("input", () => {
    if (!unsaved().length) return;
    if (!underWay) say(words.typing);
    later(PAUSE_MS);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    save();
  });
  window.addEventListener("online", save);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    // with rows left the sheet is not taken: the page that comes back says which, and nothing is asked before
    const asks = button?.dataset.confirm && !Number(words.left);
    if (asks && !leaving && !window.confirm(button.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    clearTimeout(timer);
    leaving = true;
    if (underWay) {
      // two savings at once would take each other for somebody else
      event.preventDefault();
      underWay.then(() => form.requestSubmit(button));
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved().length) event.preventDefault();
  });
})();
