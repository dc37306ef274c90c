import { isList, isMap, type Path, remembered, type Service } from "@compose-harden/model";
import type { Place } from "../rule.js";

/** The words the container starts with that the file writes. */
export const words: (service: Service) => readonly string[] = remembered((service) => [
  ...(service.entrypoint?.value ?? []),
  ...(service.command?.value ?? []),
]);

type StartText = readonly [place: Place, text: string];

/** Each place that says what a service runs when it starts, hooks included, with its text as one line. */
export const startTexts: (service: Service) => readonly StartText[] = remembered((service) => {
  const own = [service.entrypoint, service.command].flatMap((place) =>
    place === undefined || place.value.length === 0 ? [] : [[place, place.value.join(" ")] as const],
  );
  return [...own, ...hooksOf(service, "pre_start"), ...hooksOf(service, "post_start")];
});

function hooksOf(service: Service, when: string): readonly StartText[] {
  const hooks = service.get(when)?.raw;
  if (!isList(hooks)) return [];
  return hooks.flatMap((hook, index): readonly StartText[] => {
    const command = isMap(hook) ? hook.command : undefined;
    const path: Path = [...service.path, when, index, "command"];
    if (typeof command === "string") return [[{ path }, command]];
    return isList(command) && command.length > 0 ? [[{ path }, command.join(" ")]] : [];
  });
}
