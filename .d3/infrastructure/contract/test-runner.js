export {};
//# sourceMappingURL=test-runner.js.map