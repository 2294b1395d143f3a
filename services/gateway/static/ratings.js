// The grid of ratings: points, grades and what is left of the quotas while one types. The page works without it; the service has the last word.
"use strict";
(() => {
  const form = document.getElementById("ratings");
  const scheme = JSON.parse(form.dataset.scheme);
  const rows = [...form.querySelectorAll("tr[data-subject]")];

  // Exact fractions of whole numbers: with floats a total could fall on the wrong side of a boundary.
  const of = (n, d = 1n) => ({ n, d });
  const plus = (a, b) => of(a.n * b.d + b.n * a.d, a.d * b.d);
  const minus = (a, b) => of(a.n * b.d - b.n * a.d, a.d * b.d);
  const times = (a, b) => of(a.n * b.n, a.d * b.d);
  const over = (a, b) => of(a.n * b.d, a.d * b.n);
  const less = (a, b) => a.n * b.d < b.n * a.d;
  const ZERO = of(0n), ONE = of(1n), HUNDRED = of(100n);
  const exact = (text) => {
    const [whole, fraction = ""] = text.split(".");
    return of(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  };
  const rounded = (value, { places, mode }) => {
    const unit = 10n ** BigInt(places);
    const scaled = value.n * unit;
    const half = mode === "half_up" ? value.d : 0n;
    return of((2n * scaled + half) / (2n * value.d), unit);
  };
  const shown = (value) => {
    const cut = (value.n * 100n) / value.d;
    const fraction = String(cut % 100n).padStart(2, "0").replace(/0+$/, "");
    return cut / 100n + (fraction ? "," + fraction : "");
  };

  // "" for an empty field, null for what is no number; the same rule as the server's.
  const read = (typed) => {
    const text = typed.replace(/\s/g, "");
    if (!text) return "";
    if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text) || !/^\d{1,9}([.,]\d{1,9})?$/.test(text)) return null;
    return text.replace(",", ".");
  };

  const field = (row, name) => row.querySelector(`[name^='${name}:']`);
  const figuresOf = (row, leads) => {
    const found = {};
    for (const figure of scheme.figures) {
      if (figure.leaders && !leads) continue;
      const typed = read(row.querySelector(`[data-figure='${figure.key}']`).value);
      const value = typed === "" ? figure.default : typed;
      if (value === null || value === undefined) return null;
      found[figure.key] = exact(value);
    }
    return found;
  };

  const share = (part, figures) => {
    let counted = figures[part.of];
    if (part.loss) counted = minus(counted, times(over(exact(part.loss_percent), HUNDRED), figures[part.loss]));
    const whole = part.over ? figures[part.over] : exact(part.out_of);
    if (whole.n === 0n) return null;
    let found = over(counted, whole);
    if (less(found, ZERO)) found = ZERO;
    if (less(ONE, found)) found = ONE;
    if (!part.steps.length) return found;
    const step = part.steps.find((one) => !less(times(found, HUNDRED), exact(one.at_least)));
    return over(exact(step.points), exact(part.steps[0].points));
  };

  const place = (grade) => scheme.grades.findIndex((one) => one.key === grade);
  const result = (row) => {
    const leads = field(row, "leads").checked;
    const figures = figuresOf(row, leads);
    if (!figures || field(row, "unrated").value.trim()) return null;
    let total = ZERO;
    for (const group of scheme.groups) {
      let sum = ZERO, weights = ZERO;
      for (const part of group.parts.filter((one) => leads || !one.leaders)) {
        const found = share(part, figures);
        if (!found) return null;
        sum = plus(sum, times(exact(part.weight), found));
        weights = plus(weights, exact(part.weight));
      }
      const points = times(exact(group.maximum), over(sum, weights));
      total = group.kind === "penalty" ? minus(total, points) : plus(total, points);
    }
    total = rounded(less(total, ZERO) ? ZERO : total, scheme.rounding);
    let grade = scheme.grades.findIndex((one) => !less(total, exact(one.at_least)));
    for (const ceiling of scheme.ceilings) {
      const reached = figures[ceiling.figure] && !less(figures[ceiling.figure], exact(ceiling.at_least));
      if (reached && (leads || !ceiling.leaders)) grade = Math.max(grade, place(ceiling.highest));
    }
    for (const fact of row.querySelectorAll("[data-fact]:checked")) {
      grade = Math.max(grade, place(scheme.disqualifiers.find((one) => one.key === fact.value).gives));
    }
    return { total, grade: field(row, "decided").value || scheme.grades[grade].key, group: field(row, "group").value.trim() };
  };

  const allowed = (percent, base, rounding) => {
    const head = times(exact(percent), of(BigInt(base), 100n));
    const whole = Number(head.n / head.d);
    if (rounding === "half_up") return Number((2n * head.n + head.d) / (2n * head.d));
    if (rounding === "ceiling") return Number((head.n + head.d - 1n) / head.d);
    return rounding === "min_one" ? Math.max(whole, Math.min(base, 1)) : whole;
  };
  const words = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // a table of hundreds of rows is laid out anew whenever a text in it is set, even to what it was
  const put = (place, text) => {
    if (place.textContent !== text) place.textContent = text;
  };

  const held = new Map();
  const judge = (row) => {
    const found = result(row);
    held.set(row, found);
    put(row.querySelector("[data-points]"), found ? shown(found.total) : "–");
    row.querySelector("[data-points]").removeAttribute("title");
    put(row.querySelector("[data-given]"), found ? found.grade : field(row, "unrated").value.trim() ? form.dataset.unrated : "–");
  };
  const add = () => {
    const graded = [...held.values()].filter(Boolean);
    put(document.getElementById("entered"), String(rows.filter((row) => held.get(row) || field(row, "unrated").value.trim()).length));
    for (const count of document.querySelectorAll("#counts [data-grade]")) {
      put(count, `${count.dataset.grade}: ${graded.filter((one) => one.grade === count.dataset.grade).length}`);
    }
    for (const line of document.querySelectorAll("#quotas [data-group='']")) {
      const quota = scheme.quotas.find((one) => one.key === line.dataset.quota);
      for (const group of quota.within.includes("group") ? new Set(graded.map((one) => one.group)) : []) {
        const lines = [...document.querySelectorAll(`#quotas [data-quota='${quota.key}']`)];
        if (lines.some((one) => one.dataset.group === group)) continue;
        const more = line.cloneNode(true);
        more.dataset.group = group;
        lines.at(-1).after(more);
      }
    }
    for (const line of document.querySelectorAll("#quotas [data-quota]")) {
      const quota = scheme.quotas.find((one) => one.key === line.dataset.quota);
      const among = line.dataset.group ? graded.filter((one) => one.group === line.dataset.group) : graded;
      const used = among.filter((one) => one.grade === quota.grade).length;
      const base = among.filter((one) => quota.of.includes(one.grade)).length;
      const most = allowed(quota.percent, base, quota.rounding);
      const values = {
        grade: quota.grade, group: line.dataset.group || form.dataset.whole, used, base, allowed: most, left: most - used,
        percent: shown(exact(quota.percent)), exact: shown(times(exact(quota.percent), of(BigInt(base), 100n))),
        rounding: form.getAttribute(`data-rounding-${quota.rounding.replace("_", "-")}`),
      };
      const tag = line.querySelector(".tag");
      put(tag, words(values.left < 0 ? form.dataset.beyond : form.dataset.left, { ...values, over: -values.left }));
      tag.className = values.left < 0 ? "tag warn" : "tag good";
      put(line.querySelector(".arithmetic"), words(form.dataset.quota, values));
    }
  };

  // nothing is saved before the button is pressed: whoever leaves with something typed is asked
  let typed = Boolean(form.querySelector("tr.wrong"));
  form.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    typed = true;
    const row = event.target.closest("tr[data-subject]");
    if (!row) return;
    judge(row);
    add();
  });
  // Enter and the arrows go down the column, as in a spreadsheet; Enter never sends the form by accident
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  form.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || !event.target.matches("[data-figure]") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.key === "Enter" && event.shiftKey ? -1 : STEPS[event.key];
    const next = rows[rows.indexOf(event.target.closest("tr[data-subject]")) + step];
    next?.querySelector(`[data-figure='${event.target.dataset.figure}']`).focus();
  });
  rows.forEach(judge);
  add();
})();
