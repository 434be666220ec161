/** Begins the line with which a test process says what came out. */
export const OUTCOME = "outcome: ";
