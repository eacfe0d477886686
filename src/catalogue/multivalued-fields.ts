import { ecsFields } from './ecs-fields.ts';

/** Fields of Elastic Defend that are lists by design, beside those of ECS. */
const ofDefend = ['process.Ext.ancestry', 'Target.process.Ext.ancestry', 'Effective_process.Ext.ancestry'];

/** The names of fields that hold several values by their definition: ECS normalizes them to arrays. */
export async function multivaluedFields(): Promise<ReadonlySet<string>> {
  const names = (await ecsFields()).filter(({ several }) => several).map(({ name }) => name);
  return new Set([...names, ...ofDefend]);
}
