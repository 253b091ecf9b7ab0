export {};
//# sourceMappingURL=log-kind.js.map