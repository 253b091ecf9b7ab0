export {};
//# sourceMappingURL=environment-report.js.map