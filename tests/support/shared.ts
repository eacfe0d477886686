import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reference material that developers have beside the checkout; tests that need it are skipped where it is absent. */
export const shared = (path: string): string => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
export const hasShared = existsSync(shared('conformance'));
