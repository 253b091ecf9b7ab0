/** What was counted since the start. The difference of two readings is what happened between them. */
export interface Tallies {
  /** A copy of a few dozen numbers. */
  tally(): Tally;
}

export interface Tally {
  /** Streams that were opened. */
  readonly opened: number;
  /** Notifications that were answered, whatever the outcome. */
  readonly changes: number;
  /** Deliveries by how long they took, and by how old the update was. */
  readonly delivery: BucketCounts;
  readonly age: BucketCounts;
}

/** How many observations each bucket has. */
export interface BucketCounts {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** One more than there are bounds: the last is for everything beyond them. */
  readonly counts: readonly number[];
}
