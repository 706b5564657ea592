/* Looks up a code or a file in the archive that lies beside this page. Nothing is asked of any network: parts of the archive
   are scripts, because that is all that a page opened from a folder may read. Words stand in the page, none here. */
"use strict";
const parts = new Map(); // what the scripts of the archive brought, by name
const archive = (name, text) => parts.set(name, text);

(() => {
  const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const LARGEST = 20 * 1024 * 1024;
  const encoder = new TextEncoder();
  const $ = (selector) => document.querySelector(selector);
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (base64) => Uint8Array.from(atob(base64), (symbol) => symbol.charCodeAt(0));
  const sha256 = async (content) => hex(await crypto.subtle.digest("SHA-256", content));
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  let about, sums, state; // state of the archive: signed, unsigned or changed

  /* Whether each part that was read is the one whose hash was signed. */
  const isWhole = async (name, path) =>
    sums.get(path) === await sha256(encoder.encode(`archive("${name}", String.raw\`${parts.get(name)}\`);\n`));

  const open = async () => {
    const told = JSON.parse(parts.get("sums"));
    sums = new Map(told.sums.trim().split("\n").map((line) => line.split("  ").reverse()));
    about = JSON.parse(parts.get("about"));
    let good = await isWhole("about", "about.js");
    if (told.key) {
      const key = await crypto.subtle.importKey("spki", bytes(told.key), {name: "RSASSA-PKCS1-v1_5", hash: "SHA-256"}, false, ["verify"]);
      good &&= await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, bytes(told.signature), encoder.encode(told.sums));
    } else good &&= !about.signer;
    return good ? told.key ? "signed" : "unsigned" : "changed";
  };

  const load = (name) => new Promise((done, failed) => {
    if (parts.has(name)) { done(); return; }
    const script = document.createElement("script");
    script.src = `data/${name}.js`;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  const keysOf = async (secret, rounds) => {
    const salt = Uint8Array.from(about.salt.match(/../g), (pair) => parseInt(pair, 16));
    const key = await crypto.subtle.importKey("raw", encoder.encode(secret), "PBKDF2", false, ["deriveBits"]);
    const derived = await crypto.subtle.deriveBits({name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds}, key, 384);
    return [hex(derived.slice(0, 16)), derived.slice(16)];
  };

  /* Returns what stands for a secret, null where nothing does. */
  const lookUp = async (secret, rounds) => {
    const [name, key] = await keysOf(secret, rounds);
    const part = `x${name.slice(0, about.width)}`;
    if (!sums.has(`data/${part}.js`)) return null;
    await load(part);
    if (!await isWhole(part, `data/${part}.js`)) throw new Error(part);
    const line = parts.get(part).split("\n").find((one) => one.startsWith(`${name} `));
    if (!line) return null;
    const opener = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["decrypt"]);
    const counter = {name: "AES-CTR", counter: new Uint8Array(16), length: 64};
    const packed = await crypto.subtle.decrypt(counter, opener, bytes(line.split(" ")[1]));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  /* Returns a code as it is kept, and which mistake it holds, if any: as the rules of the platform read it. */
  const readCode = (typed) => {
    const code = typed.trim().split("/").pop().toUpperCase().replace(/[\s\u00ad\u2010-\u2015\u2212_.-]+/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    const values = Array.from(code, (symbol) => SYMBOLS.indexOf(symbol));
    if (values.length !== 16 || values.includes(-1)) return ["", "no-code"];
    const check = values.slice(0, 15).reduce((total, value) => {
      const doubled = (total ^ value) << 1;
      return doubled & 32 ? doubled ^ 37 : doubled;
    }, 0);
    return check === values[15] ? [code, ""] : ["", "check"];
  };
  const grouped = (code) => code.match(/..../g).join("-");
  const plainName = (name) =>
    name.normalize("NFKC").replace(/’/g, "'").toLowerCase().replace(/ß/g, "ss").normalize("NFKC").trim().split(/\s+/).join(" ");

  /* Shows one of the page's templates; `words` fill its blanks. */
  const say = (name, words = {}) => {
    const said = $(`#say-${name}`).content.cloneNode(true);
    for (const blank of said.querySelectorAll("[data-word]")) blank.textContent = words[blank.dataset.word] ?? "";
    return said;
  };
  const answer = (...said) => {
    $("#answer").replaceChildren(...said);
    $("#answer").focus();
  };

  const row = (label, text) => {
    const line = document.createElement("div"), term = document.createElement("dt"), detail = document.createElement("dd");
    term.textContent = label;
    detail.textContent = text;
    line.append(term, detail);
    return line;
  };

  const show = (record, file) => {
    const language = document.documentElement.lang;
    const isOver = record.holds && record.last_valid_on && record.last_valid_on < today();
    const said = say(isOver ? "over" : "record", {word: record.word[language], sentence: record.sentence[language], last: record.last_valid_text?.[language]});
    const box = said.querySelector(".answer");
    box.classList.add(isOver ? "answer--warn" : `answer--${record.look}`);
    const facts = record.facts[language].map(([label, text]) => row(label, text));
    said.querySelector("dl").append(...facts);
    const shown = file ? [say("file", {kind: file.kind[language]}), said] : [said];
    if (record.name_check) {
      const form = say("name");
      form.querySelector("form").addEventListener("submit", async (event) => {
        event.preventDefault();
        const typed = event.target.elements.name.value;
        const [found] = await keysOf(`${record.code}\n${plainName(typed)}`, about.rounds.code);
        event.target.querySelector("[role=status]").replaceChildren(say(found === record.name_check ? "same-name" : "other-name", {name: typed}));
      });
      shown.push(form);
    } else if (record.name_gone) shown.push(say("name-gone"));
    answer(...shown);
  };

  const check = async (find) => {
    $("#answer").replaceChildren();
    try {
      await find();
    } catch {
      answer(say("changed"));
    }
  };
  const byCode = (typed) => check(async () => {
    const [code, mistake] = readCode(typed);
    if (mistake) { answer(say(mistake)); return; }
    const record = await lookUp(code, about.rounds.code);
    if (record) show(record);
    else answer(say("unknown", {code: grouped(code)}));
  });
  const byFile = (file) => file && check(async () => {
    const hash = file.size > LARGEST ? "" : await sha256(await file.arrayBuffer());
    const found = hash && await lookUp(hash, about.rounds.file);
    if (found) show(await lookUp(found.code, about.rounds.code), found);
    else answer(say("other-file"));
  });

  document.addEventListener("DOMContentLoaded", async () => {
    if (!window.crypto?.subtle || !window.DecompressionStream) { answer(say("no-crypto")); return; }
    try {
      state = await open();
    } catch {
      state = "changed";
    }
    const told = say(state, {signer: about?.signer, print: about?.fingerprint});
    $(state === "signed" ? "#signed" : "#state").replaceChildren(told);
    if (state === "changed") return;
    for (const one of document.querySelectorAll("[data-ready]")) one.hidden = false;
    $("#by-code").addEventListener("submit", (event) => {
      event.preventDefault();
      byCode(event.target.elements.code.value);
    });
    $("#file").addEventListener("change", async ({ target }) => {
      await byFile(target.files[0]);
      target.value = ""; // so that the same file, changed meanwhile, can be chosen again
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      byFile(event.dataTransfer.files[0]);
    });
    // The address of a paper's QR image ends with the code; that of this page may, too.
    if (location.hash) byCode(location.hash.slice(1));
  });
})();
