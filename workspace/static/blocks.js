// Block Kit blocks as document nodes.

import { element } from "./elements.js";
import { el, icon, patch, uid } from "./dom.js";
import { plain, richText, words } from "./text.js";

// Draws blocks into parent, keeping every block that did not change (and so whatever is typed in it).
export function drawBlocks(parent, blocks, surface) {
  patch(parent, blocks ?? [], {
    key: (block, at) => block.block_id ?? at,
    make: (block) => drawn(block, surface),
  });
}

function drawn(block, surface) {
  const node = (MAKERS[block.type] ?? unknown)(block, surface);
  node.classList.add("block", `block-${block.type}`);
  if (block.block_id) node.dataset.blockId = block.block_id;
  return node;
}

const MAKERS = {
  section,
  input,
  header: (block) => el("h3", {}, plain(block.text)),
  divider: () => el("hr"),
  context: (block) =>
    el(
      "div",
      {},
      (block.elements ?? []).map((one) =>
        one.type === "image"
          ? el("img", { src: one.image_url, alt: one.alt_text ?? "" })
          : el("span", { class: "prose" }, ...words(one)),
      ),
    ),
  actions: (block, surface) =>
    el(
      "div",
      { class: "row" },
      block.elements.map((one) =>
        element(one, block, surface, { id: uid("do"), label: plain(one.placeholder) || "Choose" }),
      ),
    ),
  rich_text: (block) => el("div", { class: "prose" }, richText(block)),
  image: (block) =>
    el(
      "figure",
      {},
      block.title && el("figcaption", {}, plain(block.title)),
      el("img", { src: block.image_url, alt: block.alt_text ?? "" }),
    ),
};

const unknown = (block) => el("p", { class: "unknown" }, `This chat cannot show a “${block.type}” block.`);

function section(block, surface) {
  const said = block.text && el("div", { class: "prose" }, ...words(block.text));
  const fields =
    block.fields &&
    el(
      "div",
      { class: "fields" },
      block.fields.map((one) => el("div", { class: "prose" }, ...words(one))),
    );
  const beside =
    block.accessory &&
    element(block.accessory, block, surface, {
      id: uid("do"),
      label: plain(block.accessory.placeholder) || plain(block.text) || null,
    });
  return el("div", {}, el("div", { class: "said" }, said, fields), beside && el("div", { class: "beside" }, beside));
}

const GROUPS = ["radio_buttons", "checkboxes", "multi_static_select"];

function input(block, surface) {
  const spec = block.element;
  const [id, labelled, hint, error] = [uid("field"), uid("label"), uid("hint"), uid("error")];
  const grouped = GROUPS.includes(spec.type);
  const named = [plain(block.label), block.optional && el("span", { class: "optional" }, " (optional)")];
  const name = {
    id,
    labelled,
    required: !block.optional,
    described: [block.hint && hint, error].filter(Boolean).join(" "),
  };
  return el(
    "div",
    { class: "field" },
    grouped
      ? el("div", { class: "label", id: labelled }, named)
      : el("label", { class: "label", id: labelled, for: id }, named),
    block.hint && el("p", { class: "hint", id: hint }, plain(block.hint)),
    element(spec, block, surface, name),
    el("p", { class: "error", id: error, hidden: true }, icon("warn"), el("span")),
  );
}

// Puts each field's error beside it, and says so to those who cannot see it.
export function drawErrors(parent, errors) {
  for (const block of parent.querySelectorAll(".field[data-block-id]")) {
    const words = errors[block.dataset.blockId];
    const line = block.querySelector(".error");
    line.hidden = !words;
    line.lastElementChild.textContent = words ?? "";
    for (const control of block.querySelectorAll("[data-action-id]")) {
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}

// The first thing to press or type in inside one block.
export function controlOf(parent, blockId) {
  const block = parent.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
  return block?.querySelector("input:not([type=hidden]), select, textarea, button, a[href]") ?? null;
}
