// The 卷内目录: its order, by dragging a row or with Alt and the arrow keys.

const table = document.querySelector("[data-contents]");

function move(row, after) {
  const form = row.querySelector(".order form");
  const wanted = document.createElement("input");
  wanted.type = "hidden";
  wanted.name = "after";
  wanted.value = after;
  form.append(wanted);
  form.submit();
}

if (table) {
  const item = (row) => Number(row.dataset.item);
  let dragged = null;
  for (const row of table.tBodies[0].rows) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.item);
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      for (const other of table.querySelectorAll(".drop-before, .drop-after")) other.classList.remove("drop-before", "drop-after");
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      row.classList.toggle("drop-before", item(row) < item(dragged));
      row.classList.toggle("drop-after", item(row) > item(dragged));
    });
    row.addEventListener("dragleave", () => row.classList.remove("drop-before", "drop-after"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (dragged && dragged !== row) move(dragged, item(row) < item(dragged) ? item(row) - 1 : item(row));
    });
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      const button = row.querySelectorAll(".order button")[event.key === "ArrowUp" ? 0 : 1];
      if (!button.disabled) button.click();
    });
  }
  // Where a moved row landed, the keyboard goes on; after the browser itself went to the fragment, which takes the focus.
  if (location.hash.startsWith("#d-")) {
    const link = document.getElementById(location.hash.slice(1))?.querySelector("a.row-link");
    window.addEventListener("load", () => setTimeout(() => link?.focus(), 0));
  }
}
