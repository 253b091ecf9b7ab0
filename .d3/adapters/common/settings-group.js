export {};
//# sourceMappingURL=settings-group.js.map