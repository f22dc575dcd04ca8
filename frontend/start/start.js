// Start: what happens before the app is there: its language, its words, and saying so when something could not be loaded.
// Lives here: choosing the language among those the page has words for. Never: anything the app itself can do.
// The app (src/i18n.rs) takes the words from `tillbridgeWords`; they are fetched while it is being compiled.
const languages = [...document.querySelectorAll('link[rel="words"]')];
const inLanguage = (language) => languages.find((link) => link.hreflang === (language ?? "").split("-")[0]);

function remembered() {
  try {
    return localStorage.getItem("tillbridge.language");
  } catch {
    return null;
  }
}

const words = inLanguage(remembered()) ?? inLanguage(navigator.language) ?? inLanguage("en");
document.documentElement.lang = words.hreflang;
document.documentElement.dir = words.hreflang === "ar" ? "rtl" : "ltr";

function sayThatItFailed() {
  const note = document.querySelector("#not-loaded").content.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => location.reload());
  document.body.replaceChildren(note);
}

// A script or the WebAssembly that did not come, or a browser that does not know it.
const failed = (event) => {
  if (event instanceof ErrorEvent || event instanceof PromiseRejectionEvent || event.target instanceof HTMLScriptElement) {
    sayThatItFailed();
  }
};
addEventListener("error", failed, true);
addEventListener("unhandledrejection", failed);
addEventListener("TrunkApplicationStarted", () => {
  removeEventListener("error", failed, true);
  removeEventListener("unhandledrejection", failed);
});

globalThis.tillbridgeWords = fetch(words.href).then((answer) => {
  if (!answer.ok) {
    throw new Error(`the words were answered with ${answer.status}`);
  }
  return answer.text();
});
globalThis.tillbridgeWords.catch(sayThatItFailed);
