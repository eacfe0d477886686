import type { Attack } from '../hunts/attack.ts';

/** ATT&CK from the file that the settings name, or as the package has it. */
export async function attackOf(file: string | null): Promise<Attack> {
  const { packagedAttack, readAttack } = await import('../hunts/attack.ts');
  return file === null ? packagedAttack() : readAttack(file);
}
