import { castBoolean, castFloat, castFloat32, castInteger, castUmask } from "../values/casts.js";
import { accept, type Decoded } from "../values/decoded.js";
import type { Scalar } from "../values/scalar.js";
import type { Cast } from "./casts.js";

/** A cast scalar and the warning that its spelling deserves. */
export interface CastScalar {
  readonly scalar: Scalar;
  readonly warning?: string | undefined;
}

/** Gives a text the type its attribute asks for. */
export function castText(text: string, cast: Cast): Decoded<CastScalar> {
  switch (cast) {
    case "bool": {
      const result = castBoolean(text);
      if (!result.ok) return result;
      const { value, warning } = result.value;
      return accept({ scalar: { tag: "bool", value }, warning });
    }
    case "int":
    case "umask": {
      const result = cast === "int" ? castInteger(text) : castUmask(text);
      return result.ok ? accept({ scalar: { tag: "int", value: result.value } }) : result;
    }
    case "float":
    case "float32": {
      const result = cast === "float" ? castFloat(text) : castFloat32(text);
      return result.ok ? accept({ scalar: { tag: "float", value: result.value } }) : result;
    }
    default:
      return cast satisfies never;
  }
}

/** What an attribute that is cast takes, for messages. */
export function expectation(cast: Cast): string {
  switch (cast) {
    case "bool":
      return "must be true or false";
    case "int":
      return "must be a whole number";
    case "umask":
      return "must be an umask";
    case "float":
    case "float32":
      return "must be a number";
    default:
      return cast satisfies never;
  }
}
