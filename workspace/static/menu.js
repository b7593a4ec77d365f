// A button that opens a short menu: arrows move, Escape closes, a press anywhere else closes.

import { el, uid } from "./dom.js";
import { safe } from "./text.js";

export function menu(button, entries, { side = "left" } = {}) {
  const id = uid("menu");
  const list = el("div", { class: `menu ${side}`, role: "menu", id, hidden: true });
  const holder = el("span", { class: "menu-holder" }, button, list);
  const close = (back = true) => {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  const open = () => {
    list.replaceChildren(...entries().map((entry) => item(entry, close)));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.querySelector("[role=menuitem]")?.focus();
  };
  for (const [name, value] of [["aria-haspopup", "menu"], ["aria-expanded", "false"], ["aria-controls", id]]) button.setAttribute(name, value);
  button.addEventListener("click", () => (list.hidden ? open() : close()));
  holder.addEventListener("keydown", (event) => keys(event, list, close));
  holder.addEventListener("focusout", (event) => { if (!holder.contains(event.relatedTarget)) close(false); });
  return holder;
}

function item(entry, close) {
  const props = { role: "menuitem", tabindex: "-1", class: "menu-item", data: { value: entry.value ?? "", testid: entry.testid ?? "" }, onclick: () => { close(); entry.press?.(); } };
  const inside = [el("span", {}, entry.words), entry.more && el("span", { class: "hint" }, entry.more)];
  return entry.href && safe(entry.href)
    ? el("a", { ...props, href: entry.href, target: "_blank", rel: "noopener noreferrer" }, inside)
    : el("button", { ...props, type: "button" }, inside);
}

function keys(event, list, close) {
  if (list.hidden) return;
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
