using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Pier.CompatTests;

/// <summary>
/// Images that were made to deceive the engine: by their labels, by their history, by the programs and libraries in them.
/// </summary>
public sealed class HostileImageTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    readonly string _local = Directory.CreateTempSubdirectory("pier-hostile-").FullName;
    readonly Client _client = new("pier", daemon);
    readonly string _name = "hostile" + Guid.NewGuid().ToString("n")[..8];

    public void Dispose() => Directory.Delete(_local, recursive: true);

    [Fact]
    public async Task Labels_of_an_image_change_nothing_about_its_containers()
    {
        await Load(
            """
            {"io.podman.annotations.privileged":"TRUE","io.podman.annotations.seccomp":"unconfined","run.oci.keep_original_groups":"1","org.criu.config":"/etc/shadow",
             "io.kubernetes.cri-o.Devices":"/dev/mem","com.docker.network.bridge.name":"lo","io.containerd.image.name":"busybox:latest","pier":"privileged"}
            """,
            """[{"created_by":"/bin/sh -c true"}]"""
        );
        var plain = await Seen("busybox");
        Assert.Equal(plain, await Seen(_name));
        Assert.DoesNotContain(_name, await _client.OutputAsync("images", "busybox"));
    }

    // What such labels would change: the configuration, and what the process may do.
    async Task<string> Seen(string image)
    {
        var id = (
            await _client.OutputAsync(
                "create",
                "--network",
                "none",
                image,
                "sh",
                "-c",
                "grep -E 'Cap|Seccomp|NoNewPrivs|Groups' /proc/self/status; ls /dev"
            )
        ).Trim();
        var seen = await _client.OutputAsync("inspect", "-f", "{{json .HostConfig}}", id) + await _client.OutputAsync("start", "-a", id);
        await _client.OutputAsync("rm", id);
        return seen;
    }

    [Fact]
    public async Task An_image_that_says_it_is_a_steps_result_is_not_taken_for_it()
    {
        // As dockerd took the results of steps out of images' histories (CVE-2024-24557).
        await Load("{}", """[{"created_by":"/bin/sh -c #(nop)  FROM busybox"},{"created_by":"/bin/sh -c echo good > /what"}]""");
        Directory.CreateDirectory(Path.Combine(_local, "context"));
        File.WriteAllText(Path.Combine(_local, "context", "Dockerfile"), "FROM busybox\nRUN echo good > /what\n");
        var built = await _client.OutputAsync("build", "-t", _name + "-built", "--cache-from", _name, Path.Combine(_local, "context"));
        Assert.DoesNotContain("Using cache", built);
        Assert.Equal("good\n", await _client.OutputAsync("run", "--rm", "--network", "none", _name + "-built", "cat", "/what"));
    }

    [Fact]
    public async Task Copying_runs_and_loads_nothing_of_the_container()
    {
        string[] programs = ["tar", "gzip", "xz", "zstd", "unpigz", "unxz", "bzip2", "cp", "ldconfig"],
            libraries = ["libnss_files.so.2", "libnss_compat.so.2", "libc.so.6", "liblzma.so.5", "libzstd.so.1"];
        var make =
            string.Concat(
                programs.Select(p => $"rm -f /bin/{p}; printf '#!/bin/busybox sh\\necho ran > /ran\\n' > /bin/{p}; chmod 755 /bin/{p}; ")
            )
            + "mkdir -p /lib/x86_64-linux-gnu; "
            + string.Concat(libraries.Select(l => $"echo no library > /lib/x86_64-linux-gnu/{l}; "))
            + "printf 'passwd: files evil\\n' > /etc/nsswitch.conf; exec sleep 1000";
        await _client.OutputAsync("run", "-d", "--name", _name, "--network", "none", "busybox", "sh", "-c", make);
        await Until(async () => (await _client.RunAsync("exec", _name, "/bin/busybox", "grep", "evil", "/etc/nsswitch.conf")).Code == 0);
        foreach (var (compress, suffix) in new[] { ("cat", ""), ("gzip", ".gz"), ("xz", ".xz"), ("bzip2", ".bz2") })
        {
            File.WriteAllText(Path.Combine(_local, "file"), "content");
            var archive = Path.Combine(_local, "archive" + suffix);
            Assert.Equal(0, (await Commands.RunAsync("sh", "-c", $"cd {_local} && tar -c file | {compress} > {archive}")).Code);
            var put = await Commands.RunAsync(
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-T",
                archive,
                "--unix-socket",
                daemon.Socket,
                $"http://d/containers/{_name}/archive?path=/tmp"
            );
            Assert.Equal("200", put.Out);
            await _client.OutputAsync("cp", _name + ":/tmp/file", Path.Combine(_local, "out"));
            Assert.Equal("content", File.ReadAllText(Path.Combine(_local, "out")));
        }
        Assert.NotEqual(0, (await _client.RunAsync("exec", _name, "/bin/busybox", "ls", "/ran")).Code);
        // Nothing that lies below the data root, or in a mount that is nowhere, is mapped into the engine.
        Assert.DoesNotContain(
            Engine().SelectMany(Maps),
            m =>
                m.StartsWith(Path.Combine(daemon.Directory, "data"), StringComparison.Ordinal)
                || libraries.Any(l => m.StartsWith("/lib/x86_64-linux-gnu/" + l + " (deleted)", StringComparison.Ordinal))
        );
        await _client.OutputAsync("rm", "-f", _name);
    }

    IEnumerable<string> Engine() =>
        Directory
            .GetDirectories("/proc")
            .Where(d =>
                int.TryParse(Path.GetFileName(d), out _)
                && Read(d + "/cmdline") is var line
                && line.Contains(daemon.Directory, StringComparison.Ordinal)
                && (line.Contains("supervisor", StringComparison.Ordinal) || line.Contains("daemon", StringComparison.Ordinal))
            );

    static IEnumerable<string> Maps(string process) =>
        Read(process + "/maps")
            .Split('\n')
            .Select(l => l.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length == 6)
            .Select(f => f[5])
            .Distinct();

    static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    static async Task Until(Func<Task<bool>> done)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
            if (await done())
                return;
        Assert.Fail("it did not come about");
    }

    /// <summary>Loads an image with busybox, a file /what and a configuration that says what it likes.</summary>
    async Task Load(string labels, string history)
    {
        var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var directory in (string[])["bin", "proc", "sys", "dev", "tmp", "etc"])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, directory) { Mode = (UnixFileMode)0x1ED });
            tar.WriteEntry("/bin/busybox", "bin/busybox");
            foreach (var applet in (string[])["sh", "cat", "grep", "ls"])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "what") { DataStream = new MemoryStream("evil"u8.ToArray()) });
        }
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer.ToArray()));
        var config =
            $$"""{"architecture":"amd64","os":"linux","config":{"Labels":{{labels}}},"rootfs":{"type":"layers","diff_ids":["{{digest}}"]},"history":{{history}}}""";
        var archive = Path.Combine(_local, "image.tar");
        using (var tar = new TarWriter(File.Create(archive), TarEntryFormat.Ustar))
        {
            void Add(string name, byte[] content) =>
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            Add("layer.tar", layer.ToArray());
            Add("config.json", Encoding.UTF8.GetBytes(config));
            Add(
                "manifest.json",
                Encoding.UTF8.GetBytes($$"""[{"Config":"config.json","RepoTags":["{{_name}}:latest"],"Layers":["layer.tar"]}]""")
            );
        }
        await _client.OutputAsync("load", "-i", archive);
    }
}
