// Start: what happens before the app is there: its language, its words, its program, and saying so when one of them could
// not be loaded.
// Lives here: choosing the language among those the page has words for. Never: anything the app itself can do.
// The page names all files. The app (src/i18n.rs) takes the words from `tillbridgeWords`; they are fetched while the
// program is being compiled.
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

globalThis.tillbridgeWords = fetch(words.href).then((answer) => {
  if (!answer.ok) {
    throw new Error(`the words were answered with ${answer.status}`);
  }
  return answer.text();
});
globalThis.tillbridgeWords.catch(sayThatItFailed);

const program = document.querySelector('link[rel="modulepreload"]');
const compiled = document.querySelector('link[as="fetch"]');
// A script or the WebAssembly that did not come, or a browser that does not know it.
import(program.href).then((script) => script.default({ module_or_path: compiled.href })).catch(sayThatItFailed);
