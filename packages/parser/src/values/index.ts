export { parseBytes } from "./bytes.js";
export type { CastBoolean } from "./casts.js";
export { castBoolean, castFloat, castFloat32, castInteger, castInteger64, castUmask, parseCpus } from "./casts.js";
export type { Decoded, Lookup, Refused, Span } from "./decoded.js";
export { accept, refuse } from "./decoded.js";
export type { DeviceMapping, ParsedDevice, SshKey } from "./device.js";
export { parseDevice, parseDeviceCount, parseSshKey } from "./device.js";
export type { EnvEntry, EnvFile } from "./dotenv.js";
export { parseDotenv } from "./dotenv.js";
export { formatDuration, parseDuration, parseGoDuration } from "./duration.js";
export { formatFileMode, parseFileMode } from "./filemode.js";
export type { HostsInput } from "./hosts.js";
export { parseHosts } from "./hosts.js";
export { isIpAddress } from "./ip.js";
export type { KeyValue } from "./mapping.js";
export { parseEnvironmentItem, splitKeyValue } from "./mapping.js";
export type { Integer } from "./number.js";
export { formatFloat, formatJsonFloat, parseFloating, parseInteger, parseUnsigned } from "./number.js";
export { cleanPath, isRemote, isWindowsAbsolute } from "./paths.js";
export type { ParsedPort, PortMapping } from "./port.js";
export { parsePort } from "./port.js";
export { isProjectName, normalizeProjectName } from "./projectname.js";
export { quote } from "./quote.js";
export type { RawEnvFile } from "./rawenv.js";
export { parseRawEnv } from "./rawenv.js";
export type { Scalar } from "./scalar.js";
export { resolvePlain, resolveTagged, scalarText } from "./scalar.js";
export { splitCommand } from "./shellwords.js";
export type {
  Interpolated,
  Interpolation,
  InterpolationFailure,
  InvalidSegment,
  LiteralSegment,
  Operator,
  Segment,
  TemplateVariable,
  VariableSegment,
} from "./template.js";
export { extractVariables, interpolate, parseTemplate } from "./template.js";
export { readTimestamp } from "./timestamp.js";
export { compareBytes, utf8Length } from "./unicode.js";
export type { ParsedVolume, Propagation, VolumeMount } from "./volume.js";
export { parseVolume } from "./volume.js";
