// The school's time, Europe/London, whatever clock the visitor's own machine keeps.

const ZONE = "Europe/London";
const shape = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options });
const CLOCK = shape({ hour: "2-digit", minute: "2-digit" });
const DAY = shape({ weekday: "long", day: "numeric", month: "long" });
const SHORT = shape({ weekday: "short", day: "numeric", month: "short" });
const PARTS = shape({
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export const clockTime = (date) => CLOCK.format(date);
export const day = (date) => DAY.format(date);
export const shortDay = (date) => SHORT.format(date);
export const fullTime = (date) => `${DAY.format(date)} at ${CLOCK.format(date)}`;

export function moment(message) {
  const at = message.at ? new Date(message.at) : new Date(Number.parseFloat(message.ts) * 1000);
  return Number.isNaN(at.getTime()) ? new Date(0) : at;
}

// Unix seconds → the value of a datetime-local field.
export function toLocal(seconds) {
  if (!seconds) return "";
  const parts = Object.fromEntries(
    PARTS.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

// The value of a datetime-local field → Unix seconds; asked twice because the offset itself depends on the answer.
export function fromLocal(value) {
  if (!value) return null;
  const wall = Date.parse(`${value}Z`) / 1000;
  let guess = wall;
  for (let turn = 0; turn < 2; turn += 1) guess += wall - Date.parse(`${toLocal(guess)}Z`) / 1000;
  return guess;
}
