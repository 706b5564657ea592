// Around a package, on the second origin: the API it looks for (scorm-again), and sending what it records to the server.
// The server decides what a status, a score and a time come to; here nothing is decided.
const SOON = 1500; // ms after a value was set
const PAUSE = 5000; // ms until it is tried again without a line
const KEEPALIVE = 60000; // characters: browsers send no more than 64 KiB while a page closes

const launch = JSON.parse(document.body.dataset.launch);
const frame = document.getElementById("content");
let known = { ...launch.data }; // what the server has
let sequence = launch.sequence;
let ended = false;
let over = launch.is_closed;
let busy = false;
let timer = 0;
let snapshot = () => ({});

const tell = (state) => {
  if (parent !== window) parent.postMessage({ convoca: state }, launch.application);
};

const changes = () => {
  const values = {};
  for (const [element, value] of Object.entries(snapshot())) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (String(value) !== (known[element] ?? "")) values[element] = String(value);
  }
  return values;
};

const later = (pause) => {
  clearTimeout(timer);
  timer = setTimeout(() => send(), pause);
};

// While the page closes nothing can be waited for: what is under way is sent again with what came since. The server takes
// the highest number and ignores those before it.
const send = async (closing = false) => {
  if (over || (busy && !closing)) return;
  clearTimeout(timer);
  const values = changes();
  const isEnd = ended;
  if (!Object.keys(values).length && !isEnd) return;
  sequence += 1;
  const body = JSON.stringify({ sequence, values, ended: isEnd });
  busy = true;
  tell("saving");
  try {
    const answer = await fetch(launch.commit, {
      method: "POST", headers: { "Content-Type": "application/json" }, body, credentials: "omit", keepalive: body.length < KEEPALIVE,
    });
    busy = false;
    if (answer.ok) {
      known = { ...known, ...values };
      const said = await answer.json();
      over = over || said.is_closed;
      tell(ended && over ? "ended" : "saved");
      if (!over && (ended !== isEnd || Object.keys(changes()).length)) later(SOON);
    } else if ([404, 409, 410].includes(answer.status)) {
      over = true;
      tell("closed");
    } else if ([413, 422].includes(answer.status)) {
      tell("full");
    } else {
      throw new Error(String(answer.status));
    }
  } catch {
    busy = false;
    tell("waiting");
    later(PAUSE);
  }
};

const is2004 = launch.standard === "2004";
const start = async () => {
  if (launch.kind === "sco") {
    const library = await import(document.body.dataset.runtime);
    const settings = { autocommit: false, dataCommitFormat: "flattened", lmsCommitUrl: false, logLevel: 5 };
    const api = is2004 ? new library.Scorm2004API(settings) : new library.Scorm12API(settings);
    api.loadFromFlattenedJSON(launch.data, "");
    snapshot = () => api.renderCommitCMI(false);
    known = { ...launch.data, ...snapshot() };
    window[is2004 ? "API_1484_11" : "API"] = api;
    api.on(is2004 ? "SetValue.cmi.*" : "LMSSetValue.cmi.*", () => later(SOON));
    api.on(is2004 ? "Commit" : "LMSCommit", () => later(0));
    api.on(is2004 ? "Terminate" : "LMSFinish", () => {
      ended = true;
      send(true);
    });
    addEventListener("online", () => send());
    addEventListener("pagehide", () => send(true));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") send(true);
    });
  }
  frame.src = launch.content;
};
start();
