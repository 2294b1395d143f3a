// The rubric editor: running sums against what is declared, and a warning before leaving. The page works without it; the service has the last word.
"use strict";
(() => {
  const form = document.getElementById("rubric");
  const PLACES = 12n, UNIT = 10n ** PLACES;

  // Points are counted in whole units of the twelfth decimal with BigInt: a float would show 30,499999999999996.
  const exact = (typed) => {
    const text = typed.replace(/\s/g, "");
    if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text) || !/^\d{1,9}([.,]\d{1,9})?$/.test(text)) return null;
    const [whole, fraction = ""] = text.split(/[.,]/);
    return BigInt(whole) * UNIT + BigInt((fraction + "0".repeat(Number(PLACES))).slice(0, Number(PLACES)));
  };
  const shown = (value) => {
    const size = value < 0n ? -value : value;
    const fraction = String(size % UNIT).padStart(Number(PLACES), "0").replace(/0+$/, "");
    return (value < 0n ? "−" : "") + size / UNIT + (fraction ? "," + fraction : "");
  };

  const field = (row, name) => row.querySelector(`[name$=".${name}"]`);
  const points = (row, name, otherwise) => {
    const typed = field(row, name).value.trim();
    return typed ? exact(typed) ?? 0n : otherwise;
  };

  const say = (place, sum, declared) => {
    const off = declared === null ? 0n : sum - declared;
    place.textContent = `${form.dataset.sum} ${shown(sum)}` + (off ? ` (${form.dataset.off} ${off > 0n ? "+" : ""}${shown(off)})` : "");
    place.classList.toggle("late", off !== 0n);
  };

  const add = () => {
    const caps = {};
    for (const row of form.querySelectorAll("tr[data-row=cap]")) caps[field(row, "over").value] = points(row, "maximum", null);
    let whole = 0n;
    for (const body of form.querySelectorAll("tbody[data-group]")) {
      const [head, ...rows] = body.querySelectorAll("tr[data-row]");
      let sum = 0n;
      for (const row of rows) {
        if (!["content", "bonus"].includes(field(row, "kind").value)) continue;
        sum += (points(row, "maximum", 0n) * points(row, "weight", UNIT)) / UNIT;
      }
      const cap = caps[`group:${field(head, "key").value.trim()}`] ?? null;
      if (cap !== null && cap < sum) sum = cap;
      const declared = points(head, "maximum", null);
      say(head.querySelector("output"), sum, declared);
      if (!field(head, "beyond_scale").checked) whole += declared ?? 0n;
    }
    const scale = form.querySelector("[name='r.scale']").value.trim();
    say(document.getElementById("whole"), whole, scale ? exact(scale) : null);
  };

  let unsaved = Boolean(form.dataset.changed);
  form.addEventListener("input", () => {
    add();
    unsaved = true;
    document.getElementById("unsaved").textContent = form.dataset.unsaved;
  });
  form.addEventListener("keydown", (event) => {
    // Enter in a field saves nothing by accident
    if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.dataset.confirm && !window.confirm(event.submitter.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  add();
})();
