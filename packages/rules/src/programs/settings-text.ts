import { type Project, remembered, type Service } from "@compose-harden/model";
import { dependenciesOf } from "../network/neighbours.js";

/** The values of a service's environment, a line each: to look for names that may stand in any of them. */
const environmentText: (service: Service) => string = remembered(({ environment }) => {
  if (environment.items.size === 0) return "";
  return Array.from(environment.items.values(), ({ value }) => value ?? "").join("\n");
});

/** Environment, command and entrypoint. */
export const settingsText: (service: Service) => string = remembered((service) =>
  [environmentText(service), ...(service.command?.value ?? []), ...(service.entrypoint?.value ?? [])].join("\n"),
);

/** What Docker runs to ask how a service is, as JSON; `""` where the files do not say. */
export function healthCheckText(service: Service): string {
  return JSON.stringify(service.get("healthcheck", "test")?.raw ?? "");
}

/** What a service says of others. */
export interface Speaker {
  readonly service: Service;
  readonly environment: string;
  readonly settings: string;
  /** The names of the services that it waits for. */
  readonly waitsFor: readonly string[];
}

/** All services of a project side by side: whoever is looked for by name is looked for in each. */
export const speakersOf: (project: Project) => readonly Speaker[] = remembered(({ services }) =>
  services.map((service) => ({
    service,
    environment: environmentText(service),
    settings: settingsText(service),
    waitsFor: dependenciesOf(service),
  })),
);
