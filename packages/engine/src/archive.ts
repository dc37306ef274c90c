/** One entry of a tar archive, without its content. */
export interface ArchiveEntry {
  /** As archived: no leading slash; folders without the one at the end. */
  readonly path: string;
  readonly kind: "folder" | "file" | "other";
  readonly uid: number;
  readonly gid: number;
  /** Octal. */
  readonly mode: string;
  readonly bytes: number;
}

/** Size of a header, and what content is padded to. */
const BLOCK = 512;

/**
 * The entries of a tar archive as it comes (POSIX.1-2001 pax, as Docker writes it). Content is passed over, never kept. Ends early and
 * answers undefined when `limit` bytes did not hold the whole archive.
 */
export async function archiveEntries(
  chunks: AsyncIterable<Buffer>,
  limit: number,
): Promise<readonly ArchiveEntry[] | undefined> {
  const entries: ArchiveEntry[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let skip = 0;
  let bytes = 0;
  let extended: ReadonlyMap<string, string> = new Map();
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) return undefined;
    // Most of an archive is content of large files: it is not copied.
    if (skip >= chunk.length && rest.length === 0) {
      skip -= chunk.length;
      continue;
    }
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const passed = Math.min(skip, rest.length);
      rest = rest.subarray(passed);
      skip -= passed;
      if (skip > 0 || rest.length < BLOCK) break;
      const header = rest.subarray(0, BLOCK);
      const size = numberAt(header, 124, 12);
      const type = String.fromCharCode(header[156] ?? 0);
      const padded = Math.ceil(size / BLOCK) * BLOCK;
      if (type === "x" || type === "g") {
        if (rest.length < BLOCK + padded) break;
        if (type === "x") extended = recordsIn(rest.subarray(BLOCK, BLOCK + size));
        rest = rest.subarray(BLOCK + padded);
        continue;
      }
      const entry = entryIn(header, type, extended);
      if (entry.path !== "") entries.push(entry);
      skip = BLOCK + Math.ceil(Number(extended.get("size") ?? size) / BLOCK) * BLOCK;
      extended = new Map();
    }
  }
  return entries;
}

function entryIn(header: Buffer, type: string, extended: ReadonlyMap<string, string>): ArchiveEntry {
  const prefix = textAt(header, 345, 155);
  const name = textAt(header, 0, 100);
  const path = extended.get("path") ?? (prefix === "" ? name : `${prefix}/${name}`);
  return {
    path: path.replace(/\/+$/, ""),
    kind: type === "5" ? "folder" : type === "0" || type === "\0" ? "file" : "other",
    uid: Number(extended.get("uid") ?? numberAt(header, 108, 8)),
    gid: Number(extended.get("gid") ?? numberAt(header, 116, 8)),
    mode: (numberAt(header, 100, 8) & 0o7777).toString(8),
    bytes: type === "5" ? 0 : Number(extended.get("size") ?? numberAt(header, 124, 12)),
  };
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}

/** Octal digits, or with the first bit set a big-endian number. */
function numberAt(header: Buffer, start: number, length: number): number {
  if (((header[start] ?? 0) & 0x80) !== 0) return header.readUIntBE(start + length - 6, 6);
  return Number.parseInt(textAt(header, start, length).trim(), 8) || 0;
}

/** Records of an extended header: `30 path=…` and a line break, the number being the record's whole length in bytes. */
function recordsIn(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(" ", at);
    const length = Number(content.subarray(at, blank).toString());
    if (blank < 0 || !(length > 0)) break;
    const record = content.subarray(blank + 1, at + length - 1).toString("utf8");
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
