// The modal: a stack of at most three views in one dialog, which keeps the focus and gives it back.

import { el, spotOf } from "./dom.js";
import { Sheet } from "./sheet.js";
import { say } from "./state.js";

const sheets = new Map();
let dialog = null;
let top = null;
let before = null; // what had the focus when the modal opened
const places = new Map(); // where the focus was in a view that another covered

export function drawModal(stack) {
  for (const id of [...sheets.keys()]) if (!stack.some((view) => view.id === id)) sheets.delete(id);
  const view = stack.at(-1);
  if (!view) return shut();
  const opening = open();
  if (!sheets.has(view.id)) sheets.set(view.id, new Sheet(view.id, close));
  const sheet = sheets.get(view.id);
  const swapped = sheet !== top;
  if (swapped && top) places.set(top.id, document.activeElement);
  const fresh = sheet.show(view, stack.length);
  if (!swapped) return settle(sheet, fresh && !sheet.node.contains(document.activeElement));
  const known = places.get(sheet.id);
  top = sheet;
  dialog.replaceChildren(sheet.node);
  dialog.setAttribute("aria-labelledby", sheet.title.id);
  if (known && sheet.node.contains(known) && !opening) known.focus();
  else settle(sheet, true);
}

function settle(sheet, move) {
  if (move || !dialog.contains(document.activeElement)) sheet.first().focus();
}

function open() {
  if (dialog) return false;
  before = document.activeElement;
  dialog = el("dialog", { class: "modal", role: "dialog", "aria-modal": "true", "data-testid": "modal" });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close(false);
  });
  dialog.addEventListener("keydown", keys);
  document.body.append(dialog);
  dialog.showModal();
  return true;
}

function shut() {
  if (!dialog) return;
  const back = before?.isConnected ? before : document.querySelector(spotOf(before) ?? "[data-testid=composer]");
  dialog.close();
  dialog.remove();
  [dialog, top, before] = [null, null, null];
  places.clear();
  (back ?? document.querySelector("main"))?.focus();
}

function keys(event) {
  if (event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close(false);
  } else if (event.key === "Tab") hold(event);
}

// Tab goes round inside the dialog and never out of it.
function hold(event) {
  const stops = [...dialog.querySelectorAll("a[href], button, input, select, textarea")].filter(
    (node) => !node.disabled && node.tabIndex >= 0 && node.getClientRects().length,
  );
  const [first, last] = [stops.at(0), stops.at(-1)];
  const outside = !stops.includes(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || (outside && document.activeElement === top.title)))
    last.focus();
  else if (!event.shiftKey && document.activeElement === last) first.focus();
  else return;
  event.preventDefault();
}

function close(all) {
  const sheet = top;
  if (!sheet || sheet.closing) return;
  sheet.closing = true;
  say("/ui/close", { view_id: sheet.id, all: Boolean(all) })
    .catch((problem) => sheet.inTrouble(problem.message))
    .finally(() => {
      sheet.closing = false;
    });
}
