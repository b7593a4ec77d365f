// People as they are drawn: a disc with initials, and the bot's card on a lanyard.

import { el, icon } from "./dom.js";
import { chat, person } from "./state.js";

export function face(id, size = "") {
  if (id === chat.bot.id) return el("span", { class: `face bot ${size}`, "aria-hidden": "true" }, icon("card"));
  const who = person(id);
  const node = el("span", { class: `face ${size}`, "aria-hidden": "true" }, who?.initials ?? "?");
  if (who?.colour) {
    node.style.setProperty("--face", who.colour);
    node.style.setProperty("--face-ink", light(who.colour) ? "#20231f" : "#fff");
  }
  return node;
}

// Whether dark ink reads better than white on a #rrggbb colour (WCAG luminance).
function light(colour) {
  const bits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!bits) return false;
  const [red, green, blue] = bits.slice(1).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}

export const job = (who) => who?.title || who?.role || "";
