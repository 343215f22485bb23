// The counter without a network: its page and its files from the device. Bookings never pass through here; they have
// a queue of their own, in the page.

const SHELL = "/counter/";
const STORE = "stammgast-counter-1";
const PATIENCE_MS = 3_000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

// The page tells which files it has loaded, those of the reader of codes included.
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/static/")) event.respondWith(fileOf(event));
  else if (request.mode === "navigate") event.respondWith(pageOf(request, pathname));
});

/** The page as it is now; from the device when the network is gone or takes too long. */
async function pageOf(request, pathname) {
  const kept = await caches.match(SHELL);
  const asked = fetch(request).then(async (response) => {
    if (pathname === SHELL && response.ok && !response.redirected) {
      const store = await caches.open(STORE);
      await store.put(SHELL, response.clone());
    }
    return response;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([asked.catch(() => kept), late]);
}

/** A file from the device at once, and the newer one for the next time. */
async function fileOf(event) {
  const store = await caches.open(STORE);
  const kept = await store.match(event.request);
  const asked = fetch(event.request).then(async (response) => {
    if (response.ok) await store.put(event.request, response.clone());
    return response;
  });
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => {}));
  return kept;
}

async function keepPage() {
  const store = await caches.open(STORE);
  await store.add(new Request(SHELL, { cache: "reload" }));
}

async function keep(addresses) {
  const store = await caches.open(STORE);
  for (const address of addresses) {
    // One file that fails must not cost the others.
    if (!(await store.match(address))) await store.add(address).catch(() => {});
  }
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("stammgast-counter-") && name !== STORE);
  await Promise.all(older.map((name) => caches.delete(name)));
}
