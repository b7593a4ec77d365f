// The app's shortcuts: the lightning beside the box to write in, and the menu of each message.

import { el, icon, toast } from "./dom.js";
import { menu } from "./menu.js";
import { deeds } from "./reactions.js";
import { chat, say } from "./state.js";

const offered = (kind) => chat.shortcuts.filter((one) => one.type === kind);

function choose(one, where) {
  say("/ui/shortcut", { callback_id: one.callback_id, ...where }).catch((problem) => toast(problem.message));
}

function entries(kind, where) {
  return offered(kind).map((one) => ({
    words: one.name,
    testid: `shortcut-${one.callback_id}`,
    press: () => choose(one, where),
  }));
}

// Beside the box to write in; nothing where the app offers none.
export function lightning() {
  if (!offered("global").length) return null;
  const button = el("button", { type: "button", class: "bolt", "aria-label": "Shortcuts" }, icon("bolt"));
  return menu(button, () => entries("global", {}));
}

// In the corner of a message that others can see, too.
export function messageMenu(one, channel) {
  if (one.ephemeral) return null;
  const label = `More actions for the message by ${one.name}`;
  const button = el("button", { type: "button", class: "more-actions", "aria-label": label }, icon("more"));
  const where = { message: { channel, ts: one.ts } };
  const holder = menu(button, () => [...deeds(one, channel), ...entries("message", where)], { side: "right" });
  holder.classList.add("corner");
  return holder;
}
