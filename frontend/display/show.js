// Show: puts up what stands on a customer display, in a window of the till (display.js) or on a device of its own (buyer.js).
// Lives here: rows, sums, staying on, filling the screen. Never: a price, a word, anything of who sells: what it is not told it does
// not know. What is said is shared's receipt/display.rs.
const place = (id) => document.getElementById(id);

function row(template, texts) {
  const made = place(template).content.cloneNode(true).firstElementChild;
  made.querySelectorAll("bdi").forEach((part, at) => part.append(texts[at]));
  return made;
}

function line({ text, details, amount }) {
  const made = row("line", [text, amount]);
  for (const detail of details) {
    const part = document.createElement("bdi");
    part.append(detail);
    made.querySelector(".details").append(part);
  }
  return made;
}

function sum({ text, amount, strong }) {
  const made = row("sum", [text, amount]);
  made.classList.toggle("strong", strong);
  return made;
}

export function show({ language, right_to_left, store, heading, lines, sums }) {
  document.documentElement.lang = language;
  document.documentElement.dir = right_to_left ? "rtl" : "ltr";
  document.title = store;
  place("store").textContent = store;
  place("heading").textContent = heading;
  place("lines").replaceChildren(...lines.map(line));
  place("lines").setAttribute("aria-label", store);
  place("lines").hidden = lines.length === 0;
  place("sums").replaceChildren(...sums.map(sum));
  // The newest is what one looks for.
  place("lines").lastElementChild?.scrollIntoView({ block: "end" });
}

// A display that goes dark is none.
const stayOn = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", stayOn);
stayOn();

// A touch fills the screen, which a browser allows nobody else.
document.addEventListener("click", ({ target }) => {
  if (!target.closest("form")) {
    document.documentElement.requestFullscreen?.().catch(() => {});
  }
});
