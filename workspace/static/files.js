// Choosing files for a file_input: each is uploaded at once, and the answer holds what the server made of it.

import { el, icon } from "./dom.js";
import { upload } from "./door.js";
import { chat } from "./state.js";

export function files(spec, field, name) {
  const most = spec.max_files ?? 10;
  const note = el("p", { class: "hint", role: "status" });
  const list = el("ul", { class: "files" });
  const input = el("input", {
    id: name.id,
    type: "file",
    class: "unseen",
    multiple: most > 1,
    "aria-describedby": name.described,
    accept: spec.filetypes?.map((kind) => `.${kind}`).join(",") || null,
    data: { actionId: spec.action_id ?? "" },
  });
  const draw = () =>
    list.replaceChildren(
      ...field.value().map((file) =>
        row(file, () => {
          field.change(field.value().filter((one) => one.id !== file.id));
          draw();
          input.focus();
        }),
      ),
    );
  input.addEventListener("change", () => {
    const sending = take([...input.files], { field, most, note, list, draw });
    input.value = "";
    field.surface.uploads.add(sending);
    sending.finally(() => field.surface.uploads.delete(sending));
  });
  draw();
  const button = el(
    "label",
    { class: "button choose-files", for: name.id },
    icon("file"),
    most > 1 ? `Choose files (up to ${most})` : "Choose a file",
  );
  return el("div", { class: "stack" }, input, button, note, list);
}

async function take(chosen, { field, most, note, list, draw }) {
  const room = Math.max(0, most - field.value().length);
  const left = chosen
    .slice(room)
    .map((file) => file.name)
    .join(", ");
  note.textContent = left ? `No more than ${most} files: ${left} left out.` : "";
  for (const file of chosen.slice(0, room)) {
    const waiting = el(
      "li",
      { class: "file busy" },
      icon("file"),
      el("span", {}, file.name),
      el("span", { class: "hint" }, "Sending…"),
    );
    list.append(waiting);
    try {
      const kept = await upload(chat.as, file);
      field.change([...field.value(), kept]);
      if (!left) note.textContent = `${file.name} is added.`;
    } catch (problem) {
      note.textContent = `${file.name} could not be added. ${problem.message}`;
    }
    waiting.remove();
    draw();
  }
}

function row(file, remove) {
  const called = file.name ?? file.title ?? "A file";
  return el(
    "li",
    { class: "file" },
    icon("file"),
    el("span", {}, called),
    el("span", { class: "hint" }, size(file.size)),
    el("button", { type: "button", class: "plain", "aria-label": `Remove ${called}`, onclick: remove }, icon("close")),
  );
}

function size(bytes) {
  if (!bytes) return "";
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
