import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../package/package-folder.ts';

/** A field of ECS, as the build takes it from the package of ECS. */
export interface EcsField {
  readonly name: string;
  readonly type: string;
  /** Fields that show its values in another way. */
  readonly subfields: readonly (readonly [name: string, type: string])[];
  /** Whether it holds several values by its definition. */
  readonly several: boolean;
}

let fields: Promise<readonly EcsField[]> | null = null;

/** Every field of ECS, read once in a process. */
export function ecsFields(): Promise<readonly EcsField[]> {
  fields ??= readFile(join(packageFolder(), 'dist', 'ecs-fields.json'), 'utf8').then(
    (text) => JSON.parse(text) as readonly EcsField[],
  );
  return fields;
}
