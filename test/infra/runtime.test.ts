import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleFunctions } from '#infra/blocks/bundle-functions.ts';
import { booleanSelector, loadConfig, resolveRegionConfig } from '#infra/blocks/runtime/environment-config.ts';
import { defaultProvider } from '#infra/blocks/runtime/environment-credentials.ts';
import { Crc32, Md5, readableStreamHasher, Sha256 } from '#infra/blocks/runtime/native-checksums.ts';
import { regionalEndpoint } from '#infra/blocks/runtime/regional-endpoint.ts';
import { errorsOfOurOperations } from '#infra/blocks/sdk-for-lambda.ts';
import { sdk as asItComes } from '#test/infra/sdk-fixture.ts';
import { type Engine, startTable } from '#test/table/engine.ts';

describe('credentials', () => {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('are those that Lambda puts into the environment', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token' });

    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' });
  });

  it('need no session token', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' });
    delete process.env['AWS_SESSION_TOKEN'];

    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
  });

  it('are never invented', async () => {
    for (const name of names) delete process.env[name];

    await expect(defaultProvider()()).rejects.toThrow('Lambda gives every function its credentials');
  });
});

describe('settings of the SDK', () => {
  const selecting = (value: string | undefined) => ({
    environmentVariableSelector: () => value,
    default: async () => 'default',
  });

  it('come from the environment, else from their default, and are read once', async () => {
    let reads = 0;
    const counted = loadConfig({ environmentVariableSelector: () => `read ${++reads}`, default: 'default' });

    expect(await loadConfig(selecting('set'))()).toBe('set');
    expect(await loadConfig(selecting(undefined))()).toBe('default');
    expect([await counted(), await counted()]).toEqual(['read 1', 'read 1']);
  });

  it.each([
    ['true', true],
    ['false', false],
    [undefined, undefined],
  ])('understand %s', (value, expected) => {
    expect(booleanSelector({ SWITCH: value }, 'SWITCH', 'env')).toBe(expected);
  });

  it('refuse a switch that is neither on nor off', () => {
    expect(() => booleanSelector({ SWITCH: 'yes' }, 'SWITCH', 'env')).toThrow(/expected "true" or "false"/);
  });

  it('give the region as a function, and none without one', async () => {
    const resolved = resolveRegionConfig({ region: 'ap-southeast-3' });

    expect(await resolved.region()).toBe('ap-southeast-3');
    expect(await resolved.useFipsEndpoint()).toBe(false);
    expect(() => resolveRegionConfig({})).toThrow('Region is missing');
  });
});

describe('checksums', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

  it('are those of Node over all that was given to them, and can be read twice', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.uint8Array({ minLength: 1, maxLength: 40 }), async (parts, secret) => {
        const whole = Buffer.concat(parts);
        const crc = Buffer.alloc(4);
        crc.writeUInt32BE(crc32(whole));
        const pairs = [
          [new Sha256(), createHash('sha256').update(whole).digest('hex')],
          [new Sha256(secret), createHmac('sha256', secret).update(whole).digest('hex')],
          [new Md5(), createHash('md5').update(whole).digest('hex')],
          [new Crc32(), crc.toString('hex')],
        ] as const;
        for (const [checksum, expected] of pairs) {
          checksum.update(Buffer.from('forgotten by the reset'));
          checksum.reset();
          for (const part of parts) checksum.update(part);
          expect(hex(await checksum.digest())).toBe(expected);
        }
        const plain = new Sha256();
        plain.update(whole);
        expect(await plain.digest()).toEqual(await plain.digest());
      }),
    );
  });

  it('take a stream too', async () => {
    const digest = await readableStreamHasher(Sha256, Readable.from([Buffer.from('a'), Buffer.from('b')]));

    expect(hex(digest)).toBe(createHash('sha256').update('ab').digest('hex'));
  });
});

