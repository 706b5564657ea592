// The board's drag and its keyboard. Both send what the plain form on the moving page sends, to the same address, and show
// the same answer; the board changes only by being read again. Without this script each "Move" is a link to that form.
(() => {
  const STEP = 15;
  const SLACK = 14;
  const QUARTER = 10;
  const DAY = 24 * 60;
  const board = document.getElementById("board");
  const answer = document.getElementById("board-answer");
  const words = board.dataset;
  const language = document.documentElement.lang;
  const dayName = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  let held = null;
  let drag = null;

  const say = (text) => { answer.textContent = text; };
  const fill = (sentence, title) => sentence.replace("{title}", title);
  const dayOf = (on) => new Date(`${on}T00:00:00Z`);
  const minutesOf = (clock) => { const [hours, minutes] = clock.split(":"); return Number(hours) * 60 + Number(minutes); };
  const clockOf = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const spoken = (to) => `${dayName.format(dayOf(to.on))}, ${to.start || words.whole}`;
  const shifted = (to, days, minutes) => {
    const day = dayOf(to.on);
    day.setUTCDate(day.getUTCDate() + days);
    const clock = to.start ? clockOf(Math.min(DAY - STEP, Math.max(0, minutesOf(to.start) + minutes))) : "";
    return { on: day.toISOString().slice(0, 10), start: clock };
  };
  const placeOf = (card) => ({ on: card.dataset.on, start: card.dataset.start });
  const same = (one, other) => one.on === other.on && one.start === other.start;
  const mark = (to) => {
    for (const row of board.querySelectorAll(".target")) row.classList.remove("target");
    if (to) board.querySelector(`tr[data-on="${to.on}"]`)?.classList.add("target");
  };
  const handleOf = (id) => document.getElementById(id)?.querySelector(".move");

  const dress = () => {
    for (const handle of board.querySelectorAll(".move")) {
      handle.setAttribute("role", "button");
      handle.setAttribute("aria-pressed", "false");
      handle.setAttribute("aria-describedby", "board-help");
      handle.draggable = false;
    }
    for (const link of board.querySelectorAll("li[data-on] a")) link.draggable = false;
  };
  const readAgain = async (id) => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const fresh = page.getElementById("board");
    if (!fresh) return;
    board.replaceChildren(...fresh.childNodes);
    dress();
    (handleOf(id) ?? answer).focus({ preventScroll: true });
  };

  // One question to the server: 200 says it is done, 409 and 422 why it is not; anything else is a lost answer.
  const ask = async (address, fields, id) => {
    say(words.asking);
    board.setAttribute("aria-busy", "true");
    try {
      const body = new FormData();
      body.set("csrf_token", words.token);
      for (const [name, value] of fields) body.set(name, value);
      const reply = await fetch(address, { method: "POST", body, headers: { "X-Board": "1" } });
      if (reply.status === 200) {
        const sentence = await reply.text();
        await readAgain(id);
        answer.innerHTML = sentence;
        answer.dataset.card = id;
      } else if (reply.status === 409 || reply.status === 422) {
        answer.innerHTML = await reply.text();
        answer.dataset.card = id;
        answer.focus({ preventScroll: true });
        answer.scrollIntoView({ block: "nearest" });
      } else {
        say(words.lost);
      }
    } catch {
      say(words.lost);
    }
    board.removeAttribute("aria-busy");
  };
  const moveTo = (card, to) => {
    mark(null);
    if (same(placeOf(card), to)) {
      say(fill(words.left, card.dataset.title));
      return;
    }
    const fields = to.start ? [["on", to.on], ["start", to.start]] : [["on", to.on]];
    ask(card.querySelector(".move").href, fields, card.id);
  };

  answer.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = [...new FormData(event.target, event.submitter)].filter(([name]) => name !== "csrf_token");
    ask(event.target.action, fields, answer.dataset.card);
  });
  const close = () => {
    say("");
    handleOf(answer.dataset.card)?.focus();
  };
  answer.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  answer.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) close(); });

  // By keyboard: Space or Enter picks up, arrows choose, Enter lets go, Escape leaves it.
  const drop = (text) => {
    held?.card.classList.remove("held");
    held?.card.querySelector(".move").setAttribute("aria-pressed", "false");
    held = null;
    mark(null);
    if (text) say(text);
  };
  const pick = (card) => {
    drop("");
    held = { card, to: placeOf(card) };
    card.classList.add("held");
    card.querySelector(".move").setAttribute("aria-pressed", "true");
    mark(held.to);
    say(`${fill(words.picked, card.dataset.title)} ${spoken(held.to)}`);
  };
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP], PageUp: [-7, 0], PageDown: [7, 0] };
  board.addEventListener("keydown", (event) => {
    const handle = event.target.closest(".move");
    if (!handle || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = handle.closest("li");
    const lets = event.key === "Enter" || event.key === " ";
    if (held && event.key in ARROWS) {
      held.to = shifted(held.to, ...ARROWS[event.key]);
      mark(held.to);
      say(spoken(held.to));
    } else if (held && lets) {
      const { card: moved, to } = held;
      drop("");
      moveTo(moved, to);
    } else if (held && event.key === "Escape") {
      drop(fill(words.left, card.dataset.title));
    } else if (!held && lets) {
      pick(card);
    } else {
      return;
    }
    event.preventDefault();
  });
  board.addEventListener("keyup", (event) => { if (event.key === " " && event.target.closest(".move")) event.preventDefault(); });
  board.addEventListener("focusout", () => { if (held) drop(fill(words.left, held.card.dataset.title)); });

  // By mouse or pen: the row under the pointer is the day; sideways is the hour; another card is its day and hour.
  const targetOf = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const other = under?.closest("#board li[data-on]");
    if (other && other !== drag.card) return placeOf(other);
    const row = under?.closest("#board tr[data-on]");
    if (!row) return null;
    const aside = event.clientX - drag.x;
    const quarters = Math.sign(aside) * Math.floor(Math.max(0, Math.abs(aside) - SLACK) / QUARTER);
    return shifted({ on: row.dataset.on, start: drag.card.dataset.start }, 0, quarters * STEP);
  };
  const endDrag = () => {
    drag?.ghost?.remove();
    drag?.card.classList.remove("held");
    drag = null;
    mark(null);
  };
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("li[data-on]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || held) return;
    drag = { card, x: event.clientX, y: event.clientY, ghost: null, to: null };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
      drag.ghost = document.createElement("div");
      drag.ghost.className = "board-ghost";
      document.body.append(drag.ghost);
      drag.card.classList.add("held");
    }
    if (event.clientY < 60) scrollBy(0, -18);
    if (event.clientY > innerHeight - 60) scrollBy(0, 18);
    drag.to = targetOf(event);
    drag.ghost.textContent = drag.to ? spoken(drag.to) : drag.card.dataset.title;
    drag.ghost.style.transform = `translate(${event.clientX + 14}px, ${event.clientY + 14}px)`;
    mark(drag.to);
    event.preventDefault();
  });
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { card, to, ghost } = drag;
    endDrag();
    if (!ghost) return;
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
    if (to) moveTo(card, to);
    else say(fill(words.left, card.dataset.title));
  });
  document.addEventListener("pointercancel", endDrag);
  document.addEventListener("keydown", (event) => {
    if (!drag || event.key !== "Escape") return;
    const { title } = drag.card.dataset;
    endDrag();
    say(fill(words.left, title));
  });

  dress();
  document.getElementById("board-help").hidden = false;
})();
