export {};
//# sourceMappingURL=streams.js.map