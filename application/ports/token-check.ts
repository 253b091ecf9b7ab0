/** Checks whether a presented token is one of the known ones, in a time that does not reveal how it differs. */
export interface TokenCheck {
  accepts(token: string): boolean;
}
