export {};
//# sourceMappingURL=token-check.js.map