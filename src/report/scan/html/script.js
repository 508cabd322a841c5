"use strict";
(() => {
// Sorts and filters the table of files; the page reads without it.

const $ = (id) => document.getElementById(id);
const table = $("files");
const words = $("words");
const state = $("state");

const cell = (row, column) => row.cells[column];
const value = (row, column) => Number(cell(row, column).dataset.v);
const text = (row, column) => cell(row, column).textContent.trim();

function sortBy(head, column) {
  const numeric = head.dataset.kind === "number";
  const before = head.getAttribute("aria-sort");
  const descending = before ? before === "ascending" : numeric;
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const body = table.tBodies[0];
  const compare = numeric
    ? (a, b) => value(a, column) - value(b, column)
    : (a, b) => text(a, column).localeCompare(text(b, column), "en", { numeric: true });
  const sorted = [...body.rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
  body.append(...sorted);
}

const keeps = {
  all: () => true,
  points: (row) => Number(row.dataset.points) > 0,
  copies: (row) => "group" in row.dataset,
  partial: (row) => row.dataset.state === "partial",
  unreadable: (row) => row.dataset.state === "unreadable",
};

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const content = row.textContent.toLowerCase();
    const keep = keeps[state.value](row) && wanted.every((word) => content.includes(word));
    row.hidden = !keep;
    shown += keep;
  }
  $("shown").textContent = `${shown} of ${table.tBodies[0].rows.length} files`;
}

if (table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortBy(head, column));
    head.replaceChildren(button);
  });
  words.addEventListener("input", filter);
  state.addEventListener("change", filter);
  filter();
}
for (const element of document.querySelectorAll(".js")) element.hidden = false;
})();
