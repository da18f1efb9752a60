// Uploading by the tus protocol 1.0: many files or a folder, progress for each, going on after a break, retrying what failed.
import { csrfToken } from "./anjuan.js";

const AT_ONCE = 3;
const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between attempts while the connection or the store is away

class Refusal extends Error {
  constructor(status, message, code = "") {
    super(message || `服务器没有接受（${status}）。`);
    this.status = status;
    this.code = code;
  }
  // The connection, a proxy, the store, an offset to ask for again: things that get better. Anything else stays.
  get passing() {
    return [0, 423, 429].includes(this.status) || this.code === "upload.offset" || (this.status >= 500 && this.status !== 507);
  }
}

function request(method, url, { headers = {}, body = null, onProgress = null } = {}) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    xhr.setRequestHeader("Tus-Resumable", "1.0.0");
    xhr.setRequestHeader("Accept", "application/json");
    xhr.setRequestHeader("X-CSRFToken", csrfToken());
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (onProgress) xhr.upload.onprogress = (event) => onProgress(event.loaded);
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) return resolve(xhr);
      let title = "";
      let problem = {};
      try {
        problem = JSON.parse(xhr.responseText);
        title = [problem.title, ...(problem.errors || []).map((one) => one.detail)].join(" ");
      } catch {
        // not one of our refusals: a proxy's page
      }
      reject(new Refusal(xhr.status, title, problem.code));
    };
    xhr.onerror = xhr.ontimeout = () => reject(new Refusal(0, "网络中断。"));
    xhr.send(body);
  });
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// One file on its way. `url` is where its bytes go; it stays when an attempt fails, so that the next one goes on from there.
class Sending {
  constructor(file, path, facts, place) {
    Object.assign(this, { file, path, facts, place });
    this.memory = `upload:${place.dossier}:${place.document}:${path}:${file.name}:${file.size}:${file.lastModified}`;
    this.url = sessionStorage.getItem(this.memory);
  }

  async run(onProgress, onWait) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt((sent) => {
          if (sent > (this.furthest ?? -1)) {
            this.furthest = sent;
            attempt = 0;
          }
          onProgress(sent);
        });
      } catch (error) {
        if (error.status === 404 && this.url) {
          this.forget(); // expired: from the beginning
          continue;
        }
        if (!error.passing || attempt >= WAITS.length) throw error;
        onWait(WAITS[attempt], error.message);
        await pause(WAITS[attempt]);
      }
    }
  }

  async attempt(onProgress) {
    let offset = 0;
    if (this.url) {
      offset = Number((await request("HEAD", this.url)).getResponseHeader("Upload-Offset"));
    } else {
      await this.create();
    }
    while (offset < this.file.size) {
      const start = offset;
      const answer = await request("PATCH", this.url, {
        headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(start) },
        body: this.file.slice(start, start + this.place.chunk),
        onProgress: (sent) => onProgress(start + sent),
      });
      offset = Number(answer.getResponseHeader("Upload-Offset"));
      onProgress(offset);
    }
    const outcome = JSON.parse((await request("GET", this.url)).responseText);
    this.forget();
    return outcome;
  }

  async create() {
    const facts = { ...this.facts, dossier: this.place.dossier, filename: this.file.name, path: this.path.slice(-300) };
    if (this.place.document) facts.document = this.place.document;
    const metadata = Object.entries(facts)
      .filter(([, value]) => value)
      .map(([name, value]) => `${name} ${base64(value)}`)
      .join(",");
    const answer = await request("POST", this.place.endpoint, {
      headers: { "Upload-Length": String(this.file.size), "Upload-Metadata": metadata },
    });
    this.url = answer.getResponseHeader("Location");
    sessionStorage.setItem(this.memory, this.url);
  }

  // Not called for what failed: "retry" goes on where it stopped.
  forget() {
    sessionStorage.removeItem(this.memory);
    this.url = null;
    this.furthest = -1;
  }

  abandon() {
    if (this.url) request("DELETE", this.url).catch(() => {});
    this.forget();
  }
}

function readable(size) {
  const units = ["B", "KB", "MB", "GB"];
  let figure = size;
  let unit = 0;
  while (figure >= 1024 && unit < 3) {
    figure /= 1024;
    unit += 1;
  }
  return unit ? `${figure.toFixed(1)} ${units[unit]}` : `${size} B`;
}

