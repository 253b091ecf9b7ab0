const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];
const LOG_LEVEL = {
    name: 'LOG_LEVEL',
    default: 'info',
    meaning: '`debug`, `info`, `warn`, `error` or `silent`.',
};
export const LOGGER_SETTINGS = {
    variables: [LOG_LEVEL],
    read: (reader) => ({ logLevel: reader.oneOf(LOG_LEVEL, LOG_LEVELS) }),
};
//# sourceMappingURL=logger-settings.js.map