export {};
//# sourceMappingURL=listen-address.js.map