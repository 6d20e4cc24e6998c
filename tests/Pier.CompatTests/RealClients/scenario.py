"""python3-docker: containers, streams, files, images, volumes, events."""
import io
import os
import tarfile
import time

import docker

client = docker.from_env()
assert client.ping()
assert client.version()["ApiVersion"]
assert client.info()["OSType"] == "linux"

assert client.containers.run("busybox", ["echo", "hello"], remove=True, network_mode="none") == b"hello\n"
try:
    client.containers.run("busybox", ["sh", "-c", "echo wrong >&2; exit 3"], remove=True, network_mode="none")
    raise SystemExit("exit code 3 was no error")
except docker.errors.ContainerError as error:
    assert error.exit_status == 3 and b"wrong" in error.stderr, error
try:
    client.containers.get("nosuch")
    raise SystemExit("a missing container was found")
except docker.errors.NotFound:
    pass

volume = client.volumes.create("py", labels={"a": "b"})
assert client.volumes.get("py").attrs["Labels"] == {"a": "b"}
box = client.containers.run(
    "busybox", ["sh", "-c", "echo one; echo two >&2; trap 'exit 5' TERM; while :; do sleep 0.05; done"], detach=True, name="py",
    volumes={"py": {"bind": "/data", "mode": "rw"}}, environment={"A": "b"}, mem_limit="64m", labels={"x": "y"}, ports={"80/tcp": None},
    ulimits=[docker.types.Ulimit(name="nofile", soft=100, hard=200)], healthcheck={"test": ["CMD", "true"], "interval": 1000000000})
box.reload()
assert box.status == "running" and box.labels == {"x": "y"}, box.attrs
assert box.attrs["HostConfig"]["Memory"] == 64 << 20
code, output = box.exec_run(["sh", "-c", "echo $A; ulimit -n; exit 4"])
assert (code, output) == (4, b"b\n100\n"), (code, output)
code, (out, err) = box.exec_run(["sh", "-c", "echo out; echo err >&2"], demux=True)
assert (code, out, err) == (0, b"out\n", b"err\n")

archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    entry = tarfile.TarInfo("put")
    entry.size = 4
    tar.addfile(entry, io.BytesIO(b"text"))
assert box.put_archive("/tmp", archive.getvalue())
stream, stat = box.get_archive("/tmp/put")
with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
    assert tar.extractfile("put").read() == b"text" and stat["size"] == 4
assert {"Path": "/tmp/put", "Kind": 1} in box.diff()
assert box.logs(stdout=True, stderr=False) == b"one\n", box.logs()
assert box.stats(stream=False)["memory_stats"]["limit"] == 64 << 20
assert any("sleep" in " ".join(row) or "sh" in " ".join(row) for row in box.top()["Processes"])
box.pause()
box.reload()
assert box.status == "paused"
box.unpause()
box.update(mem_limit="128m", memswap_limit="128m")
box.rename("py2")
assert [c.name for c in client.containers.list(filters={"label": "x=y"})] == ["py2"]
box.stop(timeout=10)
assert box.wait()["StatusCode"] == 5
image = box.commit("py", "image", message="words")
assert client.containers.run("py:image", ["cat", "/tmp/put"], remove=True, network_mode="none", entrypoint="") == b"text"
saved = b"".join(image.save(named=True))
box.remove(v=True)
client.images.remove("py:image")
assert "py:image" in client.images.load(saved)[0].tags
client.images.get("py:image").tag("py", "other")
assert {"py:image", "py:other"} <= set(client.images.get("py:image").tags)
client.images.remove("py:other")
client.images.remove("py:image")
volume.remove()

attached = client.api.create_container("busybox", ["cat"], stdin_open=True, host_config=client.api.create_host_config(network_mode="none"))
socket = client.api.attach_socket(attached, params={"stdin": 1, "stdout": 1, "stream": 1})
client.api.start(attached)
os.write(socket.fileno(), b"typed\n")
data = b""
while b"typed\n" not in data:
    data += os.read(socket.fileno(), 4096)
client.api.remove_container(attached, force=True)
assert any(event["Action"] == "create" for event in client.events(since=1, until=int(time.time()) + 1, decode=True))
assert client.df()["Images"]
print("done")
