/** Fields of Elastic Defend that are lists by design, beside those of ECS. */
const ofDefend = ['process.Ext.ancestry', 'Target.process.Ext.ancestry', 'Effective_process.Ext.ancestry'];

/** The names of fields that hold several values by their definition: ECS normalizes them to arrays. */
export async function multivaluedFields(): Promise<ReadonlySet<string>> {
  const { EcsFlat } = await import('@elastic/ecs');
  const fields = Object.values(EcsFlat) as readonly { flat_name: string; normalize?: readonly string[] }[];
  const names = fields.filter(({ normalize }) => normalize?.includes('array')).map((field) => field.flat_name);
  return new Set([...names, ...ofDefend]);
}
