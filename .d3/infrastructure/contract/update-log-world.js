export {};
//# sourceMappingURL=update-log-world.js.map