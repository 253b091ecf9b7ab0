export {};
//# sourceMappingURL=http-listener.js.map