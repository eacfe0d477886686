/** What is said of a query or request whose parts lie in one another deeper than the stack of JavaScript reaches. */
export const tooDeepText = 'the request is nested too deeply, or has too many parts in a row';

/** Whether an error is of such a request: parts in a row, such as a chain of ORs, lie in one another as well. */
export const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && /call stack|Invalid string length/.test(error.message);
