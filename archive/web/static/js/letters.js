// Letters: rows of tables, and the pages of the letter as they will look, drawn again a moment after typing stops.

import { csrfToken } from "./anjuan.js";

const form = document.querySelector("form[data-letter]");
const paper = document.querySelector("[data-preview]");
const state = document.querySelector("[data-preview-state]");

let asked = 0;

async function draw(request) {
  const mine = ++asked;
  const section = paper.closest(".paper");
  section.dataset.stale = "";
  if (state) state.textContent = "正在排版……";
  try {
    const answer = await request();
    const html = await answer.text();
    if (mine !== asked) return; // typed on meanwhile: a later answer counts
    if (!answer.ok && answer.status !== 503) throw new Error(String(answer.status));
    paper.innerHTML = html;
    if (state) state.textContent = "";
  } catch {
    if (mine === asked && state) state.textContent = "预览暂时没有更新，内容不受影响。";
  } finally {
    if (mine === asked) delete section.dataset.stale;
  }
}

const saved = () => fetch(paper.dataset.preview, { headers: { Accept: "text/html" } });
const typed = () =>
  fetch(form.dataset.letter, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrfToken() } });

if (paper) draw(saved);

if (form && paper) {
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => draw(typed), 800);
  };
  form.addEventListener("input", later);
  form.addEventListener("rows", later);
}

// A link to a fault opens the part of the form it lies in.
for (const link of document.querySelectorAll('a[href^="#f-"]')) {
  link.addEventListener("click", () => {
    document.getElementById(link.hash.slice(1))?.closest("details.group")?.setAttribute("open", "");
  });
}

for (const rows of document.querySelectorAll("[data-rows-of]")) {
  const template = rows.querySelector("template");
  const add = rows.querySelector("[data-add]");
  add.hidden = false;
  let next = rows.querySelectorAll(":scope > [data-row]").length;
  const removable = (row) => {
    const button = row.querySelector("[data-remove]");
    button.hidden = false;
    button.addEventListener("click", () => {
      row.remove();
      rows.dispatchEvent(new Event("rows", { bubbles: true }));
    });
  };
  rows.querySelectorAll(":scope > [data-row]").forEach(removable);
  add.addEventListener("click", () => {
    const copy = template.content.cloneNode(true);
    for (const node of copy.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value?.includes("INDEX")) node.setAttribute(name, value.replace("INDEX", next));
      }
    }
    next += 1;
    const row = copy.querySelector("[data-row]");
    template.before(copy);
    removable(row);
    row.querySelector("input, textarea, select").focus();
  });
}
