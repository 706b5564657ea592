/* Counts a focal point's own list for the table of the page (declaration.html). The list is read here and goes nowhere: only the
   hashes of the country's certificates come down, and the numbers of the table go up. Without SubtleCrypto, which browsers keep
   from pages that came without https, the section stays hidden and the numbers are typed. */
(() => {
  const section = document.querySelector("[data-own-list]");
  const table = document.querySelector("[data-sums]");
  const FIGURES = ["posts", "serving", "trained"];
  const field = (figure, number) => document.getElementById(`${figure}-${number}`);

  const add = () => {
    for (const figure of FIGURES) {
      const typed = [...table.querySelectorAll(`input[name^="${figure}-"]`)];
      table.querySelector(`[data-sum="${figure}"]`).textContent = typed.reduce((sum, one) => sum + (Number(one.value) || 0), 0);
    }
  };
  table.addEventListener("input", add);
  table.tFoot.hidden = false;
  add();

  if (!section || !window.crypto?.subtle) return;
  section.hidden = false;
  const said = section.dataset;
  const names = JSON.parse(said.names);
  const [file, pasted, count] = ["file", "pasted", "count"].map((name) => section.querySelector(`[data-list="${name}"]`));
  const status = section.querySelector("[role=status]"), notes = section.querySelector("[data-notes]");
  const columns = Object.fromEntries([...section.querySelectorAll("select")].map((one) => [one.dataset.column, one]));
  const LIKELY = { institution: /instit|entidad|oficina|office/, person: /nombre|persona|titular|funcionari|name|person|official|holder/, code: /codigo|certific|code/ };
  const VACANT = /^(vacante?|vacant|n\/?a|[-–—]+)?$/;
  const CODE = /[0-9A-HJKMNP-TV-Z]{16}/g;
  const LARGEST = 5 * 1024 * 1024;

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
  const places = new Map(Object.entries(names).flatMap(([number, called]) => called.map((name) => [plain(name), number])));
  let rows = [], header = [];

  const split = (text) => {
    const line = text.split(/\r?\n/, 1)[0];
    const separator = ["\t", ";", ","].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
    const cells = [[""]];
    let isQuoted = false;
    for (let place = 0; place < text.length; place += 1) {
      const symbol = text[place], row = cells.at(-1), last = row.length - 1;
      if (isQuoted && symbol === '"' && text[place + 1] === '"') { row[last] += symbol; place += 1; }
      else if (isQuoted && symbol === '"') isQuoted = false;
      else if (isQuoted) row[last] += symbol;
      else if (symbol === '"' && row[last] === "") isQuoted = true;
      else if (symbol === separator) row.push("");
      else if (symbol === "\n") cells.push([""]);
      else if (symbol !== "\r") row[last] += symbol;
    }
    return cells.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some(Boolean));
  };

  const offer = (text) => {
    rows = split(text.replace(/^\ufeff/, ""));
    const isHeader = rows.length > 0 && !rows[0].some((cell) => places.has(plain(cell)));
    const width = Math.max(0, ...rows.map((row) => row.length));
    const first = isHeader ? rows.shift() : [];
    header = Array.from({ length: width }, (_, place) => first[place] || `${said.column} ${place + 1}`);
    for (const [name, select] of Object.entries(columns)) {
      const options = header.map((title, place) => new Option(title, place));
      if (name !== "institution") options.unshift(new Option(said.none, ""));
      select.replaceChildren(...options);
      const likely = header.findIndex((title) => LIKELY[name].test(plain(title)));
      if (likely >= 0) select.value = likely;
    }
    section.querySelector("[data-columns]").hidden = !rows.length;
    status.textContent = rows.length ? "" : said.empty;
    notes.replaceChildren();
  };

  const codesIn = (cell) =>
    cell.split(/[,;|\n]/).flatMap((part) =>
      part.split("/").pop().toUpperCase().replace(/[\s\u00ad\u2010-\u2015\u2212_.-]+/g, "").replace(/O/g, "0").replace(/[IL]/g, "1").match(CODE) ?? []);

  const digest = async (text, length) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, length);
  };

  const note = (words, values) => {
    const line = document.createElement("li");
    line.textContent = words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    notes.append(line);
  };

  const tally = async () => {
    const answer = await fetch(said.codes);
    if (!answer.ok) throw new Error(answer.status);
    const { salt, hashes } = await answer.json();
    const known = new Set(hashes), length = hashes[0]?.length ?? 0;
    const sums = new Map(Object.keys(names).map((number) => [number, { posts: 0, serving: 0, trained: 0 }]));
    const unknown = new Map(), unmatched = [];
    const cell = (row, name) => (columns[name].value === "" ? null : row[Number(columns[name].value)] ?? "");
    for (const [place, row] of rows.entries()) {
      const called = cell(row, "institution"), sum = sums.get(places.get(plain(called)));
      if (!sum) { unknown.set(called || said.blank, (unknown.get(called || said.blank) ?? 0) + 1); continue; }
      sum.posts += 1;
      const person = cell(row, "person");
      if (person !== null && VACANT.test(plain(person))) continue;
      sum.serving += 1;
      const codes = codesIn(cell(row, "code") ?? "");
      const fits = await Promise.all(codes.map(async (code) => known.has(await digest(salt + code, length))));
      if (fits.includes(true)) sum.trained += 1;
      else if (codes.length) unmatched.push(place + 1);
    }
    for (const [number, sum] of sums) for (const figure of FIGURES) field(figure, number).value = sum[figure];
    add();
    notes.replaceChildren();
    for (const [name, times] of unknown) note(said.unknown, { name, times });
    if (unmatched.length) note(said.unmatched, { rows: unmatched.join(", ") });
    status.textContent = said.counted.replace("{rows}", rows.length);
  };

  const text = async (chosen) => {
    const bytes = await chosen.arrayBuffer();
    try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
    catch { return new TextDecoder("windows-1252").decode(bytes); } // as spreadsheets of older offices save it
  };
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    if (file.files[0].size > LARGEST) { status.textContent = said.large; return; }
    offer(await text(file.files[0]));
  });
  pasted.addEventListener("input", () => offer(pasted.value));
  count.addEventListener("click", async () => {
    status.textContent = said.counting;
    try { await tally(); } catch { status.textContent = said.failed; }
  });
})();
