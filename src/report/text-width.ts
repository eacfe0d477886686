import stringWidth from 'string-width';

/** Columns that a text takes on a terminal. Almost every cell is plain ASCII, whose width is its length: no need to measure. */
export const textWidth = (text: string): number => (plain.test(text) ? text.length : stringWidth(text));

const plain = /^[ -~]*$/;
