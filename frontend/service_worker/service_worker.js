// Service worker: keeps the whole register on the tablet, so that it starts without a network.
// Lives here: the files of one build of the register, as one cache; the build fills in their names. Beside it the pictures
// of products that were shown: they never change, so they outlive every build.
// Never: what the API says, a sale, the manager's app, a half-exchanged app. A new build waits until the page says that
// nothing is open.
const PRECACHE = /*precache*/[];
const BUILD = /*build*/"dev";

const CACHE = `app-${BUILD}`;

// Emptied by the page when the tablet is unpaired.
const PICTURES = "pictures";
const PICTURE = /^\/api\/pictures\/[0-9a-f]{64}$/;
const MOST_PICTURES = 2000;

// Answered by the server alone, also when a person looks at them.
const SERVERS_OWN = /^\/(api\/|health$|ready$|metrics$)/;
// Pages of the manager's app, which shows what the server knows and is nothing without it.
const MANAGERS = /^\/(manage|setup|sign-in)(\/|$)/;

// Either every file of the build is here, or this build is not installed and the one before goes on.
self.addEventListener("install", (event) => {
  const requests = PRECACHE.map((path) => new Request(path, { cache: path === "/" ? "reload" : "default" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)).then(check));
});

// The page itself has no name of its own build: one fetched while the server was being exchanged would ask for files
// that are not here.
async function check() {
  const cache = await caches.open(CACHE);
  const page = await (await cache.match("/"))?.text();
  const asked = [...(page ?? "").matchAll(/(?:src|href)="(\/[^"?#]+\.(?:js|css|wasm|json))"/g)].map((match) => match[1]);
  if (PRECACHE.length > 0 && asked.some((path) => !PRECACHE.includes(path))) {
    await caches.delete(CACHE);
    throw new Error("the page is of another build");
  }
}

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
  if (request.method === "GET" && url.origin === self.location.origin && PICTURE.test(url.pathname)) {
    event.respondWith(picture(event, url.pathname));
    return;
  }
  const ours = url.origin === self.location.origin && !SERVERS_OWN.test(url.pathname);
  if (request.method !== "GET" || !ours || PRECACHE.length === 0) {
    return;
  }
  if (request.mode === "navigate" && !/\.[a-z0-9]+$/.test(url.pathname)) {
    // The register says in the tablet's language that there is no network.
    event.respondWith(MANAGERS.test(url.pathname) ? fetch(request).catch(() => kept("/", request)) : kept("/", request));
  } else if (url.pathname === "/" && request.cache === "reload") {
    event.respondWith(renewed(request));
  } else if (PRECACHE.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

// From this build's cache, never from another build's; the network only if the browser has cleared the cache.
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

// The page that is kept, with what the server says now of whom it may call (its printers, ADR 0041). From this build all the same.
const POLICY = "content-security-policy";
async function renewed(request) {
  const answer = await fetch(request);
  const policy = answer.headers.get(POLICY);
  const cache = await caches.open(CACHE);
  const known = await cache.match("/", { ignoreVary: true });
  if (!answer.ok || !policy || !known) {
    return answer;
  }
  const headers = new Headers(known.headers);
  headers.set(POLICY, policy);
  // What is kept is not encoded any more.
  headers.delete("content-encoding");
  headers.delete("content-length");
  const page = new Response(await known.blob(), { headers });
  await cache.put("/", page.clone());
  return page;
}

// The one that was shown before, else the server's, kept for the next time. The browser's own cache is passed by: what
// is unpaired shall be gone.
async function picture(event, path) {
  const cache = await caches.open(PICTURES);
  const known = await cache.match(path, { ignoreVary: true });
  if (known) {
    return known;
  }
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store" });
  if (answer.ok && (await hasRoom())) {
    event.waitUntil(cache.put(path, answer.clone()).then(() => forgetOldest(cache)).catch(() => {}));
  }
  return answer;
}

// Sales come before pictures.
async function hasRoom() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate().catch(() => undefined)) ?? {};
  return quota === 0 || (usage < quota * 0.8 && quota - usage > 100_000_000);
}

// The oldest go first. A worker lives for minutes: it looks at its first picture and every fiftieth after that.
let pictures = 0;
async function forgetOldest(cache) {
  if (pictures++ % 50 === 0) {
    const kept = await cache.keys();
    await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST_PICTURES)).map((request) => cache.delete(request)));
  }
}
