// Keeps the page itself in the browser, so that it opens when the proxy cannot be reached. What the proxy says (/api/…) is
// never kept here: events and commands have their own place in IndexedDB, and the page says how old they are.
const CACHE = "holdpoint-page";
const ASSET = /\.(?:js|wasm|css|svg)$/;
const OF_PROXY = /^\/(?:api|sign-in|healthz|readyz|metrics)(?:\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

// A notification of the watch page leads back to that page, whose path is its tag.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const isIts = (page) => new URL(page.url).pathname === event.notification.tag;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((open) => open.find(isIts)?.focus()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  // A picture of how a session stands is no asset, although its name ends like one.
  if (OF_PROXY.test(url.pathname)) return;
  if (ASSET.test(url.pathname)) {
    event.respondWith(asset(request));
  } else if (request.mode === "navigate") {
    event.respondWith(page(request, event));
  }
});

// The proxy's answer where there is one; the kept page only where there is none.
async function page(request, event) {
  try {
    const answer = await fetch(request);
    // Where it cannot be kept (a full disk), it is shown all the same.
    if (answer.ok && !answer.redirected) event.waitUntil(keep(answer.clone()).catch(() => {}));
    return answer;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match("/");
    if (kept) return kept;
    throw error;
  }
}

// An asset's name changes with its content, so a kept one is never old.
async function asset(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone()).catch(() => {});
  return answer;
}

async function keepPage() {
  const answer = await fetch("/", { cache: "no-store" });
  if (answer.ok) await keep(answer);
}

// Keeps a page with everything that it names, and lets go of what the page before it named.
async function keep(answer) {
  const cache = await caches.open(CACHE);
  const text = await answer.clone().text();
  const named = new Set([...text.matchAll(/["'](\/?[\w./-]+\.(?:js|wasm|css|svg))["']/g)].map((match) => new URL(match[1], self.location.origin).pathname));
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await Promise.all([...named].filter((path) => !kept.has(path)).map((path) => cache.add(path)));
  await Promise.all([...kept].filter((path) => path !== "/" && !named.has(path)).map((path) => cache.delete(path)));
  await cache.put("/", answer);
}
