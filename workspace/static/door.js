// Everything that goes to and comes from the workspace's server.

export class Unreachable extends Error {}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Unreachable("The chat cannot be reached just now.");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 413) throw new Unreachable("It is too large.");
  if (!answer.ok) throw new Unreachable(`The chat would not do that (${body.error ?? answer.status}).`);
  return body;
}

export const people = () => ask("/ui/people");
export const state = (as, place) => ask(`${place}/state?as=${encodeURIComponent(as)}`);

export function send(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export async function upload(as, file) {
  const query = new URLSearchParams({ as, name: file.name, type: file.type || "application/octet-stream" });
  const answer = await ask(`/ui/upload?${query}`, { method: "PUT", body: file });
  return answer.file ?? answer;
}

// Calls changed() whenever the server says so, and once after each reconnection.
export function events(as, { changed, line }) {
  let source = null;
  const listen = () => {
    source = new EventSource(`/ui/events?as=${encodeURIComponent(as)}`);
    source.onmessage = changed;
    source.onopen = () => {
      line(true);
      changed();
    };
    source.onerror = () => {
      line(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    };
  };
  listen();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
  });
}
