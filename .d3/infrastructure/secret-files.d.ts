/** The name of the variable that names a file with the secret in it, as container platforms mount them. */
export declare function fileVariable(name: string): string;
/**
 * The environment with the secrets in it that lie in files. One line end at the end of a file belongs to the file and
 * not to the secret.
 *
 * @param secrets the variables that may be given as a file
 * @param problems what is wrong is added here; such a variable counts as set, so that it is not called missing as well
 */
export declare function withSecretsFromFiles(environment: NodeJS.ProcessEnv, secrets: readonly string[], problems: string[]): NodeJS.ProcessEnv;
