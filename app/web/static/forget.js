// Where nobody is signed in, nothing that somebody was reading stays on this computer. Answers that could not be sent do:
// they wait for whoever gave them.
if ("caches" in window) {
  const keys = await caches.keys();
  await Promise.all(keys.filter((name) => name.startsWith("convoca-lessons-")).map((name) => caches.delete(name)));
}
