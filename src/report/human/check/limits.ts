/** The longest texts that are shown, in characters. */
export const MAX_BODY_LENGTH = 200;
export const MAX_EVIDENCE_LENGTH = 400;

/** The number of names that a line lists; the others are counted. */
export const MAX_NAMES = 4;
