// A button that opens a short menu: arrows move, Escape closes, a press anywhere else closes.

import { el, uid } from "./dom.js";
import { safe } from "./text.js";

export function menu(button, entries, { side = "left" } = {}) {
  const id = uid("menu");
  const list = el("div", { class: "menu", role: "menu", id, popover: "manual" });
  const shown = () => list.matches(":popover-open");
  const holder = el("span", { class: "menu-holder" }, button, list);
  const follow = () => place(list, button, side);
  const close = (back = true) => {
    if (!shown()) return;
    list.hidePopover();
    window.removeEventListener("scroll", follow, true);
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  const open = () => {
    list.replaceChildren(...entries().map((entry) => item(entry, close)));
    list.showPopover();
    follow();
    window.addEventListener("scroll", follow, true);
    button.setAttribute("aria-expanded", "true");
    list.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
  };
  for (const [name, value] of [
    ["aria-haspopup", "menu"],
    ["aria-expanded", "false"],
    ["aria-controls", id],
  ])
    button.setAttribute(name, value);
  button.addEventListener("click", () => (shown() ? close() : open()));
  holder.addEventListener("keydown", (event) => keys(event, list, close));
  holder.addEventListener("focusout", (event) => {
    if (!holder.contains(event.relatedTarget)) close(false);
  });
  return holder;
}

function item(entry, close) {
  const props = {
    role: "menuitem",
    tabindex: "-1",
    class: "menu-item",
    data: { value: entry.value ?? "", testid: entry.testid ?? "" },
    onclick: () => {
      close();
      entry.press?.();
    },
  };
  const inside = [el("span", {}, entry.words), entry.more && el("span", { class: "hint" }, entry.more)];
  return entry.href && safe(entry.href)
    ? el("a", { ...props, href: entry.href, target: "_blank", rel: "noopener noreferrer" }, inside)
    : el("button", { ...props, type: "button" }, inside);
}

// Under its button, or over it near the foot; never outside the window.
function place(list, button, side) {
  const [at, own] = [button.getBoundingClientRect(), list.getBoundingClientRect()];
  const left = side === "right" ? at.right - own.width : at.left;
  const below = at.bottom + 6 + own.height < innerHeight;
  list.style.left = `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`;
  list.style.top = `${Math.max(8, below ? at.bottom + 6 : at.top - own.height - 6)}px`;
}

function keys(event, list, close) {
  if (!list.matches(":popover-open")) return;
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
