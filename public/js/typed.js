// Keeps what was typed while the page is loaded anew in the other language, whose words it cannot change as it stands.
// Only from one load to the next, only of the same page, and nothing that is secret.

const KEPT = "hub-typed";

/** More than this was not typed. */
const LONGEST = 200_000;

/** Fields appear as others are filled: so often they are looked for, so far apart. */
const TRIES = 180;
const FRAME_MS = 16;
/** A page's own module may come after the frame around it: what was put is told again, so that it is heard. */
const TOLD_AGAIN_EVERY = 30;

const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);
const SECRET = /passw|secret|token|credential|otp|pin$|api[-_ ]?key|private|sandi/i;

/** By its name, or as the browser is told: a password that is being shown is a field of text. */
const isSecret = (field) => SECRET.test(field.name) || SECRET.test(field.id) || /password|one-time-code|^cc-/.test(field.autocomplete);

/** Every field that may be kept, with a name that it will have again: its form, its own, and which of several alike. */
function* fields() {
  const seen = new Map();
  for (const field of document.querySelectorAll("input[name], select[name], textarea[name]")) {
    if (NEVER.has(field.type) || isSecret(field) || field.disabled || field.readOnly) continue;
    const choice = isChoice(field) ? field.value : "";
    const alike = JSON.stringify([field.form?.getAttribute("action") ?? "", field.form?.id ?? "", field.name, choice]);
    const before = seen.get(alike) ?? 0;
    seen.set(alike, before + 1);
    yield [`${alike}${before}`, field];
  }
}

const isChoice = ({ type }) => type === "checkbox" || type === "radio";

const valueOf = (field) => {
  if (isChoice(field)) return field.checked;
  return field.multiple && field.options ? [...field.options].map((option) => option.selected) : field.value;
};

function asServed(field) {
  if (isChoice(field)) return field.checked === field.defaultChecked;
  if (!field.options) return field.value === field.defaultValue;
  const options = [...field.options];
  // Where the server chose none, a list of which one is chosen shows its first.
  const first = !field.multiple && !options.some((option) => option.defaultSelected);
  return first ? field.selectedIndex <= 0 : options.every((option) => option.selected === option.defaultSelected);
}

function keep() {
  // Of one of many, the one that is chosen: it unchooses the others.
  const isKept = (field) => !asServed(field) && (field.type !== "radio" || field.checked);
  const typed = [...fields()].filter(([, field]) => isKept(field)).map(([name, field]) => [name, valueOf(field)]);
  const text = JSON.stringify({ path: location.pathname, typed });
  try {
    if (typed.length && text.length <= LONGEST) sessionStorage.setItem(KEPT, text);
  } catch {
    // No room, or not allowed here: the page comes as it would have.
  }
}

/** What the load before this one kept for this page. It is gone from the browser with this. */
function taken() {
  try {
    const text = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    const { path, typed } = JSON.parse(text) ?? {};
    return path === location.pathname ? typed : [];
  } catch {
    return [];
  }
}

/** True where the field holds it now. */
function put(field, value) {
  if (isChoice(field)) field.checked = value;
  else if (Array.isArray(value)) [...(field.options ?? [])].forEach((option, index) => (option.selected = value[index] === true));
  else if (field.options && ![...field.options].some((option) => option.value === value)) return false;
  else field.value = value;
  // As if it were typed: the page listens to either.
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  return true;
}

const alive = () =>
  new Promise((resolve) => {
    const html = document.documentElement;
    const look = () => html.hasAttribute("data-hydrated") && (watch.disconnect(), resolve());
    const watch = new MutationObserver(look);
    watch.observe(html, { attributeFilter: ["data-hydrated"] });
    look();
  });

/** Whoever chooses one of many says no to the others. */
const othersOf = ({ type, name, form }) =>
  type === "radio" ? [...document.querySelectorAll("input[type=radio]")].filter((other) => other.name === name && other.form === form) : [];

const frame = () => new Promise((resolve) => setTimeout(resolve, FRAME_MS));

async function bringBack(typed) {
  const waiting = new Map(typed);
  if (!waiting.size) return;
  // Whoever has typed in the meantime has the last word.
  const touched = new WeakSet();
  const touch = ({ isTrusted, target }) => isTrusted && [target, ...othersOf(target)].forEach((field) => touched.add(field));
  // What was sent, or emptied since it was, does not come back into its form.
  const leave = ({ isTrusted, target }) => {
    if (isTrusted) [...fields()].filter(([, field]) => field.form === target).forEach(([name]) => waiting.delete(name));
  };
  const heard = { input: touch, submit: leave, reset: leave };
  for (const [kind, hear] of Object.entries(heard)) document.addEventListener(kind, hear, true);
  const path = location.pathname;
  await alive();
  const there = new Set();
  for (let turn = 0; turn < TRIES && waiting.size && location.pathname === path; turn += 1) {
    const again = turn % TOLD_AGAIN_EVERY === 0;
    for (const [name, field] of [...fields()]) {
      if (!waiting.has(name) || !field.isConnected || (there.has(name) && !again)) continue;
      if (touched.has(field)) waiting.delete(name);
      else if (put(field, waiting.get(name))) there.add(name);
    }
    await frame();
  }
  for (const [kind, hear] of Object.entries(heard)) document.removeEventListener(kind, hear, true);
}

// The switch is a form; the command palette loads the page anew and says so before.
document.addEventListener("submit", (event) => event.target.matches("[data-keeps-typed]") && keep());
window.addEventListener("hub-language", keep);

bringBack(taken());
