// Reading without a line: keeps the screens of the one module that is being read, and shows them when the network does
// not answer. With a network every page comes from the server. It keeps nothing else and sends nothing by itself.
const PREFIX = "convoca-lessons-";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(keep(event.data).catch(() => {})));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => copyOf(request)));
  else if (/\/(static|figures)\//.test(url.pathname)) event.respondWith(caches.match(request).then((held) => held ?? fetch(request)));
});

const copyOf = async (request) => (await caches.match(request, { ignoreSearch: true })) ?? Response.error();

const keep = async ({ address, copy }) => {
  const wanted = PREFIX + copy;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== wanted) await caches.delete(name);
  if (await caches.has(wanted)) return;
  const answer = await fetch(address, { redirect: "error" });
  if (!answer.ok) return;
  const { pages, assets } = await answer.json();
  const held = await caches.open(wanted);
  try {
    await held.addAll(assets);
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    for (const name of ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"]) headers[name] = answer.headers.get(name);
    for (const [page, html] of Object.entries(pages)) await held.put(page, new Response(html, { headers }));
  } catch (error) {
    await caches.delete(wanted); // half a module would look like a whole one
    throw error;
  }
};
