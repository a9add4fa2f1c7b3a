// Libraries that are no modules.

const asked = new Map();

/** Loads a script once. */
export function script(address) {
  if (!asked.has(address)) {
    asked.set(address, new Promise((loaded, failed) => {
      const element = document.createElement("script");
      element.src = address;
      element.addEventListener("load", loaded);
      element.addEventListener("error", () => {
        asked.delete(address);
        failed(new Error(`${address} could not be loaded`));
      });
      document.head.append(element);
    }));
  }
  return asked.get(address);
}
