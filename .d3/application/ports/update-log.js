export {};
//# sourceMappingURL=update-log.js.map