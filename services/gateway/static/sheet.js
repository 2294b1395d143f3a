// The score sheet: running totals, words at a row that is off, the keyboard. The page works without it; the service has the last word.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  const rows = [...form.querySelectorAll("tr[data-item]")];
  const filled = rows.filter((row) => row.querySelector("input[name^='score:']"));
  if (!filled.length) return;
  const PLACES = 12n, UNIT = 10n ** PLACES;

  // Scores are counted in whole billionths with BigInt: a float would show 0,30000000000000004.
  const exact = (text) => {
    const [whole, fraction = ""] = text.split(".");
    return BigInt(whole) * UNIT + BigInt((fraction + "0".repeat(Number(PLACES))).slice(0, Number(PLACES)));
  };
  const shown = (value) => {
    const size = value < 0n ? -value : value;
    const fraction = String(size % UNIT).padStart(Number(PLACES), "0").replace(/0+$/, "");
    return (value < 0n ? "−" : "") + size / UNIT + (fraction ? "," + fraction : "");
  };
  const comma = (text) => text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(".", ",");

  // "" for an empty field, null for what is no number; the same rule as the server's.
  const read = (typed) => {
    const text = typed.replace(/\s/g, "");
    if (!text) return "";
    if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text) || !/^\d{1,9}([.,]\d{1,9})?$/.test(text)) return null;
    return text.replace(",", ".");
  };

  const fields = (row) => [row.querySelector("input[name^='score:']"), row.querySelector("textarea")];
  // a row that is not filled here, as after a return, counts with what it holds
  const points = (row) => (fields(row)[0] ? read(fields(row)[0].value) : row.dataset.score);

  const fault = (row, value, reason) => {
    const { maximum, places, baseline } = row.dataset;
    if (value === null) return form.dataset.unclear;
    if (value === "") return "";
    if (exact(value) > exact(maximum)) return `${form.dataset.over} ${comma(maximum)}.`;
    if ((value.split(".")[1] || "").replace(/0+$/, "").length > Number(places)) return `${form.dataset.places} ${places}.`;
    if (baseline && exact(value) !== exact(baseline) && !reason.trim()) return form.dataset.reason;
    return "";
  };

  const judge = (row) => {
    const [score, reason] = fields(row);
    const words = fault(row, read(score.value), reason.value);
    document.getElementById(`error-${row.dataset.item}`).textContent = words ? `! ${words}` : "";
    row.classList.toggle("wrong", Boolean(words));
    score.toggleAttribute("aria-invalid", Boolean(words));
    if (words) score.setAttribute("aria-invalid", "true");
  };

  const add = () => {
    const sums = { content: 0n, bonus: 0n, penalty: 0n }, groups = {};
    let blank = 0;
    for (const row of rows) {
      const { kind, group, weight, baseline } = row.dataset;
      const value = points(row);
      groups[group] ??= 0n;
      if (value === "" && kind === "content" && !baseline && fields(row)[0]) blank += 1;
      if (!value || !(kind in sums)) continue;
      const worth = (exact(value) * exact(weight)) / UNIT;
      sums[kind] += worth;
      groups[group] += kind === "penalty" ? -worth : worth;
    }
    for (const place of form.querySelectorAll("[data-group-sum]")) {
      if (place.dataset.groupSum in groups) place.textContent = shown(groups[place.dataset.groupSum]);
    }
    const total = sums.content + sums.bonus - sums.penalty;
    const all = { content: sums.content, bonus: sums.bonus, penalty: -sums.penalty, total };
    for (const place of form.querySelectorAll("[data-sum]")) place.textContent = shown(all[place.dataset.sum]);
    form.querySelector("[data-total]").textContent = shown(total);
    form.dataset.left = blank;
    document.getElementById("blank").textContent = blank ? form.dataset.blank.replace("{n}", blank) : form.dataset.whole;
  };

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-item]");
    if (row && row.classList.contains("wrong")) judge(row);
    add();
  });
  form.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr[data-item]");
    // the reason comes after the score: a row is judged when the eye has left it
    if (row && filled.includes(row) && !row.contains(event.relatedTarget)) judge(row);
  });

  // Enter and the arrows go from score to score, as in a spreadsheet; Enter never hands the sheet in by accident
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  form.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || !event.target.matches("input[name^='score:']") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.key === "Enter" && event.shiftKey ? -1 : STEPS[event.key];
    const next = filled[filled.indexOf(event.target.closest("tr[data-item]")) + step];
    if (!next) return;
    fields(next)[0].focus();
    fields(next)[0].select();
  });
  for (const place of document.querySelectorAll(".keys")) place.hidden = false;

  const take = document.getElementById("take-earlier");
  if (take) {
    take.hidden = false;
    take.addEventListener("click", () => {
      for (const row of filled) {
        const [score] = fields(row);
        if (!score.value.trim() && row.dataset.baseline) score.value = comma(row.dataset.baseline);
        judge(row);
      }
      form.dispatchEvent(new Event("input"));
    });
  }
  // "taken": the script that saves has put into fields what somebody else has saved
  form.addEventListener("taken", add);
  if (form.dataset.changed) {
    // shown again with what was typed: the sums of the page are still those of what is saved
    add();
  }
})();
