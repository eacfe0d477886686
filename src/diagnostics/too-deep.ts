/** What is said of a query or request whose parts lie in one another deeper than the stack of JavaScript, or the engine, reaches. */
export const tooDeepText = 'the request is nested too deeply, or has too many parts in a row';

/** JavaScript's words, those of SQL that gets longer than a text may be, and the engine's. */
const words = /call stack|Invalid string length|Max expression depth limit/;

/** Whether an error is of such a request: parts in a row, such as a chain of ORs, lie in one another as well. */
export const isTooDeep = (error: unknown): boolean => error instanceof Error && words.test(error.message);
