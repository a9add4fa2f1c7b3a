// Figures as people read them. Protobuf's JSON has 64-bit numbers as strings: number() takes both.

export const number = (value) => Number(value ?? 0);

export function bitrate(bitsPerSecond) {
  const value = number(bitsPerSecond);
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 2)} Mb/s`;
  return `${(value / 1e3).toFixed(value >= 1e5 ? 0 : 1)} kb/s`;
}

export function bytes(count) {
  let value = number(count);
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 1000) return `${unit === "B" ? value : value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(2)} TB`;
}

export const count = (value) => number(value).toLocaleString("en");

export function duration(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(all / 86400);
  const pad = (part) => String(part).padStart(2, "0");
  const clock = `${pad(Math.floor(all / 3600) % 24)}:${pad(Math.floor(all / 60) % 60)}:${pad(all % 60)}`;
  return days ? `${days} d ${clock}` : clock;
}

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** What a stream's state looks like: a tone, and a word. */
export function state(name, idleMs) {
  const idle = number(idleMs);
  switch (name) {
    case "STREAMING":
      return idle > 2500 ? { tone: "warn", word: "No data" } : { tone: "good", word: "On air" };
    case "CONNECTED":
      return { tone: "info", word: "Connected" };
    case "WAITING":
      return { tone: "idle", word: "Waiting" };
    case "RECONNECTING":
      return { tone: "warn", word: "Reconnecting" };
    case "STOPPING":
      return { tone: "idle", word: "Stopping" };
    case "FAILED":
      return { tone: "bad", word: "Failed" };
    case "ENDED":
      return { tone: "idle", word: "Ended" };
    default:
      return { tone: "idle", word: name ?? "" };
  }
}
