export {};
//# sourceMappingURL=metrics-page.js.map