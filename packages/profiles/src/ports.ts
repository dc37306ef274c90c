import type { Profile, ProfilePort } from "./profile.js";

/** What is known of a container port. */
export function portOf(profile: Profile, port: number, protocol: string): ProfilePort | undefined {
  return profile.ports.find((known) => known.port === port && (known.proto ?? "tcp") === protocol);
}

/**
 * True for a port whose purpose is to be reached from other machines: the entrance of a reverse proxy, DNS, VPN, mail,
 * games, file sharing between peers. Binding it to loopback would switch the service off.
 */
export function isMeantForOthers(profile: Profile, port: number, protocol: string): boolean {
  const exposure = portOf(profile, port, protocol)?.exposure;
  return exposure === "public" || exposure === "lan";
}
