namespace Pier.CompatTests;

/// <summary>
/// Engines inside containers, as CI does it: Pier in Pier, Debian's dockerd in Pier. The inner engine has a volume for its state, as with
/// every overlay on overlay.
/// </summary>
public sealed class NestedEngineTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly Client _pier = new("pier", daemon);

    [SkippableFact]
    public async Task Pier_runs_in_a_privileged_container_of_its_own()
    {
        PierDaemon.OnlyNative();
        await DebianImage.ImportAsync(_pier, "inner-pier", "zlib1g", "libssl3", "tar", "busybox-static");
        var told = await PrivilegedAsync(
            "inner-pier",
            "/var/lib/pier",
            """
            pier daemon >/tmp/log 2>&1 & daemon=$!
            i=0; until pier version >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 300 ] || { cat /tmp/log; exit 1; }; sleep 0.1; done
            tar -C /usr/bin -c busybox | pier import - box
            pier run --rm -m 32m -p 81:80 box /busybox echo from the inside
            pier run -d --name held box /busybox sleep 1000
            pier exec held /busybox cat /proc/1/cmdline | tr '\0' ' '
            pier rm -f held
            kill $daemon; wait $daemon
            """,
            "-v",
            $"{PierDaemon.Binary}:/usr/bin/pier:ro"
        );
        Assert.Contains("from the inside\n", told);
        Assert.Contains("/busybox sleep 1000 ", told);
    }

    [SkippableFact]
    public async Task What_a_host_lacks_is_named()
    {
        PierDaemon.OnlyNative();
        await DebianImage.ImportAsync(_pier, "bare", "zlib1g");
        var run = await _pier.RunAsync("run", "--rm", "-v", $"{PierDaemon.Binary}:/usr/bin/pier:ro", "bare", "pier", "daemon");
        Assert.Equal(
            (1, "pier daemon: OpenSSL is missing (libssl.so.3 or libssl.so.1.1): on Debian, apt-get install libssl3\n"),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task Dockerd_runs_in_a_privileged_container()
    {
        await DebianImage.ImportAsync(_pier, "inner-docker", "docker.io", "iptables", "tar", "busybox-static");
        var told = await PrivilegedAsync(
            "inner-docker",
            "/var/lib/docker",
            """
            dockerd --iptables=false >/tmp/log 2>&1 & daemon=$!
            i=0; until docker version >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 300 ] || { cat /tmp/log; exit 1; }; sleep 0.1; done
            tar -C /usr/bin -c busybox | docker import - box
            docker run --rm -m 32m box /busybox echo from the inside
            kill $daemon; wait $daemon
            """
        );
        Assert.Contains("from the inside\n", told);
    }

    async Task<string> PrivilegedAsync(string image, string state, string script, params string[] arguments)
    {
        var run = await _pier.RunAsync([
            "run",
            "--rm",
            "--privileged",
            "--tmpfs",
            "/run",
            "-v",
            state,
            .. arguments,
            image,
            "sh",
            "-c",
            script,
        ]);
        Assert.True(run.Code == 0, run.Out + run.Error);
        return run.Out;
    }
}
