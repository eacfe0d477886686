/** What a file says of itself, first of all, that lists what was planted in the sample fleet of `harrier demo`. */
export const truthMark = 'what harrier demo planted in these events';

/** The name of the member that says it. */
export const truthMember = 'about';

const begin = new RegExp(`^\\s*\\{\\s*"${truthMember}"\\s*:\\s*"${truthMark}"`);

/** Whether a text is such a list, which lies beside the events and is none. */
export const isSampleTruth = (text: string): boolean => begin.test(text);
