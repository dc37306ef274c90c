/** Why the bytes of a change cannot be found; caught by the planner, which refuses the fix. */
export class Unwritable extends Error {
  readonly refusal: "would-drop-comment" | "unsupported-syntax";
  constructor(refusal: "would-drop-comment" | "unsupported-syntax", message: string) {
    super(message);
    this.refusal = refusal;
  }
}
