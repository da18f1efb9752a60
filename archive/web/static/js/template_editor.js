// The template editor's comfort: chips that go where the caret is, blocks moved in place, the effect shown while typing.
// Without it the same form works by its buttons alone.
import { csrfToken } from "./anjuan.js";

const form = document.getElementById("template-form");
const list = document.getElementById("blocks");
const preview = document.getElementById("preview");
const status = document.getElementById("editor-status");
const search = document.getElementById("chip-search");
const chips = [...document.querySelectorAll(".chip")];
const PAUSE = 900; // milliseconds without a key before the effect is asked for

for (const one of document.querySelectorAll(".no-script")) one.remove();
for (const one of document.querySelectorAll(".with-script")) one.hidden = false;

let last = list.querySelector("textarea") ?? document.getElementById("f-title");
let dirty = false;
let waiting;
let asked = 0;

// Blocks

function renumber() {
  [...list.children].forEach((block, at) => {
    const number = at + 1;
    block.querySelector("[data-number]").textContent = number;
    const [select, area] = [block.querySelector("select"), block.querySelector("textarea")];
    select.id = `k-block-${number}`;
    area.id = `f-block-${number}`;
    const [kindLabel, textLabel] = block.querySelectorAll("label");
    kindLabel.htmlFor = select.id;
    kindLabel.textContent = `第 ${number} 块的种类`;
    textLabel.htmlFor = area.id;
    textLabel.textContent = `第 ${number} 块的内容`;
    for (const button of block.querySelectorAll("[data-do]")) {
      button.value = `${button.dataset.do}-${number}`;
      button.setAttribute("aria-label", { up: `第 ${number} 块上移`, down: `第 ${number} 块下移`, add: `在第 ${number} 块后加一块`, remove: `删除第 ${number} 块` }[button.dataset.do]);
    }
  });
}

function newBlock(kind, text) {
  const block = document.getElementById("block-template").content.firstElementChild.cloneNode(true);
  block.querySelector("select").value = kind;
  block.querySelector("textarea").value = text;
  return block;
}

function fit(area) {
  area.rows = 1;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

const DOINGS = {
  up: (block) => block.previousElementSibling?.before(block),
  down: (block) => block.nextElementSibling?.after(block),
  add: (block) => block.after(newBlock("p", "")),
  remove: (block) => list.children.length > 1 && block.remove(),
};

function act(doing, block) {
  const next = block.nextElementSibling ?? block.previousElementSibling;
  DOINGS[doing](block);
  renumber();
  changed();
  const target = { add: block.nextElementSibling, remove: next }[doing] ?? block;
  target?.querySelector("textarea")?.focus();
  status.textContent = { up: "已上移", down: "已下移", add: "已加一块", remove: "已删除" }[doing];
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.do === "preview") show();
  else act(button.dataset.do, button.closest("[data-block]"));
});

form.addEventListener("keydown", (event) => {
  const block = event.target.closest("[data-block]");
  if (!event.altKey || !block) return;
  const doing = { ArrowUp: "up", ArrowDown: "down", Enter: "add" }[event.key];
  if (!doing) return;
  event.preventDefault();
  act(doing, block);
});

// Fields

form.addEventListener("focusin", (event) => {
  if (event.target.matches(".takes-fields")) last = event.target;
});

function insert(text, caret = text.length) {
  const [start, end] = [last.selectionStart, last.selectionEnd];
  last.focus();
  last.setSelectionRange(start, end);
  // Through the browser's own editing, so that Ctrl+Z takes it back.
  if (!document.execCommand("insertText", false, text)) last.setRangeText(text, start, end, "end");
  last.setSelectionRange(start + caret, start + caret);
  changed();
}

function insertLoop(chip) {
  const columns = chip.dataset.columns.split(" ").filter(Boolean);
  const item = columns.length ? columns.map((name) => `{{ one.${name} }}`).join("，") : "{{ one | clause(loop.last) }}";
  const block = last.closest("[data-block]") ?? list.lastElementChild;
  const made = [newBlock("logic", `{% for one in ${chip.dataset.path} %}`), newBlock("p", `{{ loop.index }}.${item}`), newBlock("logic", "{% endfor %}")];
  block.after(...made);
  renumber();
  changed();
  last = made[1].querySelector("textarea");
  last.focus();
}

function take(chip) {
  const { path, sort } = chip.dataset;
  const mode = document.querySelector("[name=chip-mode]:checked").value;
  if (mode === "for" && (sort === "list" || sort === "table")) return insertLoop(chip);
  if (mode === "if" || sort === "flag") {
    const inner = last.value.slice(last.selectionStart, last.selectionEnd) || (sort === "text" ? `{{ ${path} }}` : "");
    const open = `{% if ${path} %}`;
    return insert(`${open}${inner}{% endif %}`, open.length + inner.length);
  }
  return insert(sort === "list" ? `{{ ${path} | join("、") }}` : sort === "table" ? `{{ ${path} | length }}` : `{{ ${path} }}`);
}

for (const chip of chips) chip.addEventListener("click", () => take(chip));

search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  for (const chip of chips) chip.parentElement.hidden = !`${chip.textContent} ${chip.dataset.path}`.toLowerCase().includes(wanted);
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    const first = chips.find((chip) => !chip.parentElement.hidden);
    if (first && search.value.trim()) take(first);
  }
  if (event.key === "Escape") last.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.altKey && event.key.toLowerCase() === "f") {
    event.preventDefault();
    search.focus();
    search.select();
  }
});

// The effect

function tell(problems) {
  for (const old of form.querySelectorAll(".field-error[data-live], .field-error[id^=e-]")) old.remove();
  for (const old of form.querySelectorAll(".block.field-bad")) old.classList.remove("field-bad");
  for (const one of problems) {
    const area = document.getElementById(`f-${one.field}`);
    const note = Object.assign(document.createElement("p"), { className: "field-error", textContent: one.sentence });
    note.dataset.live = "";
    (area ?? list).after(note);
    area?.closest(".block")?.classList.add("field-bad");
  }
}

async function show() {
  const mine = ++asked;
  status.textContent = "正在生成效果…";
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } });
    const found = await answer.json();
    if (mine !== asked) return;
    if (!answer.ok) throw new Error(found.detail ?? found.title);
    tell(found.problems);
    status.textContent = found.problems.length ? `有 ${found.problems.length} 处需要处理，效果暂停更新。` : "效果已更新。";
    if (found.pages.length === 0) return;
    preview.replaceChildren(
      ...found.pages.map((address, at) => Object.assign(document.createElement("img"), { className: "page-picture", src: address, alt: `示例数据生成的效果，第 ${at + 1} 页` })),
    );
  } catch (error) {
    if (mine === asked) status.textContent = `效果没有生成：${error.message || "网络不通"}。编辑不受影响。`;
  }
}

function changed() {
  dirty = true;
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE);
}

form.addEventListener("input", (event) => {
  if (event.target.matches("textarea")) fit(event.target);
  changed();
});
form.addEventListener("submit", () => (dirty = false));
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

for (const area of form.querySelectorAll("textarea")) fit(area);
if (!preview.querySelector("img")) show();
