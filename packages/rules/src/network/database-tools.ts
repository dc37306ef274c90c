import { rememberedText } from "@compose-harden/model";
import { holdsWord } from "../programs/names.js";

/** Software that opens databases for its visitors: which ones, and whether it asks for nothing but the database's own password. */
export interface DatabaseTool {
  readonly image: RegExp;
  readonly databases: RegExp;
  readonly asksOnlyThere?: true;
}

const TOOLS: readonly DatabaseTool[] = [
  {
    image: /(^|\/)adminer([:@]|$)/,
    databases: /postgres|postgis|pgvector|timescale|mysql|mariadb|percona|mssql/,
    asksOnlyThere: true,
  },
  { image: /(^|\/)phpmyadmin([:@]|$)/, databases: /mysql|mariadb|percona/, asksOnlyThere: true },
  { image: /(^|\/)zilliz\/attu([:@]|$)/, databases: /milvus/, asksOnlyThere: true },
  { image: /pgadmin/, databases: /postgres|postgis|pgvector|timescale/ },
  { image: /mongo-express/, databases: /mongo/ },
  { image: /redis-?commander|redisinsight/, databases: /redis|valkey/ },
];

/** The tool that an image is. */
export const databaseTool: (image: string) => DatabaseTool | undefined = rememberedText((image) =>
  TOOLS.find((known) => known.image.test(image)),
);

/** Tools in which people enter databases of many kinds themselves, so that no file names them. */
const isUniversal = holdsWord(
  "beekeeper* chat2db cloudbeaver dbeaver dbgate drizzle-gateway libredb-studio metabase pgweb redash sqlpad superset whodb",
);

/** Whether the purpose of an image's tool is to open a database of that image. */
export function toolFor(image: string): (database: string) => boolean {
  if (isUniversal(image)) return () => true;
  const databases = databaseTool(image)?.databases;
  return (database) => databases?.test(database) === true;
}
