export {};
//# sourceMappingURL=gauges.js.map