describe('the endpoint of a service', () => {
  it.each([[{ UseFIPS: true }], [{ UseDualStack: true }]])('is the usual one, or none: %j', (asked) => {
    expect(() => regionalEndpoint('dynamodb')({ Region: 'ap-southeast-3', ...asked })).toThrow(
      'the usual addresses only',
    );
  });

  it('is not invented without a region', () => {
    expect(() => regionalEndpoint('dynamodb')({})).toThrow('Lambda gives every function its region');
  });
});

describe('the errors that a bundle knows', () => {
  it('are those of the operations that we call', () => {
    const sources = globSync('{shared,functions}/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const imports = sources.flatMap((source) => [
      ...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/lib-dynamodb'/g),
    ]);
    const commands = imports.flatMap(([, names = '']) =>
      [...names.matchAll(/(\w+)Command\b/g)].map(([, name]) => name),
    );
    const operations = new Set(commands.map((name) => (name === 'Get' || name === 'Put' ? `${name}Item` : name)));
    const thrown = [...operations].flatMap((operation) => {
      const file = `node_modules/@aws-sdk/client-dynamodb/dist-types/commands/${operation}Command.d.ts`;
      return [...readFileSync(file, 'utf8').matchAll(/@throws \{@link (\w+)\} \(/g)].map(([, name]) => name);
    });

    expect(operations).toEqual(new Set(['GetItem', 'PutItem', 'Query']));
    expect(new Set(thrown)).toEqual(errorsOfOurOperations);
  });
});

/** A DynamoDB that answers as told, one reply a request; the last one stays. `silent` never answers. */
async function told(...replies: readonly (number | string)[]) {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(String(request.headers['user-agent']));
    const reply = replies[Math.min(seen.length, replies.length) - 1] ?? 200;
    if (reply === 'silent') return;
    const status = typeof reply === 'number' ? reply : 400;
    const type = typeof reply === 'number' ? 'InternalServerError' : reply;
    const failure = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'told so' };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(status === 200 ? {} : failure));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A server on TCP has a port');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}`, seen, stop };
}

