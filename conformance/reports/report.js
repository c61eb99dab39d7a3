// The filter of the HTML report, and closed parts that open to be printed. All
// of the report can be read without it.
"use strict";
(() => {
  const form = document.querySelector("form.filter");
  const rows = [...document.querySelectorAll("tr[data-case]")];
  const articles = [...document.querySelectorAll("article[data-case]")];
  const texts = new Map(
      rows.map((row) => [row, row.textContent.toLowerCase()]));

  const apply = () => {
    const words =
        form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(
        [...form.querySelectorAll("input[type=checkbox]:checked")].map(
            (box) => box.value));
    const shown = new Set();
    for (const row of rows) {
      const wanted = verdicts.has(row.dataset.verdict) &&
          words.every((word) => texts.get(row).includes(word));
      row.hidden = !wanted;
      if (wanted) shown.add(row.dataset.case);
    }
    for (const article of articles) {
      article.hidden = !shown.has(article.dataset.case);
    }
    form.querySelector("output").textContent =
        shown.size === rows.length ? "" : `${shown.size} of ${rows.length} cases`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
})();
