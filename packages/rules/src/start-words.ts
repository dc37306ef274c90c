import type { Located, Service } from "@compose-harden/model";
import { remembered } from "./remembered.js";

/** Each place that says what a service runs at start, with its text as one line. */
export const startTexts: (service: Service) => readonly (readonly [place: Located<readonly string[]>, text: string])[] =
  remembered((service) =>
    [service.entrypoint, service.command].flatMap((place) =>
      place === undefined || place.value.length === 0 ? [] : [[place, place.value.join(" ")] as const],
    ),
  );
