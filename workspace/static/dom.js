// Making and patching elements: the one place that touches the document's API directly.

export function el(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) give(node, name, value);
  node.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

function give(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

// Makes parent's children match items, keeping every node whose key and signature stayed:
// a kept node keeps its focus, its caret and its scroll.
export function patch(parent, items, { key, sign = JSON.stringify, make }) {
  const focus = focusIn(parent);
  const kept = new Map([...parent.children].map((node) => [node._key, node]));
  const wanted = items.map((item, at) => {
    const [name, signature] = [String(key(item, at)), sign(item, at)];
    const old = kept.get(name);
    if (old && old._sign === signature) return old;
    return Object.assign(make(item, at), { _key: name, _sign: signature });
  });
  const keep = new Set(wanted);
  for (const node of [...parent.childNodes]) if (!keep.has(node)) node.remove();
  let cursor = parent.firstChild;
  for (const node of wanted) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  focus?.();
}

// What has the focus inside parent, as a function that gives it back after a patch.
function focusIn(parent) {
  const held = document.activeElement;
  if (!held || held === document.body || !parent.contains(held)) return null;
  const spot = spotOf(held);
  return () => {
    if (document.activeElement === held || !spot) return;
    parent.querySelector(spot)?.focus({ preventScroll: true });
  };
}

// A selector that finds the same control again after its block was drawn anew.
export function spotOf(node) {
  const holder = node?.closest?.("[data-action-id]");
  if (!holder) return node?.dataset?.testid ? `[data-testid="${CSS.escape(node.dataset.testid)}"]` : null;
  const block = node.closest("[data-block-id]")?.dataset.blockId ?? "";
  const inside = node === holder ? "" : node.value ? ` [value="${CSS.escape(node.value)}"]` : "";
  return `[data-block-id="${CSS.escape(block)}"] [data-action-id="${CSS.escape(holder.dataset.actionId)}"]${inside}`;
}

let count = 0;
export const uid = (stem = "n") => `${stem}-${(count += 1)}`;

// Said to a screen reader only.
export function announce(words) {
  said(words, "unseen");
}

// Said to everybody, at the foot of the page, for a few seconds.
export function toast(words) {
  said(words, "toast");
  fading = setTimeout(() => announce(""), 6000);
}

let fading = null;

function said(words, look) {
  clearTimeout(fading);
  Object.assign(document.getElementById("said"), { textContent: words, className: look });
}

// Line icons, drawn here so that nothing is fetched and nothing is parsed.
const STROKES = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3.5 15h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-7-6 15-3-6z",
  mail: "M3.5 6h17v12h-17zM4 7l8 6 8-6",
  reply: "M4 5h16v11H11l-5 4v-4H4z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  down: "M12 5v13M6 12.5l6 6 6-6",
  warn: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.01",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  card: "M8 2l4 6 4-6M6 8h12v13H6zM9.5 13h5M9.5 16.5h5",
  out: "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [key, value] of [
    ["viewBox", "0 0 24 24"],
    ["class", "icon"],
    ["aria-hidden", "true"],
  ])
    svg.setAttribute(key, value);
  path.setAttribute("d", STROKES[name]);
  if (name === "more") path.setAttribute("stroke-width", "3");
  svg.append(path);
  return svg;
}
