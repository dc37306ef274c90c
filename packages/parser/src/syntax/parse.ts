import { type Obstacle, scan, type Token } from "./scan.js";
import type {
  MapSyntax,
  PairSyntax,
  ScalarSyntax,
  SeqSyntax,
  SyntaxDocument,
  SyntaxNode,
  SyntaxProblem,
  SyntaxTree,
} from "./tree.js";

/** Deeper nesting than the stack is sure to take; nobody writes it. */
const MAX_DEPTH = 1_000;
/** After this many lines that had to be left out, only what stands in front of the next is read. */
const MAX_ATTEMPTS = 10;

/**
 * Reads YAML text into its concrete shape; never throws. Only the first syntax error is told, as others may follow from it;
 * what stands around it is read as if its line were blank.
 */
export function parseSyntax(file: string, text: string): SyntaxTree {
  let readable = text;
  const problems: SyntaxProblem[] = [];
  let documents: readonly SyntaxDocument[] = [];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const reading = readDocuments(readable);
    documents = reading.documents;
    const { obstacle } = reading;
    if (obstacle === undefined) {
      if (problems.length === 0) problems.push(...reading.problems);
      break;
    }
    if (problems.length === 0) problems.push(problemOf(obstacle, text));
    const without = withoutLine(readable, obstacle.from) ?? withoutLine(readable, obstacle.at);
    if (without === undefined || attempt === MAX_ATTEMPTS - 1) {
      documents = readDocuments(head(readable, Math.min(obstacle.from, obstacle.at))).documents;
      break;
    }
    readable = without;
  }
  return { file, text, documents, problems };
}

function problemOf({ message, at }: Obstacle, text: string): SyntaxProblem {
  const start = Math.min(at, text.length);
  return { message, start, end: Math.min(start + 1, text.length) };
}

/** The text with the line at an offset blanked, so that offsets stay; undefined when it is blank already. */
function withoutLine(text: string, offset: number): string | undefined {
  let start = Math.min(offset, text.length);
  while (start > 0 && !isLineEnd(text.charCodeAt(start - 1))) start--;
  let end = Math.min(offset, text.length);
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++;
  if (text.slice(start, end).trim() === "") return undefined;
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}

/** The lines in front of the one that holds an offset. */
function head(text: string, offset: number): string {
  const end = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1));
  return text.slice(0, end + 1);
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

interface Reading {
  readonly documents: readonly SyntaxDocument[];
  readonly problems: readonly SyntaxProblem[];
  readonly obstacle: Obstacle | undefined;
}

/** Thrown inside the reader only, and caught there. */
class Stop extends Error {
  readonly obstacle: Obstacle;
  constructor(obstacle: Obstacle) {
    super(obstacle.message);
    this.obstacle = obstacle;
  }
}

