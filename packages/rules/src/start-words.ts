import type { Located, Service } from "@compose-harden/model";

/** Each place that says what a service runs at start, with its text as one line. */
export function startTexts(service: Service): readonly (readonly [place: Located<readonly string[]>, text: string])[] {
  return [service.entrypoint, service.command].flatMap((place) =>
    place === undefined || place.value.length === 0 ? [] : [[place, place.value.join(" ")] as const],
  );
}
