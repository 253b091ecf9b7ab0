/** The layering rules of ARCHITECTURE.md: domain <- application <- adapters <- infrastructure. */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'The domain is machines and values: it imports itself and xstate, nothing that has a clock, a socket or a promise.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: '^domain/|^node_modules/xstate/' },
    },
    {
      name: 'application-knows-the-domain-only',
      comment: 'Use cases talk through ports. What touches the world is an adapter.',
      severity: 'error',
      from: { path: '^application/' },
      to: { pathNot: '^(domain|application)/' },
    },
    {
      name: 'adapters-know-ports-only',
      comment: 'An adapter that reaches into a use case cannot be swapped: it may import ports and the domain.',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^(application/(?!ports/)|infrastructure/)' },
    },
    {
      name: 'adapters-know-each-other-not',
      comment:
        'Two adapters meet in the container, nowhere else. What several of them are made of is in adapters/common.',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/', pathNot: '^adapters/($1|common)/' },
    },
    {
      name: 'changes-are-behind-doors',
      comment:
        'An endpoint is given a door (ChangeDoor), and what the door gives: so none can announce a change without a credential. The webhooks have a door in their folder.',
      severity: 'error',
      from: { path: '^adapters/http/(?!webhooks/)' },
      to: { path: '^application/ports/changes\\.ts$' },
    },
    {
      name: 'routes-know-no-transport',
      comment: 'What routes are made of serves every transport.',
      severity: 'error',
      from: { path: '^adapters/http/(?!uws/|node/)' },
      to: { path: '^adapters/http/(uws|node)/' },
    },
    {
      name: 'transports-know-each-other-not',
      comment: 'What both need is beside their folders.',
      severity: 'error',
      from: { path: '^adapters/http/(uws|node)/' },
      to: { path: '^adapters/http/(uws|node|webhooks)/', pathNot: '^adapters/http/$1/' },
    },
    {
      name: 'ports-know-the-domain-only',
      comment: 'A port names no use case, which may be swapped as an adapter may.',
      severity: 'error',
      from: { path: '^application/ports/' },
      to: { pathNot: '^(domain|application/ports)/' },
    },
    {
      name: 'common-knows-no-adapter',
      comment: 'Every adapter may be made of what is in adapters/common, so that is made of none, and of no library.',
      severity: 'error',
      from: { path: '^adapters/common/' },
      to: { pathNot: '^(domain|application/ports|adapters/common)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'inversify-in-infrastructure-only',
      comment: 'The container is a detail of the composition root.',
      severity: 'error',
      from: { pathNot: '^(infrastructure|tests)/' },
      to: { path: '^(node_modules/(inversify|reflect-metadata)/|inversify$)' },
    },
    {
      name: 'nats-in-its-adapter-only',
      comment: 'What JetStream is like is known in one place.',
      severity: 'error',
      from: { pathNot: '^(adapters/nats|tests|bench)/' },
      to: { path: '^node_modules/@nats-io/' },
    },
    {
      name: 'postgres-in-its-adapter-only',
      comment: 'What PostgreSQL is like is known in one place.',
      severity: 'error',
      from: { pathNot: '^(adapters/postgres|tests|bench)/' },
      to: { path: '^node_modules/(@types/)?pg/' },
    },
    {
      name: 'logs-are-listed-in-one-place',
      comment:
        'A log is chosen by its name, and made by its kind: whatever else knows one of them cannot run on another. Embedded ones, which tests and tools make themselves, are the exception.',
      severity: 'error',
      from: { pathNot: '^(adapters/(nats|postgres)/|infrastructure/logs\\.ts$|tests/|bench/)' },
      to: { path: '^adapters/(nats|postgres)/' },
    },
    {
      name: 'uws-in-its-adapter-only',
      comment: 'What uWebSockets.js is like is known in one place.',
      severity: 'error',
      from: { pathNot: '^(adapters/http/uws|tests|bench)/' },
      to: { path: '^node_modules/uWebSockets\\.js/' },
    },
    {
      name: 'undici-in-its-adapter-only',
      comment: 'How the Flagsmith API is reached is known in one place.',
      severity: 'error',
      from: { pathNot: '^(adapters/flagsmith|tests|bench)/' },
      to: { path: '^node_modules/undici/' },
    },
    {
      name: 'contracts-know-ports-only',
      comment:
        'The suites are for adapters that nobody here knows, under whatever test runner: they need ports, values and node:assert.',
      severity: 'error',
      from: { path: '^infrastructure/contract/' },
      to: { pathNot: '^(domain|application/ports|infrastructure/contract)/|^assert/strict$' },
    },
    {
      name: 'exports-are-for-others',
      comment: 'The entry points of the package gather what others import. Here everything is imported where it is.',
      severity: 'error',
      from: { pathNot: '^tests/package/' },
      to: { path: '^infrastructure/exports/' },
    },
    {
      name: 'production-code-needs-no-dev-dependency',
      comment:
        'An installed package has its dependencies, and nothing else. `npm run dev` is for clones, and is not in the package.',
      severity: 'error',
      from: { path: '^(domain|application|adapters|infrastructure)/', pathNot: '^infrastructure/dev\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'production-code-knows-no-tests',
      severity: 'error',
      from: { path: '^(domain|application|adapters|infrastructure)/' },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      comment:
        'inversify names its entry in a form of `exports` that this tool does not read; the compiler resolves it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^inversify$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
