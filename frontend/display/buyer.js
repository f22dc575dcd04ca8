// Buyer: what the buyer sees, on a phone or tablet of its own: paired with a till by its code, it is woken by the server, asks what stands on
// it and shows that (show.js; ADR 0042). Lives here: pairing, asking, going blank. Never: anything that was not said lately: without the
// server, or when the till says nothing any more, nothing stands here.
import { show } from "/show.js";

const WORDS = {
  en: { code: "Code from the till", pair: "Pair", wrong: "This code is not right, was used already or is too old. Ask for a new one at the till.", away: "There is no connection to the server. Try again." },
  de: { code: "Code von der Kasse", pair: "Koppeln", wrong: "Dieser Code stimmt nicht, wurde schon benutzt oder ist zu alt. Holen Sie an der Kasse einen neuen.", away: "Es gibt keine Verbindung zum Server. Versuchen Sie es noch einmal." },
  fr: { code: "Code de la caisse", pair: "Associer", wrong: "Ce code n’est pas juste, a déjà servi ou est trop ancien. Demandez-en un nouveau à la caisse.", away: "Pas de connexion au serveur. Réessayez." },
  es: { code: "Código de la caja", pair: "Vincular", wrong: "Este código no es correcto, ya se usó o es demasiado antiguo. Pida otro en la caja.", away: "No hay conexión con el servidor. Inténtelo de nuevo." },
  ar: { code: "الرمز من الصندوق", pair: "اقتران", wrong: "هذا الرمز غير صحيح أو استُخدم من قبل أو قديم. اطلب رمزًا جديدًا من الصندوق.", away: "لا يوجد اتصال بالخادم. حاول مرة أخرى." },
};
const LISTEN_AGAIN_MS = 3000;

const form = document.getElementById("pair");
const trouble = document.getElementById("trouble");
let goes;
let asked = 0;

function blank() {
  clearTimeout(goes);
  const { lang, dir } = document.documentElement;
  show({ language: lang, right_to_left: dir === "rtl", store: document.getElementById("store").textContent, heading: "", lines: [], sums: [] });
}

function put({ shown, fresh_for_ms }) {
  if (!shown) {
    return blank();
  }
  clearTimeout(goes);
  show(JSON.parse(shown));
  goes = setTimeout(blank, fresh_for_ms);
}

// The newest answer counts; one that is late does not.
async function look() {
  const mine = ++asked;
  const answer = await fetch("/api/display", { cache: "no-store" }).catch(() => undefined);
  const said = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
  if (mine !== asked) {
    return;
  }
  if (answer?.status === 401) {
    ask();
  }
  put(said ?? {});
}

function listen() {
  const events = new EventSource("/api/display/events");
  events.addEventListener("open", look);
  events.addEventListener("changed", look);
  events.addEventListener("error", () => {
    asked += 1;
    blank();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => look().then(() => form.hidden && listen()), LISTEN_AGAIN_MS);
    }
  });
}

function ask() {
  if (!form.hidden) {
    return;
  }
  const language = navigator.language.split("-")[0];
  const words = WORDS[language] ?? WORDS.en;
  document.documentElement.lang = words === WORDS.en ? "en" : language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  form.querySelector("span").textContent = words.code;
  form.querySelector("button").textContent = words.pair;
  form.hidden = false;
  form.elements.code.focus();
}

async function pair(code) {
  const words = WORDS[document.documentElement.lang] ?? WORDS.en;
  const body = JSON.stringify({ code });
  const request = { method: "POST", headers: { "content-type": "application/json" }, body };
  const answer = await fetch("/api/display/pair", request).catch(() => undefined);
  if (!answer?.ok) {
    ask();
    trouble.textContent = answer ? words.wrong : words.away;
    return;
  }
  trouble.textContent = "";
  form.hidden = true;
  put(await answer.json());
  listen();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  pair(form.elements.code.value);
});

// The till's square code brings its code along, which no server is told with the address.
const brought = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);
if (brought) {
  pair(brought);
} else {
  look().then(() => form.hidden && listen());
}
