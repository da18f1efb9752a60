// Drafts: what is typed into a form marked data-draft stays in this tab until the archive has taken it, through an expired
// session, an error or a lost connection. Personal numbers are left out; another person's drafts are thrown away.

const PREFIX = "draft:";
const person = document.body.dataset.person ?? ""; // empty on the pages of signing in
const trouble = document.querySelector(".error-page, #problems") !== null;
const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";

const key = (form) => `${PREFIX}${location.pathname}${location.search}:${form.dataset.draft}`;
const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const write = (name, draft) => sessionStorage.setItem(name, JSON.stringify(draft));
const ticks = (field) => field.type === "checkbox" || field.type === "radio";
const label = (field) => (ticks(field) ? `${field.name}=${field.value}` : field.name);

function fields(form) {
  return [...form.elements].filter((one) => one.name && !["hidden", "password", "file", "submit"].includes(one.type) && !("private" in one.dataset));
}

function changed(field) {
  if (ticks(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  // A time that was filled in with "now" belongs to what was typed beside it.
  return field.type === "datetime-local" || field.value !== field.defaultValue;
}

// The values kept of a form, by name.
export function kept(form) {
  return read(key(form))?.values ?? {};
}

// Fill a form with what was kept of it.
export function refill(form) {
  const values = kept(form);
  for (const field of fields(form)) {
    const value = values[label(field)];
    if (value === undefined) continue;
    if (ticks(field)) field.checked = value;
    else field.value = value;
  }
}

function tell(form) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "linklike", textContent: "不要了，重新填写" });
  drop.addEventListener("click", () => {
    sessionStorage.removeItem(key(form));
    location.reload();
  });
  notice.append("已恢复您上次没有提交的内容（证件号码、电话等不在浏览器保留，须重填）。", drop);
  form.before(notice);
}

// What was sent is forgotten on the next page, unless that page asks to sign in or tells of an error.
for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX))) {
  const draft = read(name);
  if (person && draft.person !== person) sessionStorage.removeItem(name);
  else if (draft.sent && (!person || trouble || cameBack)) write(name, { ...draft, sent: false });
  else if (draft.sent) sessionStorage.removeItem(name);
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  if (!trouble && read(key(form))) {
    refill(form);
    tell(form);
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(fields(form).filter(changed).map((one) => [label(one), ticks(one) ? one.checked : one.value]));
    write(key(form), { person, values });
  });
  form.addEventListener("submit", () => {
    const draft = read(key(form));
    if (draft) write(key(form), { ...draft, sent: true });
  });
}
