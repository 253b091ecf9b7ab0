export {};
//# sourceMappingURL=subscriber-socket.js.map