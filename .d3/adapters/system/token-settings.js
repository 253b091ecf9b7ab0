const TOKEN = {
    name: 'SSE_AUTHENTICATION_TOKEN',
    defaultText: 'required',
    meaning: 'The secret that the Flagsmith API presents on queue-change. Printable ASCII without blanks at its ends.',
    secret: true,
};
const PREVIOUS_TOKEN = {
    name: 'SSE_AUTHENTICATION_TOKEN_PREVIOUS',
    meaning: 'A second secret that is accepted as well, while the first one is being rotated.',
    secret: true,
};
const PRINTABLE_ASCII = /^[!-~](?:[ -~]*[!-~])?$/;
export const TOKEN_SETTINGS = {
    variables: [TOKEN, PREVIOUS_TOKEN],
    read: (reader) => ({ tokens: readTokens(reader) }),
};
function readTokens(reader) {
    if (reader.text(TOKEN) === '')
        reader.problem(TOKEN, 'is required');
    return [TOKEN, PREVIOUS_TOKEN].flatMap((variable) => {
        const token = reader.text(variable);
        if (token === '')
            return [];
        if (!PRINTABLE_ASCII.test(token))
            reader.problem(variable, 'must be printable ASCII without blanks at its ends');
        return [token];
    });
}
//# sourceMappingURL=token-settings.js.map