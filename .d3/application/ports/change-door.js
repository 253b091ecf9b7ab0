export {};
//# sourceMappingURL=change-door.js.map