import { remembered, type Service } from "@compose-harden/model";
import { inRange, type Profile, parseImage, profileById, profileOf, versionOf } from "@compose-harden/profiles";
import { words } from "./start-words.js";

/** Servers that tell by their name what they are, whatever image holds them, with the ids of their profiles. */
const SERVERS: Readonly<Record<string, string>> = {
  "llama-server": "llama-cpp",
  mlflow: "mlflow",
  ray: "ray",
  tritonserver: "tritonserver",
  vllm: "vllm",
};

/** What is known about the image in use, or else about the server that it is told to start; undefined when nothing is. */
export const productOf: (service: Service) => Profile | undefined = remembered((service) => {
  const known = service.image === undefined ? undefined : profileOf(service.image.value);
  if (known !== undefined) return known;
  const id = SERVERS[words(service)[0]?.replace(/^.*\//, "") ?? ""];
  return id === undefined ? undefined : profileById(id);
});

/** True when the tag in use lies in a range of versions; a tag without a number, and none, stand for the newest. */
export function runsVersion(service: Service, range: string): boolean {
  return inRange(range, versionOf(parseImage(service.image?.value ?? "").tag));
}
