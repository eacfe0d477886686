/**
 * The member of that name that an object itself has. Names from documents, requests and files may be any text: plain
 * access would find `constructor` and `__proto__` in every object.
 */
export const own = <T>(object: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;