// Everything dropped, folders opened, each file with the path it had.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => [file, ""]);
  const found = [];
  const walk = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push([file, entry.fullPath.replace(/^\//, "")]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      // A reader gives at most a hundred entries at a time.
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const one of some) await walk(one);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

class Page {
  constructor(section) {
    const data = section.dataset;
    this.section = section;
    this.place = { endpoint: data.endpoint, dossier: data.dossier, document: data.document, chunk: Number(data.chunk) };
    this.most = Number(data.max);
    this.left = Number(data.left);
    this.rows = [];
    this.running = 0;
    const find = (name) => section.querySelector(`[data-${name}]`);
    this.drop = find("drop");
    this.list = find("list");
    this.template = find("row");
    this.start = find("start");
    this.retry = find("retry");
    this.done = find("done");
    this.summary = find("summary");
    for (const input of [find("files"), find("folder")].filter(Boolean)) {
      input.addEventListener("change", () => this.chosen(input));
    }
    this.drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.drop.classList.add("drop-over");
    });
    this.drop.addEventListener("dragleave", () => this.drop.classList.remove("drop-over"));
    this.drop.addEventListener("drop", async (event) => {
      event.preventDefault();
      this.drop.classList.remove("drop-over");
      this.add(await dropped(event.dataTransfer));
    });
    // A file dropped beside the field must not open in place of the page.
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
    this.start.addEventListener("click", () => this.run("waiting"));
    this.retry.addEventListener("click", () => this.run("failed"));
    window.addEventListener("beforeunload", (event) => {
      if (this.rows.some((row) => row.state === "sending" || row.state === "queued")) event.preventDefault();
    });
    // Chosen before this script was there.
    for (const input of [find("files"), find("folder")].filter(Boolean)) this.chosen(input);
  }

  chosen(input) {
    this.add([...input.files].map((file) => [file, file.webkitRelativePath || ""]));
    input.value = "";
  }

  add(files) {
    if (this.place.document) files = files.slice(0, 1);
    for (const [file, path] of files) {
      if (this.rows.some((row) => row.path === path && row.file.name === file.name && row.file.size === file.size && row.file.lastModified === file.lastModified)) continue;
      const element = this.template.content.firstElementChild.cloneNode(true);
      const part = (name) => element.querySelector(`[data-${name}]`);
      const row = { file, path, element, state: "waiting", bar: element.querySelector("progress"), text: part("state"), kind: part("kind"), dated: part("dated"), remove: part("remove") };
      part("name").textContent = file.name;
      part("path").textContent = path.split("/").slice(0, -1).join("／");
      part("size").textContent = readable(file.size);
      for (const [control, word] of [[row.bar, "上传进度"], [row.kind, "种类"], [row.dated, "材料日期"]]) control?.setAttribute("aria-label", `${word}：${file.name}`);
      row.remove.setAttribute("aria-label", `移除 ${file.name}`);
      row.remove.addEventListener("click", () => this.drop_row(row));
      if (file.size > this.most) this.show(row, "refused", `文件过大（最大 ${readable(this.most)}），请拆分后上传。`);
      this.rows.push(row);
      this.list.tBodies[0].append(element);
    }
    this.count();
  }

  drop_row(row) {
    row.sending?.abandon();
    row.element.remove();
    this.rows = this.rows.filter((one) => one !== row);
    this.count();
  }

  facts(row) {
    const facts = {};
    for (const field of this.section.querySelectorAll("[data-all]")) facts[field.dataset.all] = field.value.trim();
    if (row.kind?.value) facts.kind = row.kind.value;
    if (row.dated?.value) facts.dated_on = row.dated.value;
    return facts;
  }

  run(state) {
    for (const row of this.rows.filter((one) => one.state === state)) this.show(row, "queued", "排队中");
    this.count();
    while (this.running < AT_ONCE && this.rows.some((row) => row.state === "queued")) this.next();
  }

  async next() {
    const row = this.rows.find((one) => one.state === "queued");
    if (!row) return;
    this.running += 1;
    this.show(row, "sending", "正在上传");
    row.sending ??= new Sending(row.file, row.path, this.facts(row), this.place);
    try {
      const outcome = await row.sending.run(
        (sent) => {
          row.bar.value = row.file.size ? (100 * sent) / row.file.size : 100;
          row.text.textContent = sent >= row.file.size ? "已送达，正在入卷并核对…" : `${Math.floor(row.bar.value)}%`;
        },
        (seconds, why) => (row.text.textContent = `${why} ${seconds} 秒后自动继续…`),
      );
      this.finish(row, outcome);
    } catch (error) {
      this.show(row, "failed", error.message);
    }
    this.running -= 1;
    this.count();
    this.next();
  }

  finish(row, outcome) {
    row.bar.value = 100;
    this.show(row, "filed", "");
    const link = document.createElement("a");
    link.href = outcome.url;
    link.textContent = "已入卷";
    row.text.append(link);
    if (this.section.dataset.then) {
      const next = document.createElement("a");
      next.href = this.section.dataset.then + outcome.document_id;
      next.textContent = this.section.dataset.thenWord;
      row.text.append("　", next);
    }
    if (outcome.twins.length) {
      row.text.append("；相同内容另见 ");
      outcome.twins.forEach((twin, at) => row.text.append(at ? "、" : "", `${twin.number}《${twin.title}》`));
      row.text.append("（已照常保存）");
    }
    row.remove.remove();
    for (const control of [row.kind, row.dated]) if (control) control.disabled = true;
  }

  show(row, state, text) {
    row.state = state;
    row.text.textContent = text;
    row.element.dataset.state = state;
    row.remove.disabled = state === "sending";
  }

  count() {
    const number = (...states) => this.rows.filter((row) => states.includes(row.state)).length;
    const [waiting, busy, failed, filed, refused] = [number("waiting"), number("queued", "sending"), number("failed"), number("filed"), number("refused")];
    this.list.hidden = this.rows.length === 0;
    const tooMany = waiting + busy + failed > this.left - filed;
    this.start.disabled = waiting === 0 || tooMany;
    this.retry.hidden = failed === 0 || busy > 0;
    this.done.hidden = filed === 0;
    const parts = [[waiting, "待上传"], [busy, "上传中"], [filed, "已入卷"], [failed, "失败"], [refused, "不能上传"]];
    this.summary.textContent = parts.filter(([n]) => n).map(([n, word]) => `${word} ${n} 个`).join("，") + (tooMany ? `。超出本案还可上传的 ${this.left} 件，请移除一些。` : "");
  }
}

for (const section of document.querySelectorAll("[data-upload]")) new Page(section);
