import type { Handlers } from '../call.ts';
import { acceptConditions, acceptSave, acceptTrial } from './accept.ts';
import { attackLayer } from './attack-layer.ts';
import { check, format } from './check.ts';
import { completion } from './complete.ts';
import { conditionCount, counts } from './counts.ts';
import { exportAnswer } from './export.ts';
import { fields, fieldValues } from './fields.ts';
import { hello } from './hello.ts';
import { histogram } from './histogram.ts';
import { hunts } from './hunts.ts';
import { judge } from './judge.ts';
import { judgements } from './judgements.ts';
import { now } from './now.ts';
import { openHunt } from './open.ts';
import { cell, record } from './record.ts';
import { rowEvents } from './row-events.ts';
import { rows } from './rows.ts';
import { runs, saveRun } from './runs.ts';
import { addToTrail, starInTrail, trail } from './trail.ts';
import { tuning, tuningAccepted, tuningNear } from './tuning.ts';
import { elsewhere } from './where-else.ts';
import { writeHunt } from './write.ts';

/** Who answers each call. */
export const handlers: Handlers = {
  'attack/layer': attackLayer,
  export: exportAnswer,
  hello,
  hunts,
  now,
  'hunt/open': openHunt,
  'language/check': check,
  'language/complete': completion,
  'language/format': format,
  counts,
  'condition-count': conditionCount,
  histogram,
  fields,
  'field-values': fieldValues,
  'hunt/write': writeHunt,
  rows,
  tuning,
  'tuning/near': tuningNear,
  'tuning/accepted': tuningAccepted,
  'where-else': elsewhere,
  judge,
  judgements,
  'accept/conditions': acceptConditions,
  'accept/trial': acceptTrial,
  'accept/save': acceptSave,
  record,
  cell,
  'row-events': rowEvents,
  runs,
  'runs/save': saveRun,
  trail,
  'trail/add': addToTrail,
  'trail/star': starInTrail,
  jobs: async (_request, { jobs }) => ({ jobs: jobs.all }),
};
