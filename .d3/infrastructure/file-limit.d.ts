/** How many files this process may open: Node raises the soft limit to the hard one when it starts. */
export declare function fileLimit(): number;
