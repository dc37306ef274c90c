import type { Service } from "@compose-harden/model";
import { isLeftToReader } from "../programs/environment.js";
import type { Place } from "../rule.js";

/** A variable by which programs no longer ask whom they talk to; each means the same in every image. */
export interface UncheckedPeer {
  readonly name: string;
  readonly value: RegExp;
  readonly why: string;
  /** Where it was read. */
  readonly source: string;
}

const OFF = /^(0|false|no|off)$/i;
const ON = /^(1|true|yes|on)$/i;

const VARIABLES: readonly UncheckedPeer[] = [
  {
    name: "NODE_TLS_REJECT_UNAUTHORIZED",
    value: /^0$/,
    why: "Node.js takes every certificate for the right one",
    source: "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
  },
  {
    name: "PYTHONHTTPSVERIFY",
    value: /^0$/,
    why: "Python takes every certificate for the right one",
    source: "https://peps.python.org/pep-0493/",
  },
  {
    name: "GIT_SSL_NO_VERIFY",
    value: ON,
    why: "git takes every certificate for the right one",
    source: "https://git-scm.com/book/en/v2/Git-Internals-Environment-Variables",
  },
  {
    name: "ANSIBLE_HOST_KEY_CHECKING",
    value: OFF,
    why: "Ansible logs in to whatever machine answers at an address",
    source:
      "https://docs.ansible.com/ansible/latest/inventory_guide/connection_details.html#managing-host-key-checking",
  },
];

/** The variables that a service sets so, each with its place. */
export function uncheckedPeersOf({ environment }: Service): readonly (readonly [UncheckedPeer, Place])[] {
  return VARIABLES.flatMap((known): readonly (readonly [UncheckedPeer, Place])[] => {
    const located = environment.items.get(known.name);
    return located === undefined || isLeftToReader(located) || !known.value.test(located.value ?? "")
      ? []
      : [[known, located]];
  });
}
