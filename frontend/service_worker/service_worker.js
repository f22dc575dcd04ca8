// Service worker: keeps the whole app on the tablet, so that it starts without a network.
// Lives here: the files of one build, as one cache; the build fills in their names.
// Never: the API, a sale, a half-exchanged app. A new build waits until the page says that nothing is open.
const PRECACHE = /*precache*/[];
const BUILD = /*build*/"dev";

const CACHE = `app-${BUILD}`;

// Either every file of the build is here, or this build is not installed and the one before goes on.
self.addEventListener("install", (event) => {
  const requests = PRECACHE.map((path) => new Request(path, { cache: path === "/" ? "reload" : "default" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("app-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") {
    self.skipWaiting();
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === self.location.origin && !url.pathname.startsWith("/api/");
  if (request.method !== "GET" || !ours || PRECACHE.length === 0) {
    return;
  }
  if (request.mode === "navigate" && !/\.[a-z0-9]+$/.test(url.pathname)) {
    event.respondWith(kept("/", request));
  } else if (PRECACHE.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

// From this build's cache, never from another build's; the network only if the browser has cleared the cache.
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}
