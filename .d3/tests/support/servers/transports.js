export const TRANSPORTS = [
    { name: 'uWebSockets.js', environment: {}, isUws: true },
    { name: 'node:http', environment: { HTTP1_TRANSPORT: 'node' }, isUws: false },
];
//# sourceMappingURL=transports.js.map