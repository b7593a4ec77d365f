// Teams's three themes, as the page's own colours (teams.css) and as the renderer's.

const COLOURS = {
  light: { ink: "#242424", soft: "#616161", accent: "#5b5fc7", good: "#237b4b", bad: "#b10e1c", warn: "#8a5a00", card: "#ffffff", tint: "#f5f5f5", lit: "#ebebf8", line: "#e0e0e0" },
  dark: { ink: "#ffffff", soft: "#bdbdbd", accent: "#a6a9f4", good: "#92c353", bad: "#ff99a4", warn: "#f9e285", card: "#292929", tint: "#363636", lit: "#34344f", line: "#525252" },
  contrast: { ink: "#ffffff", soft: "#ffffff", accent: "#ffff01", good: "#3ff23f", bad: "#ffb3b3", warn: "#ffff01", card: "#000000", tint: "#000000", lit: "#000000", line: "#ffffff" },
};
export const NAMES = { light: "Light", dark: "Dark", contrast: "High contrast" };
const KEPT = "teams-theme";

export function chosen() {
  const asked = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(KEPT);
  if (asked in COLOURS) return asked;
  if (matchMedia("(prefers-contrast: more), (forced-colors: active)").matches) return "contrast";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function choose(name) {
  localStorage.setItem(KEPT, name);
  document.documentElement.dataset.theme = name;
}

export const theme = () => ({ host: host(COLOURS[document.documentElement.dataset.theme]) });

const both = (colour, subtle = colour) => ({ default: colour, subtle });

function host(colour) {
  const words = {
    default: both(colour.ink, colour.soft),
    dark: both(colour.ink, colour.soft),
    light: both(colour.soft),
    accent: both(colour.accent),
    good: both(colour.good),
    warning: both(colour.warn),
    attention: both(colour.bad),
  };
  const style = (backgroundColor) => ({ backgroundColor, borderColor: colour.line, foregroundColors: words });
  return {
    fontFamily: "'Segoe UI', system-ui, sans-serif",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    spacing: { small: 4, default: 12, medium: 16, large: 24, extraLarge: 32, padding: 12 },
    separator: { lineThickness: 1, lineColor: colour.line },
    supportsInteractivity: true,
    containerStyles: { default: style(colour.card), emphasis: style(colour.tint), accent: style(colour.lit), good: style(colour.tint), attention: style(colour.tint), warning: style(colour.tint) },
    inputs: {
      label: {
        inputSpacing: "small",
        requiredInputs: { color: "default", weight: "bolder", suffix: " *", suffixColor: "attention" },
        optionalInputs: { color: "default", weight: "bolder" },
      },
      errorMessage: { color: "attention", weight: "bolder", spacing: "small" },
    },
    actions: {
      maxActions: 6,
      spacing: "default",
      buttonSpacing: 8,
      showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
      actionsOrientation: "horizontal",
      actionAlignment: "left",
      preExpandSingleShowCardAction: false,
    },
  };
}