/** Anchor and tag of a node, and where the node begins with them. */
interface Props {
  readonly propsStart: number;
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

function readDocuments(text: string): Reading {
  const { tokens, obstacle } = scan(text);
  const documents: SyntaxDocument[] = [];
  const problems: SyntaxProblem[] = [];
  const anchors = new Map<string, SyntaxNode>();
  let handles: Set<string> = new Set();
  let index = 0;
  let depth = 0;

  function peek(): Token {
    const token = tokens[index];
    if (token !== undefined) return token;
    throw new Stop(obstacle ?? { message: "the text ends too early", at: text.length, from: text.length });
  }

  function fail(message: string, at: number, from = at): never {
    throw new Stop({ message, at, from });
  }

  function documentsOfStream(): void {
    for (let first = true; ; first = false) {
      let token = peek();
      while (token.type === "document-end") {
        index++;
        token = peek();
      }
      if (token.type === "stream-end") return;
      const start = token.start;
      const explicit = !first || token.type === "directive" || token.type === "document-start";
      if (explicit) {
        directives();
        token = peek();
        if (token.type !== "document-start") fail("a new document must begin with `---`", token.start);
        index++;
        token = peek();
      } else handles = new Set();
      const empty =
        explicit &&
        (token.type === "directive" ||
          token.type === "document-start" ||
          token.type === "document-end" ||
          token.type === "stream-end");
      const root = empty ? undefined : node(true, false);
      documents.push({ root, start, end: peek().start });
      if (peek().type === "document-end") index++;
    }
  }

  function directives(): void {
    handles = new Set();
    let version = false;
    for (let token = peek(); token.type === "directive"; token = peek()) {
      const [kind, handle = ""] = token.text.split(/[ \t]+/);
      if (kind === "%YAML") {
        if (version) fail("`%YAML` must stand only once", token.start);
        version = true;
      } else {
        if (handles.has(handle)) fail(`\`%TAG ${handle}\` must stand only once`, token.start);
        handles.add(handle);
      }
      index++;
    }
  }

  function register(props: Props, built: SyntaxNode): void {
    if (props.anchor !== undefined) anchors.set(props.anchor, built);
  }

  function base(props: Props, start: number, end: number) {
    const { propsStart, anchor, tag } = props;
    if (anchor === undefined && tag === undefined) return { start, end, propsStart };
    return {
      start,
      end,
      propsStart,
      ...(anchor === undefined ? {} : { anchor }),
      ...(tag === undefined ? {} : { tag }),
    };
  }

  function empty(at: number): ScalarSyntax {
    return { kind: "scalar", start: at, end: at, propsStart: at, style: "plain", text: "" };
  }

  function node(block: boolean, indentless: boolean): SyntaxNode {
    let token = peek();
    if (token.type === "alias") return alias(token);
    const propsStart = token.start;
    let anchor: string | undefined;
    let tag: string | undefined;
    let end = token.start;
    for (let i = 0; i < 2; i++) {
      if (token.type === "anchor" && anchor === undefined) anchor = token.text;
      else if (token.type === "tag" && tag === undefined) tag = knownTag(token);
      else break;
      end = token.end;
      index++;
      token = peek();
    }
    const props = { propsStart, anchor, tag };
    switch (token.type) {
      case "scalar": {
        index++;
        const built: ScalarSyntax = {
          kind: "scalar",
          ...base(props, token.start, token.end),
          style: token.style,
          text: token.text,
        };
        register(props, built);
        return built;
      }
      case "block-entry":
        if (indentless) return nested(token, () => blockSeq(props, token.start, true));
        break;
      case "seq-start":
        if (block) return nested(token, () => blockSeq(props, token.start, false));
        break;
      case "map-start":
        if (block) return nested(token, () => blockMap(props, token.start));
        break;
      case "flow-seq-start":
        return nested(token, () => flowSeq(props, token.start));
      case "flow-map-start":
        return nested(token, () => flowMap(props, token.start));
      default:
        break;
    }
    if (anchor !== undefined || tag !== undefined) {
      const built: ScalarSyntax = { kind: "scalar", ...base(props, end, end), style: "plain", text: "" };
      register(props, built);
      return built;
    }
    return fail("a value is missing here", token.start);
  }

  function nested(token: Token, read: () => SyntaxNode): SyntaxNode {
    if (++depth > MAX_DEPTH) fail(`values are nested more than ${MAX_DEPTH} deep`, token.start);
    const built = read();
    depth--;
    return built;
  }

  function alias(token: Token): SyntaxNode {
    index++;
    const target = anchors.get(token.text);
    if (target === undefined) {
      const message = `no anchor \`&${token.text}\` stands before the alias \`*${token.text}\``;
      problems.push({ message, start: token.start, end: token.end });
    }
    return { kind: "alias", start: token.start, end: token.end, propsStart: token.start, name: token.text, target };
  }

  function knownTag(token: Token): string {
    const handle = /^![0-9A-Za-z_-]+!/.exec(token.text)?.[0];
    if (handle !== undefined && !handles.has(handle)) fail(`no \`%TAG\` directive defines \`${handle}\``, token.start);
    return token.text;
  }

  function blockSeq(props: Props, start: number, indentless: boolean): SeqSyntax {
    const items: SyntaxNode[] = [];
    const built: Building<SeqSyntax> = { kind: "seq", ...base(props, start, start), flow: false, items };
    register(props, built);
    if (!indentless) index++;
    for (let token = peek(); token.type === "block-entry"; token = peek()) {
      index++;
      const after = peek().type;
      const ends =
        after === "block-entry" || after === "block-end" || (indentless && (after === "key" || after === "value"));
      const item = ends ? empty(token.end) : node(true, false);
      items.push(item);
      built.end = item.end;
    }
    if (indentless) return built;
    const token = peek();
    if (token.type !== "block-end") fail("an item of this list must begin with `-`", token.start);
    index++;
    return built;
  }

  function blockMap(props: Props, start: number): MapSyntax {
    const pairs: PairSyntax[] = [];
    const built: Building<MapSyntax> = { kind: "map", ...base(props, start, start), flow: false, pairs };
    register(props, built);
    index++;
    for (;;) {
      const token = peek();
      if (token.type === "block-end") {
        index++;
        return built;
      }
      if (token.type !== "key" && token.type !== "value") {
        fail("this line fits no level of indentation above it, or lacks a key", token.start);
      }
      // libyaml takes a value without a key nowhere in a block.
      if (token.type === "value") fail("a key is missing in front of `:`", token.start);
      index++;
      const key = endsEntry(peek().type) ? empty(token.end) : node(true, true);
      built.end = key.end;
      const colon = peek();
      let value: SyntaxNode;
      if (colon.type === "value") {
        index++;
        value = endsEntry(peek().type) ? empty(colon.end) : node(true, true);
      } else value = empty(key.end);
      pairs.push({ key, value });
      built.end = value.end;
    }
  }

  function endsEntry(type: Token["type"]): boolean {
    return type === "key" || type === "value" || type === "block-end";
  }

  function flowSeq(props: Props, start: number): SeqSyntax {
    const items: SyntaxNode[] = [];
    const built: Building<SeqSyntax> = { kind: "seq", ...base(props, start, start), flow: true, items };
    register(props, built);
    index++;
    for (let first = true; ; first = false) {
      let token = peek();
      if (token.type !== "flow-seq-end" && !first) {
        if (token.type !== "flow-entry") fail("`,` or `]` is missing", token.start, start);
        index++;
        token = peek();
      }
      if (token.type === "flow-seq-end") {
        index++;
        built.end = token.end;
        return built;
      }
      items.push(token.type === "key" ? single(token) : node(false, false));
    }
  }

  /** `[key: value]`: a mapping of one pair. */
  function single(token: Token): MapSyntax {
    index++;
    const before = peek();
    const missing = before.type === "value" || before.type === "flow-entry" || before.type === "flow-seq-end";
    const key = missing ? empty(before.end) : node(false, false);
    // libyaml drops the sign that stands in the key's place.
    if (missing) index++;
    const colon = peek();
    let value: SyntaxNode = empty(key.end);
    if (colon.type === "value") {
      index++;
      const after = peek().type;
      value = after === "flow-entry" || after === "flow-seq-end" ? empty(colon.end) : node(false, false);
    }
    return {
      kind: "map",
      start: token.start,
      end: value.end,
      propsStart: token.start,
      flow: true,
      pairs: [{ key, value }],
    };
  }

  function flowMap(props: Props, start: number): MapSyntax {
    const pairs: PairSyntax[] = [];
    const built: Building<MapSyntax> = { kind: "map", ...base(props, start, start), flow: true, pairs };
    register(props, built);
    index++;
    for (let first = true; ; first = false) {
      let token = peek();
      if (token.type !== "flow-map-end" && !first) {
        if (token.type !== "flow-entry") fail("`,` or `}` is missing", token.start, start);
        index++;
        token = peek();
      }
      if (token.type === "flow-map-end") {
        index++;
        built.end = token.end;
        return built;
      }
      if (token.type !== "key") {
        const key = node(false, false);
        pairs.push({ key, value: empty(key.end) });
        continue;
      }
      index++;
      const before = peek();
      const key = endsFlowEntry(before.type) || before.type === "value" ? empty(before.start) : node(false, false);
      const colon = peek();
      let value: SyntaxNode = empty(key.end);
      if (colon.type === "value") {
        index++;
        value = endsFlowEntry(peek().type) ? empty(colon.end) : node(false, false);
      }
      pairs.push({ key, value });
    }
  }

  function endsFlowEntry(type: Token["type"]): boolean {
    return type === "flow-entry" || type === "flow-map-end";
  }

  try {
    documentsOfStream();
  } catch (error) {
    if (error instanceof Stop) return { documents, problems, obstacle: error.obstacle };
    throw error;
  }
  return { documents, problems, obstacle };
}
