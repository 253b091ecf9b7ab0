export {};
//# sourceMappingURL=instant.js.map