// Watches what the worker does for somebody, an evidence pack or holds on many dossiers; at its end the page is read anew.
const card = document.querySelector("[data-pack]");

function sized(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1024 && at < 3) {
    bytes /= 1024;
    at += 1;
  }
  return `${bytes.toFixed(at ? 1 : 0)} ${units[at]}`;
}

async function look() {
  const answer = await fetch(card.dataset.pack, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) {
    const pack = await answer.json();
    if (pack.ended_at || (pack.state && pack.state !== "waiting" && pack.state !== "gathering")) {
      location.reload();
      return;
    }
    card.querySelector("progress").value = pack.looked ?? pack.done;
    card.querySelector("[data-pack-text]").textContent =
      pack.looked === undefined ? `已收集 ${sized(pack.done)} ／ ${sized(pack.total)}` : `${pack.looked} ／ ${pack.total} 件`;
  }
  setTimeout(look, 2000);
}

if (card) setTimeout(look, 1000);
