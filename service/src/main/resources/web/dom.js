// Elements, made and kept up to date. Text is always text: nothing from the network becomes markup.

/** Makes an element: h("p", {class: "note"}, "text", child). Properties that begin with "on" are listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value != null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Sets a text only if it is another, so that nothing is laid out, or read aloud, anew. */
export function text(element, value) {
  const now = String(value);
  if (element.textContent !== now) element.textContent = now;
}

/** Sets an attribute only if it is another. */
export function attribute(element, name, value) {
  if (value == null || value === false) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/** Brings a parent's children in line with a list: one element a key, made once, updated each time. */
export function keyed(parent, items, keyOf, make, update) {
  const before = parent.keyed ?? new Map();
  const after = new Map();
  let at = null;
  for (const item of items) {
    const key = keyOf(item);
    const element = before.get(key) ?? make(item);
    after.set(key, element);
    update(element, item);
    const next = at ? at.nextSibling : parent.firstChild;
    if (next !== element) parent.insertBefore(element, next);
    at = element;
  }
  for (const [key, element] of before) if (!after.has(key)) element.remove();
  parent.keyed = after;
}

/** Says something to those who do not see it. */
export function say(what) {
  const said = document.getElementById("said");
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = what; });
}

/** A button that puts a text on the clipboard. */
export function copyButton(what, label) {
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy ${label}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(typeof what === "function" ? what() : what);
      text(button, "Copied");
      say(`${label} copied`);
    } catch {
      // Without HTTPS, away from localhost, there is no clipboard: select it instead.
      const range = document.createRange();
      range.selectNodeContents(button.previousElementSibling);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      text(button, "Selected");
    }
    setTimeout(() => text(button, "Copy"), 1500);
  });
  return button;
}
