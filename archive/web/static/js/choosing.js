// Ticking rows for an act on many: "whole page" ticks them all, and the bar tells how many are chosen.

for (const form of document.querySelectorAll("form[data-choosing]")) {
  const rows = [...form.querySelectorAll('input[name="dossier"]')];
  const pages = [...form.querySelectorAll('input[name="page"]')];
  const everything = form.querySelector('input[name="everything"]');
  const count = form.querySelector("[data-count]");

  const tell = () => {
    const ticked = rows.filter((one) => one.checked).length;
    for (const box of pages) {
      box.checked = ticked === rows.length;
      box.indeterminate = ticked > 0 && ticked < rows.length;
    }
    count.textContent = everything?.checked ? everything.parentElement.textContent.trim() : ticked ? `已选 ${ticked} 件` : "";
  };
  form.addEventListener("change", (event) => {
    if (pages.includes(event.target)) for (const row of rows) row.checked = event.target.checked;
    if (event.target !== everything && everything) everything.checked = false;
    tell();
  });
  tell(); // the browser may have kept ticks over a reload
}
