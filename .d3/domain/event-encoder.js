export {};
//# sourceMappingURL=event-encoder.js.map