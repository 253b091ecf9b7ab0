/** Tells whether a presented token is one of the known ones, in a time that says nothing about how it differs. */
export interface TokenCheck {
    accepts(token: string): boolean;
}
