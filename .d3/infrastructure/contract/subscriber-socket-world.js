export {};
//# sourceMappingURL=subscriber-socket-world.js.map