import { remembered, type Service } from "@compose-harden/model";

/** The values of a service's environment, a line each: to look for names that may stand in any of them. */
export const environmentText: (service: Service) => string = remembered(({ environment }) => {
  if (environment.items.size === 0) return "";
  return Array.from(environment.items.values(), ({ value }) => value ?? "").join("\n");
});

/** Environment, command and entrypoint. */
export const settingsText: (service: Service) => string = remembered((service) =>
  [environmentText(service), ...(service.command?.value ?? []), ...(service.entrypoint?.value ?? [])].join("\n"),
);
