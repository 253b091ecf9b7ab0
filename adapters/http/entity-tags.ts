/** The tags in `If-None-Match`, without `W/`: that header compares weakly (RFC 9110, 13.1.2). `*` is one of them. */
export function entityTagsIn(ifNoneMatch: string): readonly string[] {
  return ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
}
