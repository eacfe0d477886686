/** Where an event of a file stands, beside the columns of its fields. */
export const placeColumns = {
  /** The place of its source among those that were read together. */
  file: '_file',
  /** Its line there, from zero on. */
  line: '_line',
} as const;
