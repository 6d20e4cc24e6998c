// testcontainers: a server and its client on a network of their own, waiting for ports and lines, copies, execs, restart.
'use strict';

const assert = require('node:assert');
const { GenericContainer, Network, Wait } = require('testcontainers');

// The library does not let its log streams keep the program alive.
async function text(stream) {
  const alive = setInterval(() => {}, 1000);
  let all = '';
  for await (const part of stream) all += part;
  clearInterval(alive);
  return all;
}

async function main() {
  const network = await new Network().start();
  const server = await new GenericContainer('busybox:latest')
    .withCommand(['sh', '-c', 'mkdir -p /www; echo served > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www'])
    .withExposedPorts(8080)
    .withNetwork(network)
    .withNetworkAliases('server')
    .withEnvironment({ GREETING: 'hello' })
    .withCopyContentToContainer([{ content: 'copied', target: '/tmp/copied' }])
    .withTmpFs({ '/scratch': 'rw' })
    .withWaitStrategy(Wait.forAll([Wait.forListeningPorts(), Wait.forLogMessage('ready')]))
    .start();
  try {
    const page = async () => (await fetch(`http://${server.getHost()}:${server.getMappedPort(8080)}/`)).text();
    assert.strictEqual(await page(), 'served\n');
    assert.strictEqual((await server.exec(['cat', '/tmp/copied'])).output, 'copied');
    const told = await server.exec(['sh', '-c', 'echo $GREETING; exit 3']);
    assert.deepStrictEqual([told.output, told.exitCode], ['hello\n', 3]);

    const client = await new GenericContainer('busybox:latest')
      .withNetwork(network)
      .withCommand(['wget', '-qO-', 'http://server:8080/'])
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    assert.strictEqual(await text(await client.logs()), 'served\n');
    await client.stop();

    await server.restart();
    assert.strictEqual(await page(), 'served\n');
  } finally {
    await server.stop();
    await network.stop();
  }
  process.stdout.write('done\n');
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
