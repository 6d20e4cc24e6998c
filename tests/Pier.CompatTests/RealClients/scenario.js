// dockerode: containers, streams, exec, images, volumes, events.
'use strict';
const assert = require('assert');
const { PassThrough, Readable } = require('stream');
const Docker = require('dockerode');

const docker = new Docker({ socketPath: process.env.PIER_SOCKET });

function collect() {
  const stream = new PassThrough();
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

async function main() {
  assert.strictEqual((await docker.ping()).toString(), 'OK');
  assert.strictEqual((await docker.info()).OSType, 'linux');

  const out = collect();
  const err = collect();
  const [result, first] = await docker.run('busybox', ['sh', '-c', 'echo out; echo err >&2; exit 3'], [out.stream, err.stream], { Tty: false, HostConfig: { NetworkMode: 'none' } });
  assert.deepStrictEqual([result.StatusCode, out.text(), err.text()], [3, 'out\n', 'err\n']);
  await first.remove();

  const volume = await docker.createVolume({ Name: 'node', Labels: { a: 'b' } });
  const box = await docker.createContainer({
    Image: 'busybox', name: 'node', Cmd: ['sh', '-c', 'echo one; trap "exit 5" TERM; while :; do sleep 0.05; done'], Env: ['A=b'], Labels: { x: 'y' },
    HostConfig: { NetworkMode: 'none', Binds: ['node:/data'], Memory: 64 << 20 },
  });
  await box.start();
  const inspect = await box.inspect();
  assert.deepStrictEqual([inspect.State.Running, inspect.HostConfig.Memory, inspect.Mounts[0].Name], [true, 64 << 20, 'node']);

  const exec = await box.exec({ Cmd: ['sh', '-c', 'read x; echo got $x $A; exit 4'], AttachStdin: true, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  const heard = collect();
  docker.modem.demuxStream(stream, heard.stream, heard.stream);
  stream.write('word\n');
  await new Promise((resolve) => stream.on('end', resolve));
  assert.strictEqual(heard.text(), 'got word b\n');
  assert.strictEqual((await exec.inspect()).ExitCode, 4);

  assert.ok((await box.logs({ stdout: true })).toString().includes('one'));
  assert.ok((await box.top()).Processes.length > 0);
  assert.strictEqual((await box.stats({ stream: false })).memory_stats.limit, 64 << 20);
  assert.strictEqual((await docker.listContainers({ filters: { label: ['x=y'] } })).length, 1);
  await box.pause();
  await box.unpause();
  await box.stop({ t: 10 });
  assert.strictEqual((await box.wait()).StatusCode, 5);
  const image = await box.commit({ repo: 'node', tag: 'image' });
  assert.ok(image.Id.startsWith('sha256:'));
  const archive = [];
  for await (const chunk of await docker.getImage('node:image').get()) archive.push(chunk);
  await box.remove({ v: true });
  await docker.getImage('node:image').remove();
  await new Promise((resolve, reject) => docker.loadImage(Readable.from([Buffer.concat(archive)]), (error, progress) => (error ? reject(error) : docker.modem.followProgress(progress, (e) => (e ? reject(e) : resolve())))));
  await docker.getImage('node:image').remove();
  await volume.remove();

  await assert.rejects(docker.getContainer('nosuch').inspect(), (error) => error.statusCode === 404);
  const events = [];
  for await (const chunk of await docker.getEvents({ since: 1, until: Math.floor(Date.now() / 1000) + 1, filters: { container: ['node'] } })) events.push(chunk);
  assert.ok(Buffer.concat(events).toString().includes('"create"'));
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
