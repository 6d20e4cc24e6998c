"""python3-docker: builds from directories, files and archives, their options, their log, and their errors."""
import io
import json
import os
import shutil
import tarfile
import tempfile

import docker

client = docker.from_env()
folder = tempfile.mkdtemp(prefix="pier-build-")


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def run(image, *command):
    return client.containers.run(image, list(command), remove=True, network_mode="none").decode()


def text(log):
    return "".join(line.get("stream", "") for line in log)


try:
    write("Dockerfile", "FROM busybox AS one\nARG WHO=nobody\nCOPY data /data\nRUN echo hello $WHO | tee /who\nFROM one AS two\nRUN echo second >/second\n")
    write("data/kept", "kept")
    write("data/left-out", "x")
    write(".dockerignore", "data/left-out\n")
    # A directory, with everything that changes the image.
    image, log = client.images.build(
        path=folder, tag="py-build:1", buildargs={"WHO": "python"}, target="one", labels={"a": "b"}, rm=True, forcerm=True, nocache=True, pull=False,
        network_mode="none", shmsize=1 << 20, extra_hosts={"far": "10.1.2.3"}, container_limits={"memory": 256 << 20})
    log = list(log)
    assert "hello python\n" in text(log) and "Step 4/4" in text(log), text(log)
    assert any(line.get("aux", {}).get("ID") == image.id for line in log), log
    assert "Successfully tagged py-build:1" in text(log)
    assert image.labels == {"a": "b"} and image.tags == ["py-build:1"], image.attrs
    assert run("py-build:1", "sh", "-c", "cat /who; ls /data; test ! -e /second") == "hello python\nkept\n"
    # The same once more comes out of the cache, and is the same image.
    again, log = client.images.build(path=folder, tag="py-build:2", buildargs={"WHO": "python"}, target="one", labels={"a": "b"}, extra_hosts={"far": "10.1.2.3"}, rm=True)
    assert "Using cache" in text(log) and again.id == image.id
    whole, _ = client.images.build(path=folder, tag="py-build:3", rm=True, platform="linux/amd64")
    assert run("py-build:3", "cat", "/second") == "second\n" and whole.id != image.id
    # The log as it comes, decoded and raw.
    stream = client.api.build(path=folder, decode=True, rm=True, target="one")
    assert all(isinstance(line, dict) for line in stream)
    raw = b"".join(client.api.build(path=folder, rm=True, quiet=True))
    assert json.loads(raw.decode().splitlines()[0])["stream"].startswith("sha256:"), raw
    # A Dockerfile alone.
    lone, _ = client.images.build(fileobj=io.BytesIO(b"FROM busybox\nENV FROM_FILE=yes\nRUN echo lone >/lone\n"), rm=True)
    assert run(lone.id, "sh", "-c", "cat /lone; echo $FROM_FILE") == "lone\nyes\n"
    # A context that the caller made, plain and gzipped, with a Dockerfile of another name.
    for encoding in (None, "gzip"):
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz" if encoding else "w") as tar:
            for name, content in (("sub/Other", b"FROM busybox\nCOPY put /put\n"), ("put", b"put")):
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        archive.seek(0)
        custom, _ = client.images.build(fileobj=archive, custom_context=True, encoding=encoding, dockerfile="sub/Other", rm=True)
        assert run(custom.id, "cat", "/put") == "put"
    squashed, _ = client.images.build(path=folder, tag="py-build:squashed", squash=True, rm=True)
    assert len(squashed.attrs["RootFS"]["Layers"]) == 2 and run("py-build:squashed", "cat", "/second") == "second\n"
    cached, _ = client.images.build(path=folder, cache_from=["py-build:1"], target="one", rm=True)
    assert cached.labels == {}
    # Errors: a step's, a Dockerfile's, a missing base's.
    try:
        client.images.build(fileobj=io.BytesIO(b"FROM busybox\nRUN echo last words; exit 7\n"), rm=True)
        raise SystemExit("a failing step was no error")
    except docker.errors.BuildError as error:
        assert "returned a non-zero code: 7" in error.msg, error.msg
        log = list(error.build_log)
        assert "last words\n" in text(log) and log[-1]["errorDetail"]["code"] == 7, log
    for wrong in (b"FROM busybox\nRUNN true\n", b"", b"FROM busybox\nCOPY absent /\n"):
        try:
            client.images.build(fileobj=io.BytesIO(wrong), rm=True)
            raise SystemExit(f"{wrong} was no error")
        except (docker.errors.APIError, docker.errors.BuildError) as error:
            assert getattr(error, "status_code", None) != 500 or wrong != b"FROM busybox\nRUNN true\n", error
    assert client.containers.list(all=True) == []
    assert client.api.prune_builds()["SpaceReclaimed"] >= 0
    for name in ("py-build:1", "py-build:2", "py-build:3", "py-build:squashed"):
        client.images.remove(name)
    print("done")
finally:
    shutil.rmtree(folder)
