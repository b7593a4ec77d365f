// Choosing people: type a few letters of a name, arrow to it, Enter; the chosen stand above as chips.

import { el, icon, uid } from "./dom.js";
import { face, job } from "./faces.js";
import { chat, nameOf } from "./state.js";
import { plain } from "./text.js";

export function userPicker(spec, field, name) {
  const most = spec.type === "users_select" ? 1 : (spec.max_selected_items ?? Infinity);
  const picker = { many: most > 1, at: -1, placeholder: plain(spec.placeholder) || "Type a name" };
  picker.list = el("div", {
    class: "options",
    role: "listbox",
    id: uid("people"),
    "aria-label": "People",
    hidden: true,
  });
  picker.chips = el("ul", { class: "chips" });
  picker.box = nameBox(spec, name, picker);
  picker.chosen = () => (picker.many ? (field.value() ?? []) : [field.value()].filter(Boolean));
  picker.set = (ids) => {
    field.change(picker.many ? ids : (ids[0] ?? null));
    drawChips(picker);
  };
  picker.add = (id) => {
    picker.set(picker.many ? [...picker.chosen(), id].slice(-most) : [id]);
    picker.box.value = "";
    close(picker);
    picker.box.focus();
  };
  const holder = el("div", { class: "picker" }, picker.chips, picker.box, picker.list);
  holder.addEventListener("focusout", (event) => {
    if (!holder.contains(event.relatedTarget)) close(picker);
  });
  drawChips(picker);
  return holder;
}

function nameBox(spec, name, picker) {
  return el("input", {
    id: name.id,
    class: "box",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": picker.list.id,
    "aria-label": name.label,
    "aria-describedby": name.described,
    "aria-required": name.required ? "true" : null,
    data: { actionId: spec.action_id ?? "" },
    oninput: () => open(picker),
    onclick: () => open(picker),
    onkeydown: (event) => keys(event, picker),
  });
}

function drawChips({ chips, chosen, set, box, many, placeholder }) {
  const ids = chosen();
  chips.hidden = ids.length === 0;
  box.placeholder = ids.length && !many ? "Type another name to change it" : placeholder;
  chips.replaceChildren(
    ...ids.map((id) =>
      el(
        "li",
        { class: "chip", data: { user: id } },
        face(id, "tiny"),
        el("span", {}, nameOf(id)),
        el(
          "button",
          {
            type: "button",
            "aria-label": `Remove ${nameOf(id)}`,
            onclick: () => {
              set(chosen().filter((one) => one !== id));
              box.focus();
            },
          },
          icon("close"),
        ),
      ),
    ),
  );
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function open(picker) {
  const { box, list, chosen } = picker;
  const sought = folded(box.value.trim());
  const found = chat.people.filter(
    (who) => who.chat && !chosen().includes(who.id) && folded(`${who.name} ${job(who)}`).includes(sought),
  );
  picker.at = sought && found.length ? 0 : -1;
  list.replaceChildren(
    ...found.map((who) =>
      el(
        "div",
        {
          class: "option",
          role: "option",
          id: `${list.id}-${who.id}`,
          tabindex: "-1",
          data: { user: who.id, value: who.id },
          onclick: () => picker.add(who.id),
        },
        face(who.id, "tiny"),
        el("span", {}, who.name),
        el("span", { class: "hint" }, job(who)),
      ),
    ),
  );
  if (!found.length) list.append(el("p", { class: "hint none" }, "Nobody of that name here."));
  list.hidden = false;
  list.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-expanded", "true");
  point(picker);
}

function close({ box, list }) {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function point({ box, list, at }) {
  const options = [...list.querySelectorAll("[role=option]")];
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  if (options[at]) box.setAttribute("aria-activedescendant", options[at].id);
  else box.removeAttribute("aria-activedescendant");
  options[at]?.scrollIntoView({ block: "nearest" });
}

function keys(event, picker) {
  const { list, box, chosen, set } = picker;
  const options = list.hidden ? [] : [...list.querySelectorAll("[role=option]")];
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move && list.hidden) open(picker);
  else if (move && options.length) {
    picker.at = (picker.at + move + options.length) % options.length;
    point(picker);
  } else if (event.key === "Enter" && !list.hidden && options.length) {
    if (options[picker.at]) picker.add(options[picker.at].dataset.user);
  } else if (event.key === "Escape" && !list.hidden) {
    close(picker);
    event.stopPropagation();
  } else if (event.key === "Backspace" && !box.value && chosen().length) {
    set(chosen().slice(0, -1));
    return;
  } else return;
  event.preventDefault();
}
