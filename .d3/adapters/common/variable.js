export {};
//# sourceMappingURL=variable.js.map