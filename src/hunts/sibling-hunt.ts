import type { Hunt } from './hunt.ts';
import { slugOf } from './library.ts';

/**
 * The hunt of a library that looks for the same on another platform, by its file (`beaconing-linux.toml` beside
 * `beaconing-windows.toml`) or its name (`Beaconing (Linux)`); of a derived hunt, that of the hunt that it was derived from.
 */
export function siblingOn(platform: string, hunt: Hunt, library: readonly Hunt[]): Hunt | null {
  const origin = library.find(({ uuid }) => uuid !== null && uuid === hunt.derivedFrom) ?? hunt;
  const file = onPlatform(slugOf(origin.file), platform);
  const name = onPlatform(origin.name, platform);
  const isOther = (one: Hunt): boolean => one.file !== hunt.file && one.file !== origin.file;
  const isSame = (one: Hunt): boolean =>
    (file !== null && slugOf(one.file).toLowerCase() === file) || (name !== null && one.name.toLowerCase() === name);
  return library.find((one) => isOther(one) && isSame(one)) ?? null;
}

/** A name with another platform in it, in small letters; null where it names none. */
function onPlatform(name: string, platform: string): string | null {
  const small = name.toLowerCase();
  const changed = small.replace(/(?<![a-z])(?:linux|macos|windows)(?![a-z])/g, platform.toLowerCase());
  return changed === small && !small.includes(platform.toLowerCase()) ? null : changed;
}
