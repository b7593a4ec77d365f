// Slack's text objects and rich text as document nodes; people's words are never parsed as HTML.

import { el } from "./dom.js";
import { chat, nameOf } from "./state.js";

// A text object, or a bare string taken literally.
export function words(object) {
  if (!object) return [];
  if (typeof object === "string") return [object];
  return object.type === "mrkdwn" ? marked(object.text ?? "") : [object.text ?? ""];
}

export const plain = (object) => (typeof object === "string" ? object : (object?.text ?? ""));

const MARKS =
  /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\s][^<>]*)>|(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])|(?<![\w_])_(\S|\S[^_\n]*?\S)_(?![\w_])|(?<![\w~])~(\S|\S[^~\n]*?\S)~(?![\w~])/g;

// The safe subset of mrkdwn: code, links and mentions, bold, italic, struck out.
export function marked(text) {
  const nodes = [];
  let last = 0;
  for (const found of text.matchAll(MARKS)) {
    nodes.push(unescaped(text.slice(last, found.index)), mark(found));
    last = found.index + found[0].length;
  }
  return [...nodes, unescaped(text.slice(last))].filter((node) => node !== "");
}

function mark([whole, block, code, angle, bold, italic, struck]) {
  if (block !== undefined) return el("code", { class: "block" }, unescaped(block.trim()));
  if (code !== undefined) return el("code", {}, unescaped(code));
  if (angle !== undefined) return bracketed(angle, whole);
  if (bold !== undefined) return el("strong", {}, ...marked(bold));
  if (italic !== undefined) return el("em", {}, ...marked(italic));
  return el("s", {}, ...marked(struck));
}

function bracketed(inside, whole) {
  const [target, label] = inside.split("|", 2);
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${nameOf(target.slice(1))}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${label || channelName(target.slice(1))}`);
  if (target.startsWith("!")) return label ? unescaped(label) : `@${target.slice(1).split("^")[0]}`;
  return link(unescaped(target), unescaped(label || target)) ?? unescaped(whole);
}

function channelName(id) {
  return chat.now?.channels.find((one) => one.id === id)?.name ?? "a channel";
}

export function link(address, label) {
  if (!safe(address)) return null;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function safe(address) {
  return URL.canParse(address) && ["http:", "https:", "mailto:", "tel:"].includes(new URL(address).protocol);
}

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// Addresses in words that nobody marked up (mail, people's own messages).
export function linked(text) {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .map((part, at) => (at % 2 ? (link(part, part) ?? part) : part));
}

export function richText(block) {
  return (block.elements ?? []).map((part) => (PARTS[part.type] ?? section)(part));
}

const section = (part) => el("p", {}, (part.elements ?? []).map(inline));
const PARTS = {
  rich_text_quote: (part) => el("blockquote", {}, (part.elements ?? []).map(inline)),
  rich_text_preformatted: (part) => el("pre", {}, (part.elements ?? []).map(inline)),
  rich_text_list: (part) => {
    const list = el(part.style === "ordered" ? "ol" : "ul", {
      start: part.offset ? part.offset + 1 : null,
      class: part.indent ? `in-${part.indent}` : null,
    });
    list.append(...(part.elements ?? []).map((item) => el("li", {}, (item.elements ?? []).map(inline))));
    return list;
  },
};

function inline(piece) {
  const style = piece.style ?? {};
  let node = plainPiece(piece);
  if (style.code) node = el("code", {}, node);
  if (style.bold) node = el("strong", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.strike) node = el("s", {}, node);
  return node;
}

function plainPiece(piece) {
  if (piece.type === "link") return link(piece.url, piece.text || piece.url) ?? (piece.text || piece.url);
  if (piece.type === "user") return el("span", { class: "mention" }, `@${nameOf(piece.user_id)}`);
  if (piece.type === "channel") return el("span", { class: "mention" }, `#${channelName(piece.channel_id)}`);
  if (piece.type === "broadcast") return el("span", { class: "mention" }, `@${piece.range}`);
  if (piece.type === "emoji")
    return piece.unicode
      ? String.fromCodePoint(...piece.unicode.split("-").map((hex) => Number.parseInt(hex, 16)))
      : `:${piece.name}:`;
  if (piece.type === "date") return piece.fallback ?? new Date(piece.timestamp * 1000).toLocaleString("en-GB");
  return piece.text ?? "";
}
