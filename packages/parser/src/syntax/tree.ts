/**
 * The concrete shape of a YAML file: what stands where, in which style. The loader builds its values from it, the fixer
 * finds the bytes to edit in it. Offsets are UTF-16 offsets into the file's text.
 */
export type SyntaxNode = ScalarSyntax | MapSyntax | SeqSyntax | AliasSyntax;

interface SyntaxBase {
  /** First character of the value itself, after anchor and tag. */
  readonly start: number;
  /** One past the last character: closing quote or bracket, last line of a block without its trailing blank lines. */
  readonly end: number;
  /** Where the node begins with its anchor and tag (equals `start` when it has none). */
  readonly propsStart: number;
  readonly anchor?: string;
  /** As written, shorthand or verbatim: `!reset`, `!!str`. */
  readonly tag?: string;
}

/** A scalar; a missing value (`key:` with nothing) is a plain scalar with empty text, at the offset where one would stand. */
export interface ScalarSyntax extends SyntaxBase {
  readonly kind: "scalar";
  readonly style: "plain" | "single" | "double" | "literal" | "folded";
  /** The text after YAML's unescaping and folding, before any type is given to it. */
  readonly text: string;
}

/** A mapping. */
export interface MapSyntax extends SyntaxBase {
  readonly kind: "map";
  readonly flow: boolean;
  readonly pairs: readonly PairSyntax[];
}

/** One `key: value` of a mapping. */
export interface PairSyntax {
  readonly key: SyntaxNode;
  readonly value: SyntaxNode;
}

/** A list. */
export interface SeqSyntax extends SyntaxBase {
  readonly kind: "seq";
  readonly flow: boolean;
  readonly items: readonly SyntaxNode[];
}

/** `*name`. */
export interface AliasSyntax extends SyntaxBase {
  readonly kind: "alias";
  readonly name: string;
  /** The anchored node that is visible here; undefined when there is none (an error of the file). */
  readonly target: SyntaxNode | undefined;
}

/** One document of a file; an empty document has no root. */
export interface SyntaxDocument {
  readonly root: SyntaxNode | undefined;
  readonly start: number;
  readonly end: number;
}

/** A syntax error, at an offset. */
export interface SyntaxProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed file. With problems, `documents` still holds what could be read. */
export interface SyntaxTree {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly SyntaxDocument[];
  readonly problems: readonly SyntaxProblem[];
}
