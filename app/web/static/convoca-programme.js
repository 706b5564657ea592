/* <convoca-programme src="https://…/programme/public/events.json" lang="es" groups="protection" limit="5">
     <a href="https://…/programme">Programme</a>
   </convoca-programme>
   Shows the events to come in a shadow tree. What stands between the tags is shown until the answer has come, and stays
   where none comes. All texts, in the language of `lang`, are the feed's; they are set as text and never as markup.
   Colours follow the page; a site may set --convoca-accent and --convoca-rule. */
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host { display: block; font: inherit; color: inherit; }
:host([hidden]) { display: none; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .75rem 0; border-bottom: 1px solid var(--convoca-rule, color-mix(in srgb, currentColor 25%, transparent)); }
.day { font-weight: 600; } .day::first-letter { text-transform: uppercase; }
.title, .whole { color: var(--convoca-accent, LinkText); } .title { font-weight: 600; }
.more { margin: .75rem 0 0; } .facts { opacity: .85; font-size: .9em; }
div { overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
`);

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function link(text, url, attributes) {
  const target = URL.canParse(url) && new URL(url);
  const isWeb = target && ["https:", "http:"].includes(target.protocol);
  return element(isWeb ? "a" : "span", text, isWeb ? { ...attributes, href: target.href } : attributes);
}

function row(event) {
  const item = element("li");
  const when = element("div", "", { class: "day" });
  when.append(element("time", event.day, { datetime: event.starts_at }));
  const title = element("div");
  title.append(link(event.title, event.url, { class: "title", lang: event.title_language }));
  const groups = event.groups.map(group => `${group.code} ${group.name}`);
  const facts = [event.when, ...groups, event.place].filter(Boolean).join(" · ");
  item.append(when, title, element("div", facts, { class: "facts" }));
  return item;
}

class ConvocaProgramme extends HTMLElement {
  static observedAttributes = ["src", "lang", "groups", "limit"];
  #asked = null;
  #waits = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
    this.shadowRoot.append(element("slot"));
  }

  connectedCallback() { this.#askSoon(); }
  disconnectedCallback() { this.#asked?.abort(); }
  attributeChangedCallback() { if (this.isConnected) this.#askSoon(); }

  #askSoon() {
    if (this.#waits) return;
    this.#waits = true;
    queueMicrotask(() => { this.#waits = false; this.#ask(); });
  }

  async #ask() {
    this.#asked?.abort();
    const { signal } = this.#asked = new AbortController();
    const src = this.getAttribute("src");
    if (!src || !this.isConnected) return;
    try {
      const url = new URL(src, document.baseURI);
      const lang = this.getAttribute("lang") || document.documentElement.lang.slice(0, 2);
      for (const [name, value] of [["lang", lang], ["groups", this.getAttribute("groups")], ["limit", this.getAttribute("limit")]])
        if (value) url.searchParams.set(name, value);
      this.setAttribute("aria-busy", "true");
      const answer = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
      if (!answer.ok) throw new Error(`The programme answered ${answer.status}`);
      this.#show(await answer.json());
    } catch (failure) {
      if (signal.aborted) return;
      this.shadowRoot.replaceChildren(element("slot"));
      console.warn("convoca-programme:", failure);
    }
    this.removeAttribute("aria-busy");
  }

  #show(feed) {
    const section = element("section", "", { "aria-label": feed.programme, lang: feed.language });
    const list = element("ul", "", { role: "list" });
    list.append(...feed.events.map(row));
    const more = element("p", "", { class: "more" });
    more.append(link(feed.words.whole, feed.url, { class: "whole" }));
    section.append(feed.events.length ? list : element("p", feed.words.none), more);
    this.shadowRoot.replaceChildren(section);
  }
}

if (!customElements.get("convoca-programme")) customElements.define("convoca-programme", ConvocaProgramme);
