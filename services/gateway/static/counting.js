// Says while one types how many letters a text still needs. The page works without it; the service has the last word.
"use strict";
for (const place of document.querySelectorAll("[data-counts]")) {
  const field = document.getElementById(place.dataset.counts);
  const count = () => {
    const left = Number(place.dataset.least) - [...field.value.trim()].length;
    place.textContent = left > 0 ? place.dataset.left.replace("{n}", left) : place.dataset.enough;
    place.classList.toggle("late", left > 0);
  };
  field.addEventListener("input", count);
  count();
}
