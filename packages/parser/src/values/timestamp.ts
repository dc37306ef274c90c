const START = /^[0-9]{4}-/;
const DATE = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})/;
const CLOCK = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+))?/;
const ZONE = /^([+-])([0-9]{2}):([0-9]{2})$/;

/**
 * Reads an unquoted YAML timestamp and answers it as Compose prints it, or undefined when the text is none:
 * `2024-01-02` → `2024-01-02 00:00:00 +0000 UTC`. Four spellings count: a date; a date, blanks and a time; a date, `T` or
 * `t`, a time and a zone. Offset zero prints as UTC, as it does on a machine set to UTC.
 */
export function readTimestamp(text: string): string | undefined {
  if (!START.test(text)) return undefined;
  const date = DATE.exec(text);
  if (date === null) return undefined;
  const [matched, year = "", month = "", day = ""] = date;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  const time = readTime(text.slice(matched.length));
  return time === undefined ? undefined : `${year}-${pad(month)}-${pad(day)} ${time}`;
}

/** What `readTimestamp` answers, as Compose prints it where it stays a date: `2024-01-02T00:00:00Z`, `2024-01-02T03:04:05.12+02:00`. */
export function timestampJson(printed: string): string {
  const [date, clock, offset = "+0000"] = printed.split(" ");
  const zone = offset === "+0000" ? "Z" : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  return `${date}T${clock}${zone}`;
}

function readTime(rest: string): string | undefined {
  if (rest === "") return "00:00:00 +0000 UTC";
  const zoned = rest.startsWith("T") || rest.startsWith("t");
  if (!zoned && !rest.startsWith(" ")) return undefined;
  const clockText = zoned ? rest.slice(1) : rest.replace(/^ +/, "");
  const clock = CLOCK.exec(clockText);
  if (clock === null) return undefined;
  const [matched, hour = "", minute = "", second = "", fraction = ""] = clock;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const zone = readZone(clockText.slice(matched.length), zoned);
  if (zone === undefined) return undefined;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  return `${pad(hour)}:${pad(minute)}:${pad(second)}${digits === "" ? "" : `.${digits}`} ${zone}`;
}

function readZone(text: string, zoned: boolean): string | undefined {
  if (!zoned) return text === "" ? "+0000 UTC" : undefined;
  if (text === "Z") return "+0000 UTC";
  const zone = ZONE.exec(text);
  if (zone === null) return undefined;
  const [, sign = "+", hour = "", minute = ""] = zone;
  // Some people write offsets of 24 hours or 60 minutes, and they are taken.
  if (Number(hour) > 24 || Number(minute) > 60) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  if (minutes === 0) return "+0000 UTC";
  const offset = `${sign}${pad(String(Math.floor(minutes / 60)))}${pad(String(minutes % 60))}`;
  return `${offset} ${offset}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return day <= days;
}

function pad(digits: string): string {
  return digits.padStart(2, "0");
}
