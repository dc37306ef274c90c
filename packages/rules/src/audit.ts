import {
  type AuditCell,
  type AuditGrade,
  type AuditRow,
  type Finding,
  isFoundBy,
  type Mark,
  type Project,
  SEVERITIES,
  type Service,
  type Severity,
} from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { rules } from "./generated/rules.js";
import { type Login, loginOf } from "./network/login.js";
import { formatPort, remotePurpose } from "./network/ports.js";
import { answersOnHostNetwork, portsReachedFromElsewhere, type Reach, reachOf } from "./network/reach.js";

/** The quick-reference table, filled in for a project: each service against the questions that matter most. */
export function audit(project: Project, findings: readonly Finding[]): readonly AuditRow[] {
  return project.services.map((service) => {
    const own = findings.filter((finding) => finding.service === service.name);
    const found = new Set(own.map(({ rule }) => rule));
    const setting = (isSet: boolean, id: string): AuditCell =>
      settingCell(
        isSet,
        own.find(({ rule }) => rule === id),
      );
    return {
      service: service.name,
      ports: service.ports.items.map(({ value }) => formatPort(value.published ?? value.target, value.protocol)),
      reach: reachCell(service),
      login: loginCell(service, project),
      noNewPrivileges: setting(hasNoNewPrivileges(service), "no-new-privileges"),
      readOnly: setting(service.read_only?.value === true, "read-only-root"),
      limits: limitsCell(service),
      secrets: secretsCell(own),
      image: imageCell(service, found),
      grade: gradeOf(own),
    };
  });
}

const REACH: Readonly<Record<Reach, string>> = {
  everywhere: "every machine",
  address: "one network",
  host: "this machine",
  project: "the project",
};

function reachCell(service: Service): AuditCell {
  const reach = reachOf(service);
  const open = portsReachedFromElsewhere(service).filter(({ value }) => remotePurpose(service, value) === undefined);
  if (answersOnHostNetwork(service)) return cell("no", "every machine (host network)");
  return open.length > 0 ? cell(reach === "everywhere" ? "no" : "unknown", REACH[reach]) : cell("yes", REACH[reach]);
}

const LOGIN: Readonly<Record<Login, readonly [Mark, string]>> = {
  required: ["yes", "required"],
  set: ["yes", "set"],
  off: ["no", "none set"],
  none: ["no", "has none"],
  first: ["no", "first visitor's"],
  known: ["no", "known to everyone"],
  later: ["unknown", "made in it, or none"],
  unknown: ["unknown", "unknown"],
};

/** Where other machines do not reach the service, the missing login is the reach's business. */
function loginCell(service: Service, project: Project): AuditCell {
  const [mark, text] = LOGIN[loginOf(service, project)];
  const reach = reachOf(service);
  if (mark !== "no" || reach === "everywhere" || reach === "address") return cell(mark, text);
  return cell("yes", `${text}, kept to ${REACH[reach]}`);
}

function hasNoNewPrivileges(service: Service): boolean {
  return service.security_opt.items.some(({ value }) => /^no-new-privileges([:=]true)?$/.test(value));
}

/** Where no fix is offered, what is known of the service speaks against the setting; the finding says why. */
function settingCell(isSet: boolean, missed: Finding | undefined): AuditCell {
  if (isSet) return cell("yes", "yes");
  if (missed === undefined) return cell("unknown", "not asked");
  return missed.fix === undefined ? cell("unknown", "not for this one") : cell("no", "no");
}

function limitsCell({ limits }: Service): AuditCell {
  const missing = (["memory", "cpus", "pids"] as const).filter((name) => limits[name] === undefined);
  return missing.length === 0 ? cell("yes", "yes") : cell("no", `no ${missing.join(", ")}`);
}

/** What is given as a variable instead of a file is not in the Compose file. */
const SECRET_RULES: readonly string[] = [
  ...rules.filter(({ id, topic }) => topic === "secrets" && id !== "secret-as-variable").map(({ id }) => id),
  "published-key",
];

/** Wherever these are kept, only another value helps. */
const WEAK_RULES: readonly string[] = ["guessable-password", "published-key"];

function secretsCell(own: readonly Finding[]): AuditCell {
  const weak = own.filter((finding) => WEAK_RULES.some((id) => isFoundBy(finding, id))).length;
  const written = own.filter((finding) => SECRET_RULES.some((id) => isFoundBy(finding, id))).length - weak;
  const words = [
    ...(written === 0 ? [] : [`${written} in the file`]),
    ...(weak === 0 ? [] : [`${weak} known or guessed`]),
  ];
  return words.length === 0 ? cell("yes", "none in the file") : cell("no", words.join(", "));
}

function imageCell(service: Service, found: ReadonlySet<string>): AuditCell {
  if (service.image === undefined) return cell("unknown", "built here");
  const { digest, tag } = parseImage(service.image.value);
  if (digest !== undefined) return cell("yes", "digest");
  if (found.has("image-tag")) return cell("no", tag ?? "no tag");
  return service.build === undefined && tag !== undefined ? cell("yes", tag) : cell("unknown", "built here");
}

const GRADES: Readonly<Record<Severity, AuditGrade>> = { critical: "F", high: "D", medium: "C", low: "B", info: "A" };

function gradeOf(own: readonly Finding[]): AuditGrade {
  const worst = SEVERITIES.find((severity) => own.some((finding) => finding.severity === severity));
  return worst === undefined ? "A" : GRADES[worst];
}

function cell(mark: Mark, text: string): AuditCell {
  return { mark, text };
}
