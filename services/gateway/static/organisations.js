// Fields in which an organisation is typed: what is found is offered while one types. They work without it, by name, code or key.
"use strict";
(() => {
  const PAUSE_MS = 200;
  for (const field of document.querySelectorAll("input[data-search]")) {
    const offered = document.getElementById(field.getAttribute("list"));
    let waiting = 0, asked = "";
    const ask = async () => {
      const text = field.value.trim();
      if (text.length < 2 || text === asked) return;
      asked = text;
      const answer = await fetch(field.dataset.search + "?q=" + encodeURIComponent(text), { credentials: "same-origin" });
      if (!answer.ok || asked !== text) return;
      const options = (await answer.json()).map(([key, words]) => {
        const option = document.createElement("option");
        option.value = key;
        option.textContent = words;
        return option;
      });
      offered.replaceChildren(...options);
    };
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => ask().catch(() => {}), PAUSE_MS);
    });
  }
})();