describe('the SDK', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runtime-'));
  let engine: Engine;
  let bundled: typeof asItComes;
  beforeAll(async () => {
    await bundleFunctions(directory, { sdk: 'test/infra/sdk-fixture.ts' });
    bundled = (await import(join(directory, 'sdk', 'index.mjs'))).sdk;
    engine = await startTable();
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    vi.stubEnv('AWS_REGION', 'ap-southeast-3');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const flavors = [
    ['as it comes', () => asItComes],
    ['in a bundle', () => bundled],
  ] as const;

  describe.each(flavors)('%s', (_, sdk) => {
    const get = () => new (sdk().GetCommand)({ TableName: 'Table', Key: { pk: 'a', sk: 'b' } });
    const connect = (settings: ConstructorParameters<typeof asItComes.DynamoDBClient>[0] = {}) =>
      sdk().DynamoDBDocumentClient.from(new (sdk().DynamoDBClient)({ maxAttempts: 3, ...settings }));

    /** What happens to a read when the service answers as told. */
    async function read(replies: readonly (number | string)[], settings = {}) {
      const service = await told(...replies);
      const client = connect({ endpoint: service.url, ...settings });
      try {
        return await client.send(get()).then(
          () => ({ error: undefined, seen: service.seen }),
          (error: unknown) => ({ error, seen: service.seen }),
        );
      } finally {
        client.destroy();
        service.stop();
      }
    }

    it('works with the engine that the environment names, and knows its errors', async () => {
      const { DynamoDBServiceException, ConditionalCheckFailedException, PutCommand, QueryCommand } = sdk();
      const [{ client: own, name: TableName }, sk] = [engine.table, 'E#000001'];
      const endpoint = await own.config.endpoint?.();
      vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://${endpoint?.hostname}:${endpoint?.port}`);
      const client = connect();
      const Item = {
        pk: `person ${_}`,
        sk,
        amountRupiah: 3_500_000,
        list: [1, 'two', null, true],
        nested: { bytes: new Uint8Array([1]) },
      };
      const put = () =>
        client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
      await put();
      const found = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': Item.pk },
        }),
      );

      expect(found.Items).toEqual([Item]);
      await expect(put()).rejects.toThrow(ConditionalCheckFailedException);
      const missing = await client.send(get()).catch((error: unknown) => error);
      expect(missing).toBeInstanceOf(DynamoDBServiceException);
      expect(missing).toMatchObject({ name: 'ResourceNotFoundException', $fault: 'client' });
      client.destroy();
    });

    it.each(['ap-southeast-3', 'ap-southeast-1', 'eu-west-1', 'us-east-1'])(
      'asks the services of its region, %s',
      async (region) => {
        vi.stubEnv('AWS_REGION', region);
        const asked: string[] = [];
        const requestHandler = {
          handle: async ({ protocol, hostname, path }: { protocol: string; hostname: string; path: string }) => {
            asked.push(`${protocol}//${hostname}${path}`);
            throw new Error('Nothing is sent');
          },
        };
        const tables = connect({ requestHandler });
        const pools = new (sdk().CognitoIdentityProviderClient)({ requestHandler });
        await expect(tables.send(get())).rejects.toThrow('Nothing is sent');
        const signUp = new (sdk().SignUpCommand)({ ClientId: 'app', Username: 'a', Password: 'b' });
        await expect(pools.send(signUp)).rejects.toThrow('Nothing is sent');

        expect(asked).toEqual([
          `https://dynamodb.${region}.amazonaws.com/`,
          `https://cognito-idp.${region}.amazonaws.com/`,
        ]);
      },
    );

    it.each<[string, (number | string)[]]>([
      ['fails twice', [500, 503, 200]],
      ['throttles', ['ProvisionedThroughputExceededException', 200]],
      ['throttles in another word', ['ThrottlingException', 200]],
    ])('tries again when the service %s', async (__, replies) => {
      const { error, seen } = await read(replies);

      expect(error).toBeUndefined();
      expect(seen).toHaveLength(replies.length);
    });

    it('gives up after the tries that were set, with the error of the last', async () => {
      const { error, seen } = await read([500]);

      expect(seen).toHaveLength(3);
      expect(error).toMatchObject({ name: 'InternalServerError', $fault: 'server', message: 'told so' });
    });

    it('gives up waiting when the time is over', async () => {
      const { error, seen } = await read(['silent'], {
        requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
      });

      expect(seen).toHaveLength(3);
      expect(error).toMatchObject({ name: 'TimeoutError' });
    });

    it.each(['TableInUseException', 'BackupNotFoundException', 'ValidationException', 'NeverHeardOf'])(
      'names an error of other operations, %s, and does not try again',
      async (name) => {
        const { error, seen } = await read([name]);

        expect(seen).toHaveLength(1);
        expect(error).toBeInstanceOf(sdk().DynamoDBServiceException);
        expect(error).toMatchObject({ name, message: 'told so', $fault: 'client', $metadata: { httpStatusCode: 400 } });
      },
    );

    it('says which version it is', async () => {
      const { seen } = await read([200]);

      expect(seen[0]).toMatch(/^aws-sdk-js\/3\.\d+\.\d+ .* api\/dynamodb#3\.\d+\.\d+ /);
    });
  });

  it('in a bundle does not know adaptive retries, and says so', async () => {
    const client = new bundled.DynamoDBClient({ retryMode: 'adaptive', endpoint: 'http://127.0.0.1:1' });
    const get = new bundled.GetCommand({ TableName: 'Table', Key: { pk: 'a', sk: 'b' } });

    await expect(bundled.DynamoDBDocumentClient.from(client).send(get)).rejects.toThrow(
      'Adaptive retries are left out',
    );
    client.destroy();
  });

  it('is not bundled when it no longer asks for a part that we replace', async () => {
    const file = join(directory, 'nothing.ts');
    writeFileSync(file, "export const handler = 'asks for nothing';");
    const reported = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

    await expect(bundleFunctions(join(directory, 'nothing'), { nothing: file })).rejects.toThrow(
      'The SDK no longer asks for @aws-sdk/credential-provider-node',
    );
    reported.mockRestore();
  });
});
