// What people do to a message that stands there: a tick under it, and their own words changed or taken back.

import { confirmed } from "./confirm.js";
import { el, icon, toast, uid } from "./dom.js";
import { chat, nameOf, say } from "./state.js";

const TICK = "white_check_mark";
// Drawn here, since not every machine has a font for them; the others are spelt out.
const TICKS = [TICK, "heavy_check_mark"];

const tell = (path, body) => say(path, body).catch((problem) => toast(problem.message));

// Each reaction with its count; a press adds one's own or takes it away.
export function reactionRow(one, channel) {
  const all = one.reactions ?? [];
  if (!all.length) return null;
  return el(
    "p",
    { class: "row reactions" },
    all.map((each) => {
      const mine = each.users.includes(chat.as);
      return el(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": String(mine),
          title: each.users.map(nameOf).join(", "),
          "aria-label": `${each.name.replaceAll("_", " ")}, ${each.count}. ${mine ? "Take yours away" : "Add yours"}`,
          "data-testid": `reaction-${each.name}`,
          onclick: () => tell("/ui/react", { channel, ts: one.ts, name: each.name }),
        },
        el(
          "span",
          { class: "row", "aria-hidden": "true" },
          TICKS.includes(each.name) ? icon("tick") : `:${each.name}:`,
          String(each.count),
        ),
      );
    }),
  );
}

// The names of what was attached.
export function attached(one) {
  const names = one.files ?? [];
  return names.length ? el("p", { class: "row hint" }, names.flatMap((name) => [icon("file"), name])) : null;
}

// What the menu of a message offers besides the app's shortcuts.
export function deeds(one, channel) {
  const at = { channel, ts: one.ts };
  const mine = one.user === chat.as;
  const ticked = (one.reactions ?? []).some((each) => each.name === TICK && each.users.includes(chat.as));
  return [
    {
      words: ticked ? "Take the tick away" : "React with a tick",
      testid: "react",
      press: () => tell("/ui/react", { ...at, name: TICK }),
    },
    mine && { words: "Edit message", testid: "edit", press: () => rewrite(one, at) },
    mine && { words: "Delete message", testid: "delete", press: () => takeBack(at) },
  ].filter(Boolean);
}

async function takeBack(at) {
  const asked = { title: plain("Delete this message?"), text: plain("Everybody who could see it no longer can.") };
  const sure = await confirmed({ ...asked, confirm: plain("Delete"), deny: plain("Keep it"), style: "danger" });
  if (sure) tell("/ui/delete", at);
}

const plain = (text) => ({ type: "plain_text", text });

function rewrite(one, at) {
  const id = uid("edit");
  const back = document.activeElement;
  const box = el("textarea", { id, rows: "4", class: "box", "data-testid": "edit-text" });
  box.value = one.text;
  const done = () => {
    dialog.close();
    dialog.remove();
    back?.focus?.();
  };
  const keep = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    done();
    if (text && text !== one.text) tell("/ui/edit", { ...at, text });
  };
  const dialog = el(
    "dialog",
    { class: "confirm", "aria-labelledby": `${id}-title` },
    el(
      "form",
      { onsubmit: keep },
      el("h2", { id: `${id}-title` }, el("label", { for: id }, "Edit message")),
      box,
      el(
        "div",
        { class: "row end" },
        el("button", { type: "button", class: "button", onclick: done }, "Cancel"),
        el("button", { type: "submit", class: "button primary", "data-testid": "edit-save" }, "Save changes"),
      ),
    ),
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    done();
  });
  document.body.append(dialog);
  dialog.showModal();
  box.focus();
}
