/**
 * Mocha sends the errors of a parallel run from one process to another, and an error's cause only if it is
 * enumerable. Without the cause a failure says only "fetch failed".
 */
export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    for (let error: unknown = this.currentTest?.err; error instanceof Error; error = error.cause)
      if (error.cause !== undefined) Object.defineProperty(error, 'cause', { enumerable: true });
  },
};
