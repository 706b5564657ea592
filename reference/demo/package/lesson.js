// A lesson of four pages as an example of SCORM 1.2. It finds the API in a window above, remembers page, language and
// answers, tells a score and a status, and closes once.
const find = () => {
  for (let above = window, tries = 0; tries < 8; above = above.parent, tries += 1) {
    if (above.API) return above.API;
    if (above === above.parent) break;
  }
  return null;
};
const api = find();
const get = (name) => (api ? api.LMSGetValue(name) : "");
const set = (name, value) => { if (api) api.LMSSetValue(name, String(value)); };

const PAGES = [
  {
    es: ["La primera llamada", "Marta atiende el teléfono del consulado en una ciudad de frontera. A las 18:40 llama un hombre: su hermana, de 16 años, viajaba hacia el norte y desde ayer no contesta.", "Este paquete de ejemplo tiene cuatro páginas. Puede cerrarlo cuando quiera: vuelve donde estaba."],
    en: ["The first call", "Marta answers the telephone of a consulate in a border town. At 18:40 a man calls: his sister, aged 16, was travelling north and has not answered since yesterday.", "This sample package has four pages. You can close it at any time: it comes back to where you were."],
  },
  {
    es: ["¿Qué pregunta primero?", "Elija lo que Marta debería saber antes que nada."],
    en: ["What to ask first?", "Choose what Marta should know before anything else."],
    answers: [
      { es: ["El número de pasaporte de la hermana", "Hará falta, pero no dice si corre peligro ahora."], en: ["The number of the sister's passport", "It will be needed, but it does not say whether she is in danger now."] },
      { right: true, es: ["Dónde estaba, con quién y qué dijo la última vez", "Sí: con eso se sabe a quién avisar y con qué urgencia."], en: ["Where she was, with whom, and what she said last", "Yes: it tells whom to alert, and how urgently."] },
      { es: ["Si la familia puede pagar el viaje de regreso", "Hablar de dinero en la primera llamada puede asustar, y a una niña no se la deja sola por eso."], en: ["Whether the family can pay for the journey back", "Money in the first call may frighten people, and no child is left alone because of it."] },
    ],
  },
  {
    es: ["¿A quién avisa?", "La hermana es menor de edad y viajaba sola."],
    en: ["Whom to alert?", "The sister is a minor and travelled alone."],
    answers: [
      { right: true, es: ["A la autoridad de protección de la niñez del lugar, hoy", "Sí: es quien puede buscarla y cuidarla, sin esperar a que termine el plazo de una denuncia."], en: ["The local authority for the protection of children, today", "Yes: they can look for her and care for her without waiting for a report to run its term."] },
      { es: ["A la aerolínea, para cambiar el pasaje", "Todavía nadie sabe dónde está."], en: ["The airline, to change the ticket", "Nobody knows yet where she is."] },
      { es: ["A nadie hasta mañana, por si aparece", "Las primeras horas son las que más cuentan."], en: ["Nobody until tomorrow, in case she turns up", "The first hours count most."] },
    ],
  },
  {
    es: ["Para terminar", "Escuchar, preguntar dónde y con quién, avisar a quien protege, y decir cuándo se vuelve a llamar. Su resultado quedó guardado."],
    en: ["To finish", "Listen, ask where and with whom, alert those who protect, and say when you will call again. Your result has been saved."],
  },
];
const WORDS = {
  es: { back: "Anterior", next: "Siguiente", end: "Terminar", place: (n) => `Página ${n} de ${PAGES.length}`, over: "Ya puede cerrar esta página." },
  en: { back: "Back", next: "Next", end: "Finish", place: (n) => `Page ${n} of ${PAGES.length}`, over: "You can close this page now." },
};

if (api) api.LMSInitialize("");
let kept = {};
try { kept = JSON.parse(get("cmi.suspend_data") || "{}"); } catch { kept = {}; }
let language = kept.language === "en" ? "en" : "es";
let answers = kept.answers || {};
let page = Math.min(Math.max(Number(get("cmi.core.lesson_location")) || 0, 0), PAGES.length - 1);
let isOver = false;

const keep = () => {
  set("cmi.core.lesson_location", page);
  set("cmi.suspend_data", JSON.stringify({ language, answers }));
  const asked = PAGES.map((one, number) => [one, number]).filter(([one]) => one.answers);
  const right = asked.filter(([one, number]) => one.answers[answers[number]]?.right).length;
  if (Object.keys(answers).length === asked.length) {
    set("cmi.core.score.min", 0);
    set("cmi.core.score.max", 100);
    set("cmi.core.score.raw", Math.round((100 * right) / asked.length));
  }
  set("cmi.core.lesson_status", page === PAGES.length - 1 ? "completed" : "incomplete");
  if (api) api.LMSCommit("");
};
const leave = (how) => {
  if (isOver || !api) return;
  isOver = true;
  set("cmi.core.exit", how);
  api.LMSFinish("");
};

const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
const draw = (moves) => {
  const [title, ...texts] = PAGES[page][language];
  const main = document.getElementById("page");
  document.documentElement.lang = language;
  document.title = title;
  main.replaceChildren(element("h1", title), ...texts.map((text) => element("p", text)));
  for (const [number, answer] of (PAGES[page].answers || []).entries()) {
    const chosen = answers[page] === number;
    const button = element("button", answer[language][0], { type: "button", className: "answer" });
    button.setAttribute("aria-pressed", chosen);
    button.onclick = () => { answers[page] = number; keep(); draw(); main.querySelectorAll(".answer")[number].focus(); };
    main.append(button);
  }
  const said = element("p", PAGES[page].answers?.[answers[page]]?.[language][1] || "", { className: "said" });
  said.setAttribute("role", "status");
  if (said.textContent) main.append(said);
  document.getElementById("place").textContent = WORDS[language].place(page + 1);
  const [back, next] = [document.getElementById("back"), document.getElementById("next")];
  back.textContent = WORDS[language].back;
  back.hidden = page === 0;
  next.textContent = page === PAGES.length - 1 ? WORDS[language].end : WORDS[language].next;
  next.hidden = isOver;
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === language);
  if (moves) main.focus();
};
document.getElementById("back").onclick = () => { page -= 1; keep(); draw(true); };
document.getElementById("next").onclick = () => {
  if (page < PAGES.length - 1) { page += 1; keep(); draw(true); return; }
  leave("");
  draw();
  document.getElementById("page").append(element("p", WORDS[language].over, { className: "said" }));
};
for (const button of document.querySelectorAll("[data-language]")) {
  button.onclick = () => { language = button.dataset.language; keep(); draw(); };
}
window.addEventListener("pagehide", () => leave("suspend"));
draw();
