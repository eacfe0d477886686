import { changePoint } from './change-point.ts';
import type { CommandTable, ProcessingDefinition, SourceDefinition } from './command.ts';
import { dedup } from './dedup.ts';
import { dissect } from './dissect.ts';
import { enrich } from './enrich.ts';
import { evaluate } from './eval.ts';
import { fillNull } from './fillnull.ts';
import { fork } from './fork.ts';
import { from, ts } from './from.ts';
import { fuse } from './fuse.ts';
import { grok } from './grok.ts';
import { harrierLookup } from './harrier-lookup.ts';
import { inlineStats } from './inline-stats.ts';
import { ipLocation } from './ip-location.ts';
import { drop, keep } from './keep.ts';
import { limit } from './limit.ts';
import { lookupJoin } from './lookup-join.ts';
import { mvExpand } from './mv-expand.ts';
import { registeredDomain, uriParts } from './named-parts.ts';
import { previous } from './previous.ts';
import { rename } from './rename.ts';
import { row } from './row.ts';
import { sample } from './sample.ts';
import { metricsInfo, tsInfo } from './series-info.ts';
import { show } from './show.ts';
import { sort } from './sort.ts';
import { stats } from './stats.ts';
import { bottomk, topk } from './top-rows.ts';
import { userAgent } from './user-agent.ts';
import { where } from './where.ts';

/** Every command of the language, by the kind of its node. */
export const commands: CommandTable = {
  from,
  row,
  show,
  where,
  eval: evaluate,
  keep,
  drop,
  rename,
  stats,
  inline: inlineStats,
  sort,
  limit,
  topk,
  bottomk,
  mv_expand: mvExpand,
  dissect,
  grok,
  uri_parts: uriParts,
  registered_domain: registeredDomain,
  user_agent: userAgent,
  ip_location: ipLocation,
  lookup: lookupJoin,
  enrich,
  change_point: changePoint,
  dedup,
  fillnull: fillNull,
  fork,
  fuse,
  ts_info: tsInfo,
  metrics_info: metricsInfo,
  sample,
  harrier_lookup: harrierLookup,
  harrier_previous: previous,
};

/** The same by keyword: TS is a FROM of time series. */
export const definitions = [commands.from, ts, ...Object.values(commands).slice(1)] as readonly (
  | SourceDefinition
  | ProcessingDefinition
)[];
