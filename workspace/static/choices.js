// Things to choose from: drop-down lists with groups, radio buttons, tick boxes, the overflow menu.

import { el, icon, uid } from "./dom.js";
import { menu } from "./menu.js";
import { plain, words } from "./text.js";

const groupsOf = (spec) => spec.option_groups ?? [{ label: null, options: spec.options ?? [] }];
const optionsOf = (spec) => groupsOf(spec).flatMap((group) => group.options);
const marks = (spec, name) => ({ "aria-describedby": name.described, data: { actionId: spec.action_id ?? "" } });

export function dropDown(spec, field, name) {
  const list = el(
    "select",
    {
      ...marks(spec, name),
      id: name.id,
      class: "box",
      "aria-label": name.label,
      "aria-required": name.required ? "true" : null,
    },
    el("option", { value: "" }, plain(spec.placeholder) || "Choose one"),
    groupsOf(spec).map((group) => {
      const options = group.options.map((one) => el("option", { value: one.value }, plain(one.text)));
      return group.label ? el("optgroup", { label: plain(group.label) }, options) : options;
    }),
  );
  list.value = field.value()?.value ?? "";
  list.addEventListener("change", () => field.change(optionsOf(spec).find((one) => one.value === list.value) ?? null));
  return el("span", { class: "select" }, list);
}

export function radios(spec, field, name) {
  const group = uid("radio");
  const chosen = field.value()?.value;
  return el(
    "div",
    {
      ...marks(spec, name),
      id: name.id,
      class: "choices",
      role: "radiogroup",
      "aria-label": name.label,
      "aria-labelledby": name.labelled,
      "aria-required": name.required ? "true" : null,
    },
    optionsOf(spec).map((one) =>
      choice(one, { type: "radio", name: group, checked: one.value === chosen, onchange: () => field.change(one) }),
    ),
  );
}

export function boxes(spec, field, name) {
  const list = el("div", {
    ...marks(spec, name),
    id: name.id,
    class: "choices",
    role: "group",
    "aria-label": name.label,
    "aria-labelledby": name.labelled,
  });
  const chosen = new Set((field.value() ?? []).map((one) => one.value));
  const read = () => {
    const ticked = new Set([...list.querySelectorAll("input:checked")].map((box) => box.value));
    return optionsOf(spec).filter((one) => ticked.has(one.value));
  };
  list.append(
    ...optionsOf(spec).map((one) =>
      choice(one, { type: "checkbox", checked: chosen.has(one.value), onchange: () => field.change(read()) }),
    ),
  );
  return list;
}

function choice(option, props) {
  const more = option.description ? uid("more") : null;
  return el(
    "label",
    { class: "choice" },
    el("input", { ...props, value: option.value, "aria-describedby": more }),
    el(
      "span",
      {},
      el("span", {}, ...words(option.text)),
      more && el("span", { class: "hint", id: more }, ...words(option.description)),
    ),
  );
}

export function overflow(spec, field) {
  const button = el(
    "button",
    {
      type: "button",
      class: "button icon-only",
      "aria-label": "More choices",
      data: { actionId: spec.action_id ?? "" },
    },
    icon("more"),
  );
  return menu(button, () =>
    (spec.options ?? []).map((one) => ({
      words: plain(one.text),
      value: one.value,
      href: one.url,
      press: () => field.tell({ selected_option: one }),
    })),
  );
}
