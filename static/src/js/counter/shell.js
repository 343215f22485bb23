// Keeps the counter's page and what it needs on the device, so that it opens without a network.

/** worker: the address of the service worker. */
export async function keepShell(worker) {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(worker);
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const ours = loaded.filter((address) => address.startsWith(`${location.origin}/static/`));
  registration.active?.postMessage({ keep: [...new Set(ours)] });
}
