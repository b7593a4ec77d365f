// Buttons and boxes to type in; everything to choose from is in choices.js.

import { keyOf, shaped } from "./answers.js";
import { boxes, dropDown, overflow, radios } from "./choices.js";
import { confirmed } from "./confirm.js";
import { el } from "./dom.js";
import { files } from "./files.js";
import { userPicker } from "./picker.js";
import { plain, safe } from "./text.js";
import { fromLocal, toLocal } from "./times.js";

const MAKERS = {
  button,
  overflow,
  file_input: files,
  plain_text_input: line,
  email_text_input: line,
  url_text_input: line,
  number_input: line,
  static_select: dropDown,
  radio_buttons: radios,
  checkboxes: boxes,
  multi_static_select: boxes,
  users_select: userPicker,
  multi_users_select: userPicker,
  datepicker: time,
  timepicker: time,
  datetimepicker: time,
  image: (spec) => el("img", { class: "thumb", src: spec.image_url, alt: spec.alt_text ?? "" }),
};

// One control. `name` says how it is called: {id, label, described, required}.
export function element(spec, block, surface, name = {}) {
  const make = MAKERS[spec.type];
  if (!make) return el("p", { class: "unknown" }, `This chat cannot show “${spec.type}”.`);
  return make(spec, field(spec, block, surface), name);
}

// What a control may do: read its answer, keep a new one, and tell the bot where the block says so.
function field(spec, block, surface) {
  const tells = block.type !== "input" || block.dispatch_action;
  const tell = async (chosen) => (await confirmed(spec.confirm)) && surface.act(block, spec, chosen);
  return {
    surface,
    value: () => surface.answers.value(block, spec),
    keep: (value) => surface.answers.set(block, spec, value),
    tell,
    change(value) {
      surface.answers.set(block, spec, value);
      return tells ? tell({ [keyOf(spec.type)]: value }) : null;
    },
    tellNow() {
      const { type: _, ...state } = shaped(spec, surface.answers.value(block, spec));
      return tells ? tell(state) : null;
    },
  };
}

export function marks(spec, { id, label, described, required }) {
  return {
    id,
    "aria-label": label,
    "aria-describedby": described,
    "aria-required": required ? "true" : null,
    data: { actionId: spec.action_id ?? "" },
  };
}

function button(spec, field) {
  const look = {
    class: `button ${spec.style ?? ""}`,
    "aria-label": spec.accessibility_label,
    data: { actionId: spec.action_id ?? "" },
  };
  const press = async (event) => {
    const node = event.currentTarget;
    if (node.getAttribute("aria-busy") === "true") return event.preventDefault();
    node.setAttribute("aria-busy", "true");
    await field.tell({ value: spec.value, text: spec.text });
    node.removeAttribute("aria-busy");
  };
  if (spec.url && safe(spec.url))
    return el(
      "a",
      { ...look, href: spec.url, target: "_blank", rel: "noopener noreferrer", onclick: press },
      plain(spec.text),
    );
  return el("button", { ...look, type: "button", onclick: press }, plain(spec.text));
}

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text" };

function line(spec, field, name) {
  const given = {
    ...marks(spec, name),
    class: "box",
    placeholder: plain(spec.placeholder) || null,
    maxlength: spec.max_length,
    autocomplete: "off",
    oninput: (event) => typed(event.target.value),
  };
  const typed = (value) => {
    field.keep(value || null);
    if (spec.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered")) field.tellNow();
  };
  if (spec.multiline) {
    const area = el("textarea", { ...given, rows: "4" });
    area.value = field.value() ?? "";
    return spec.max_length ? counted(area, spec.max_length) : area;
  }
  const box = el("input", {
    ...given,
    type: TYPES[spec.type] ?? "text",
    inputmode: spec.type === "number_input" ? "decimal" : null,
  });
  box.value = field.value() ?? "";
  box.addEventListener("keydown", (event) => event.key === "Enter" && field.tellNow());
  return box;
}

// Says how much room is left once little is.
function counted(area, most) {
  const left = el("p", { class: "hint", hidden: true });
  const count = () => {
    const room = most - area.value.length;
    left.hidden = room > 200;
    left.textContent = `${room} characters left`;
  };
  area.addEventListener("input", count);
  count();
  return el("div", { class: "stack" }, area, left);
}

const CLOCKS = {
  datepicker: { type: "date", show: (value) => value ?? "", read: (text) => text || null },
  timepicker: { type: "time", show: (value) => value ?? "", read: (text) => text || null },
  datetimepicker: { type: "datetime-local", show: toLocal, read: fromLocal },
};

function time(spec, field, name) {
  const clock = CLOCKS[spec.type];
  const box = el("input", {
    ...marks(spec, name),
    class: "box narrow",
    type: clock.type,
    max: clock.type === "time" ? null : "9999-12-31",
  });
  if (clock.type === "datetime-local") box.max = "9999-12-31T23:59";
  box.value = clock.show(field.value());
  box.addEventListener("change", () => field.change(clock.read(box.value)));
  return box;
}
