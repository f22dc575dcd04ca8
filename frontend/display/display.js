// Display: what the buyer sees, in a window of its own: the register says what, this shows it (show.js).
// Lives here: hearing the register. Its side is frontend/src/session/display.rs.
import { show } from "/show.js";

const register = new BroadcastChannel("tillbridge-display");

register.addEventListener("message", ({ data }) => {
  if (data === "who") {
    register.postMessage("here");
  } else if (data === "close") {
    window.close();
  } else if (typeof data === "string" && data.startsWith("{")) {
    show(JSON.parse(data));
  }
});
register.postMessage("here");
addEventListener("pagehide", () => register.postMessage("gone"));
