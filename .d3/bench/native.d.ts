/** Compiles one of the C programs. Undefined where the machine has no C compiler; `CC` names another one. */
export declare function compile(name: 'load' | 'limit'): Promise<string | undefined>;
