// The viewer: page keys, zoom, thumbnails, the text of the page in view. Without it pages, links and anchors still work.

const viewer = document.querySelector("[data-viewer]");
const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

function typing(target) {
  return target.closest("input, textarea, select, audio, video, [contenteditable]") !== null;
}

class Pages {
  constructor(root) {
    this.root = root;
    this.scroller = root.querySelector("[data-pages]");
    this.figures = new Map([...root.querySelectorAll("[data-no]")].map((figure) => [Number(figure.dataset.no), figure]));
    this.thumbs = new Map([...root.querySelectorAll("[data-thumb]")].map((thumb) => [Number(thumb.dataset.thumb), thumb]));
    this.jump = root.querySelector("[data-jump]");
    this.total = Number(root.dataset.total);
    this.page = Number(root.dataset.page);
    this.zoom = STEPS.indexOf(1);
    this.pane = root.querySelector("[data-text-pane]");
    this.toggle = root.querySelector("[data-toggle-text]");
    for (const button of root.querySelectorAll("[data-go]")) button.addEventListener("click", () => this.go(this.page + Number(button.dataset.go)));
    for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.scale(this.zoom + Number(button.dataset.zoom)));
    this.jump.addEventListener("change", () => this.go(Number(this.jump.value)));
    this.toggle?.addEventListener("click", (event) => {
      event.preventDefault();
      this.showText(this.pane.hidden);
    });
    for (const [no, thumb] of this.thumbs) {
      thumb.addEventListener("click", (event) => {
        event.preventDefault();
        this.go(no);
      });
    }
    window.addEventListener("hashchange", () => this.fromHash());
    document.addEventListener("keydown", (event) => this.key(event));
    this.watch();
    if (!this.fromHash() && this.page > 1) this.go(this.page);
  }

  // The page that takes up most of the view is the current one.
  watch() {
    const shares = new Map();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) shares.set(Number(entry.target.dataset.no), entry.intersectionRect.height);
        const [no, share] = [...shares].reduce((best, one) => (one[1] > best[1] ? one : best));
        if (share > 0 && !this.moving) this.note(no);
      },
      { root: this.scroller, threshold: [0, 0.25, 0.5, 0.75, 1] },
    );
    for (const figure of this.figures.values()) observer.observe(figure);
  }

  fromHash() {
    const found = /^#page=(\d+)$/.exec(location.hash);
    if (found) this.go(Number(found[1]));
    return Boolean(found);
  }

  go(no) {
    const page = Math.min(Math.max(no || 1, 1), this.total);
    const figure = this.figures.get(page);
    if (!figure) {
      // In another part of a long document.
      const url = new URL(location.href);
      url.searchParams.set("page", page);
      url.hash = `page=${page}`;
      location.assign(url);
      return;
    }
    this.moving = true;
    const mark = figure.querySelector(".viewer-marks rect");
    const top = figure.offsetTop - 8;
    const inside = mark && no === Number(this.root.dataset.page) ? Math.max(0, Number(mark.getAttribute("y")) * figure.offsetHeight - 120) : 0;
    this.scroller.scrollTo({ top: top + inside });
    this.note(page);
    setTimeout(() => (this.moving = false), 200);
  }

  note(no) {
    if (no === this.page && this.noted) return;
    this.noted = true;
    this.page = no;
    this.jump.value = no;
    for (const [other, thumb] of this.thumbs) {
      if (other === no) thumb.setAttribute("aria-current", "page");
      else thumb.removeAttribute("aria-current");
    }
    this.thumbs.get(no)?.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", `#page=${no}`);
    if (this.pane && !this.pane.hidden) this.loadText();
  }

  scale(step) {
    this.zoom = Math.min(Math.max(step, 0), STEPS.length - 1);
    const zoom = STEPS[this.zoom];
    const page = this.page;
    this.scroller.style.setProperty("--zoom", zoom);
    this.root.querySelector("[data-zoom-now]").textContent = `${Math.round(zoom * 100)}%`;
    if (zoom > 1.25) {
      for (const image of this.scroller.querySelectorAll("img[data-large]")) {
        image.src = image.dataset.large;
        image.removeAttribute("data-large");
      }
    }
    this.go(page);
  }

  showText(on) {
    this.pane.hidden = !on;
    this.toggle.setAttribute("aria-expanded", String(on));
    if (on) this.loadText();
  }

  async loadText() {
    const no = this.page;
    const words = this.pane.querySelector("[data-text-words]");
    if (words.dataset.loaded === String(no) || (words.textContent && !words.dataset.loaded && no === Number(this.root.dataset.page))) return;
    const answer = await fetch(this.root.dataset.text.replace(/\/0$/, `/${no}`), { headers: { Accept: "application/json" } });
    if (no !== this.page) return; // turned on meanwhile
    const page = answer.ok ? await answer.json() : { text: "", source: "" };
    words.dataset.loaded = String(no);
    words.textContent = page.text || "（此页没有读取到文字）";
    words.scrollTop = 0;
    this.pane.querySelector("[data-text-no]").textContent = no;
    this.pane.querySelector("[data-text-source]").textContent = page.source === "ocr" ? "文字识别" : "";
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const acts = {
      ArrowLeft: () => this.go(this.page - 1),
      ArrowRight: () => this.go(this.page + 1),
      Home: () => this.go(1),
      End: () => this.go(this.total),
      "+": () => this.scale(this.zoom + 1),
      "=": () => this.scale(this.zoom + 1),
      "-": () => this.scale(this.zoom - 1),
      0: () => this.scale(STEPS.indexOf(1)),
      t: () => this.toggle && this.showText(this.pane.hidden),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

const pages = viewer?.dataset.manner === "images" ? new Pages(viewer) : null;

// The citation names the page one is on.
for (const cited of document.querySelectorAll("[data-cite]")) {
  cited.closest("details").addEventListener("toggle", () => {
    if (pages) cited.textContent = cited.dataset.cite.replace("{page}", pages.page);
  });
}

// A document that is being read: look again every few seconds, and show it when it is ready.
const waiting = document.querySelector("[data-waiting]");
if (waiting) {
  const look = async () => {
    const answer = await fetch(waiting.dataset.waiting, { headers: { Accept: "application/json" } }).catch(() => null);
    const body = answer?.ok ? await answer.json() : null;
    const version = body?.versions.at(-1);
    if (version && version.reading !== "waiting" && version.images !== null) location.reload();
    else setTimeout(look, 4000);
  };
  setTimeout(look, 3000);
}
