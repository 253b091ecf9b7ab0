export {};
//# sourceMappingURL=running-halyard.js.map