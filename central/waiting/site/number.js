// One number, looked at from afar: hash what stands behind the #, fetch the file of that name.

const RENEW_MS = 10_000;
const place = (id) => document.getElementById(id);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");

let words = {};
let known = null;
let calls = null;

async function digest(secret) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function language() {
  const wanted = [sessionStorage.getItem("language"), ...navigator.languages];
  for (const each of wanted) {
    const found = each && (words[each] ? each : each.split("-")[0]);
    if (found && words[found]) return found;
  }
  return "en";
}

// What is known: { ticket, state, … }, "unknown" for a number that nobody has, "silent" for nothing.
function sentence(text) {
  if (known === "unknown") return text.unknown;
  if (known === "silent" || known.stale) return text.stale;
  if (known.state === "waiting") {
    return known.ahead === 0 ? text.next : fill(text.waiting, known);
  }
  return fill(text[known.state] ?? text.stale, known);
}

function show() {
  const now = language();
  const text = words[now];
  const there = typeof known === "object" && known !== null;
  const waits = there && !known.stale && known.state === "waiting";
  document.documentElement.lang = now;
  document.documentElement.dir = text["page.direction"];
  document.title = there ? `${known.ticket} – ${text.title}` : text.title;
  document.body.dataset.state = there && !known.stale ? known.state : "";
  place("title").textContent = text.title;
  place("office").textContent = there ? [known.office, known.where].filter(Boolean).join(" · ") : "";
  place("ticket").textContent = there ? known.ticket : "";
  // Said aloud by screen readers when it changes, and only then.
  const said = known ? sentence(text) : "";
  if (place("state").textContent !== said) place("state").textContent = said;
  const range = waits && known.high_min !== null ? fill(text.range, known) : text.no_range;
  place("range").textContent = waits ? range : "";
  place("why").textContent =
    waits && !known.right_of_way && known.ahead_first ? fill(text.why, { count: known.ahead_first }) : "";
  place("stay").textContent = waits ? text.stay : "";
  place("as-of").textContent = there ? fill(text.as_of, { time: known.as_of }) : "";
  place("languages").replaceChildren(
    ...Object.keys(words)
      .filter((each) => each !== now)
      .map((each) => {
        const button = document.createElement("button");
        button.type = "button";
        button.lang = each;
        button.textContent = words[each]["page.language"];
        button.addEventListener("click", () => {
          sessionStorage.setItem("language", each);
          show();
        });
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
  );
}

async function look(name) {
  try {
    const answer = await fetch(`../numbers/${name}.json`, { cache: "no-store" });
    if (answer.ok) {
      const now = await answer.json();
      // The server's own clock: the phone's may be wrong.
      const served = new Date(answer.headers.get("Date") ?? Date.now());
      [now.low, now.high] = [now.low_min, now.high_min];
      now.stale = now.stale_from !== null && served > new Date(now.stale_from);
      if (calls !== null && now.calls > calls && now.state === "called") navigator.vibrate?.([400, 200, 400]);
      calls = now.calls;
      known = now;
    } else {
      known = answer.status === 404 ? "unknown" : "silent";
    }
  } catch {
    known = "silent";
  }
  show();
}

words = await (await fetch("words.json")).json();
const secret = decodeURIComponent(location.hash.slice(1));
if (secret) {
  const name = await digest(secret);
  await look(name);
  setInterval(() => look(name), RENEW_MS);
  document.addEventListener("visibilitychange", () => document.hidden || look(name));
} else {
  known = "unknown";
  show();
}
addEventListener("hashchange", () => location.reload());
