// Registering: hints of duplicates while typing, names of institutions, more parties. All pages: printing.

import { csrfToken } from "./anjuan.js";
import { kept, refill } from "./drafts.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

function later(milliseconds, work) {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, milliseconds);
  };
}

// Institutions: the list under the field follows what is typed.
for (const box of document.querySelectorAll('input[list="institutions"]')) {
  const list = document.getElementById("institutions");
  box.addEventListener(
    "input",
    later(250, async () => {
      if (box.value.trim().length < 2) return;
      const answer = await fetch(`/api/v1/institutions?q=${encodeURIComponent(box.value.trim())}`);
      if (!answer.ok) return;
      list.replaceChildren(
        ...(await answer.json()).map((one) => Object.assign(document.createElement("option"), { value: one.name })),
      );
    }),
  );
}

const form = document.querySelector("form[data-complaint]");

// One more party without a round trip; without this script the button asks the server.
function addParty() {
  const parties = form.querySelector("[data-parties]");
  const index = parties.querySelectorAll("[data-party]").length;
  const copy = form.querySelector("[data-party-template]").content.cloneNode(true);
  for (const node of copy.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value?.includes("INDEX")) node.setAttribute(name, value.replace("INDEX", index));
    }
  }
  copy.querySelector("[data-party-number]").textContent = index + 1;
  parties.append(copy);
  return parties.lastElementChild;
}

form?.querySelector("[data-more]")?.addEventListener("click", (event) => {
  event.preventDefault();
  addParty().querySelector("input:not([type=hidden])").focus();
});

// A draft with more parties than the page came with. After an error the page has them all.
if (form && !document.getElementById("problems")) {
  const serials = Object.keys(kept(form)).map((name) => Number(/^parties\.(\d+)\./.exec(name)?.[1] ?? -1));
  const missing = Math.max(-1, ...serials) + 1 - form.querySelectorAll("[data-party]").length;
  for (let n = 0; n < missing; n++) addParty();
  if (missing > 0) refill(form);
}

function typed(names) {
  return names.flatMap((name) => [...form.querySelectorAll(`[name$=".${name}"]`)].map((f) => f.value.trim())).filter(Boolean);
}

// What was asked last, and what its numbers led to: each look for numbers is counted and leaves a trace.
let asked = "";
let lookedUp = "";
let byNumber = [];

async function hint() {
  const one = (name) => form.elements[name]?.value.trim() ?? "";
  const account = one("account");
  const clues = {
    names: typed(["name"]),
    // No more at once: see MOST_NUMBERS.
    numbers: [...typed(["id_number", "phone"]), ...(account ? [account] : [])].slice(-6),
    institution: one("respondent"),
    contract_no: one("contract_no"),
    amount: /^[\d,.]*$/.test(one("amount")) ? one("amount") : "",
  };
  if (JSON.stringify(clues) === asked) return;
  asked = JSON.stringify(clues);
  if (clues.names.length + clues.numbers.length === 0 && !clues.contract_no) return show([]);
  const numbers = JSON.stringify(clues.numbers);
  const anew = numbers !== lookedUp;
  const answer = await fetch("/api/v1/dossiers/duplicates", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(anew ? clues : { ...clues, numbers: [] }),
  });
  if (!answer.ok) return;
  const found = await answer.json();
  if (anew) {
    lookedUp = numbers;
    byNumber = found.filter((one) => one.signs.includes("number"));
  }
  const known = new Set(byNumber.map((one) => one.line.number));
  show([...byNumber, ...found.filter((one) => !known.has(one.line.number))]);
}

function show(hints) {
  const other = hints.filter((one) => one.line.number !== form.dataset.besides);
  document.querySelector("[data-no-hints]").hidden = other.length > 0;
  document.querySelector("[data-hints]").replaceChildren(
    ...other.map(({ line, words }) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), {
        href: `/dossiers/${encodeURIComponent(line.number)}`,
        textContent: line.number,
        target: "_blank",
      });
      const why = Object.assign(document.createElement("div"), { className: "muted", textContent: words.join("、") });
      item.append(link, ` ${line.title}`, why);
      return item;
    }),
  );
}

if (form) {
  const look = later(500, hint);
  form.addEventListener("input", look);
  look();
}

// Of the fields that kinds of complaints add only those of the chosen kind are shown; without this script all are.
for (const group of document.querySelectorAll("[data-kinds]")) {
  const choice = group.querySelector("select[name=kind]");
  const follow = () => {
    for (const part of group.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== choice.value;
  };
  choice.addEventListener("change", follow);
  follow();
}
