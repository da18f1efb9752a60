// What every page shares: search by "/", table rows by keyboard, drafts, confirming dangerous acts.
import "./drafts.js";

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const box = document.getElementById("q");
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") moveRow(event);
});

// Arrow keys walk through the links of a list marked data-rows.
function moveRow(event) {
  const links = [...document.querySelectorAll("[data-rows] a.row-link")];
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  if (next < 0 || next >= links.length) return;
  event.preventDefault();
  links[next].focus();
}

// A form marked data-confirm wants the dossier's number typed before its button works.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  const wanted = form.dataset.confirm;
  const box = form.querySelector("[data-confirm-box]");
  const button = form.querySelector("[type=submit]");
  if (!box || !button) continue;
  const check = () => (button.disabled = box.value.trim() !== wanted);
  box.addEventListener("input", check);
  check();
}

// One click, one act: a button that was pressed rests until the answer comes.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    setTimeout(() => (button.disabled = true), 0);
    setTimeout(() => (button.disabled = false), 8000);
  }
});

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A button that copies the text before it. The clipboard's own interface is there over https only; selecting and copying
// works wherever the archive is served.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(button.previousElementSibling);
    const word = button.textContent;
    button.textContent = document.execCommand("copy") ? "已复制" : "已选中，请按 Ctrl+C";
    setTimeout(() => (button.textContent = word), 1500);
  });
}

// Search boxes suggest how to go on; without this script, or without an answer, they are plain boxes.
const suggestions = document.getElementById("suggestions");
for (const box of document.querySelectorAll('input[list="suggestions"]')) {
  let waiting;
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.inputType === undefined || event.isComposing || box.value.trim().length < 2) return; // one was chosen
    waiting = setTimeout(async () => {
      const answer = await fetch(`/api/v1/search/suggestions?q=${encodeURIComponent(box.value.slice(0, 200))}`).catch(() => null);
      if (answer?.ok) suggestions.replaceChildren(...(await answer.json()).map((value) => Object.assign(document.createElement("option"), { value })));
    }, 250);
  });
}

// A text too long is told, not silently cut as `maxlength` would.
for (const box of document.querySelectorAll("input[data-most]")) {
  const check = () => {
    const over = box.value.length - Number(box.dataset.most);
    box.setCustomValidity(over > 0 ? `最多 ${box.dataset.most} 个字，请删去 ${over} 个字：取其中有特征的一两句即可。` : "");
  };
  box.addEventListener("input", check);
  check();
}

document.getElementById("problems")?.focus();
