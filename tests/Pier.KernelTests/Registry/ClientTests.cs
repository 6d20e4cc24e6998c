using System.Diagnostics;
using System.Text;
using Pier.KernelTests.Distribution;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>Real clients against our server: skopeo, podman, buildah, and Debian's registry as the other end of a copy.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    readonly string _work = Directory.CreateDirectory($"/tmp/pier-rc-{Guid.NewGuid().ToString("n")[..8]}").FullName;
    PierRegistry? _registry;

    public async Task InitializeAsync() => _registry = await PierRegistry.StartAsync();

    public async Task DisposeAsync()
    {
        await _registry!.DisposeAsync();
        Directory.Delete(_work, recursive: true);
    }

    [SkippableFact]
    public async Task Skopeo_copies_in_and_out_and_deletes()
    {
        Need("skopeo");
        var layout = Path.Combine(_work, "in");
        WriteLayout(layout);
        await RunAsync("skopeo", "copy", "--dest-tls-verify=false", $"oci:{layout}:latest", $"docker://{_registry!.Address}/team/app:v1");
        await RunAsync(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "--format",
            "v2s2",
            $"oci:{layout}:latest",
            $"docker://{_registry.Address}/team/docker:v1"
        );
        Assert.Contains(
            "\"v1\"",
            await RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{_registry.Address}/team/docker:v1"),
            StringComparison.Ordinal
        );
        await RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{_registry.Address}/team/app:v1", $"oci:{_work}/out:latest");
        Assert.Equal(Blobs(layout), Blobs(Path.Combine(_work, "out")));
        await RunAsync("skopeo", "delete", "--tls-verify=false", $"docker://{_registry.Address}/team/app:v1");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{_registry.Address}/team/app:v1")
        );
    }

    [SkippableTheory]
    [InlineData("podman")]
    [InlineData("buildah")]
    public async Task Podman_and_buildah_push_and_pull(string client)
    {
        Need(client, "skopeo");
        var layout = Path.Combine(_work, client);
        WriteLayout(layout);
        var storage = new[] { "--root", $"{_work}/{client}-root", "--runroot", $"{_work}/{client}-run", "--storage-driver", "vfs" };
        await RunAsync(client, [.. storage, "pull", $"oci:{layout}:latest"]);
        var id = (await RunAsync(client, [.. storage, "images", "-q"])).Trim();
        await RunAsync(client, [.. storage, "push", "--tls-verify=false", id, $"docker://{_registry!.Address}/{client}/app:v1"]);
        await RunAsync(client, [.. storage, "rmi", "-f", id]);
        await RunAsync(client, [.. storage, "pull", "--tls-verify=false", $"docker://{_registry.Address}/{client}/app:v1"]);
        Assert.Contains($"{_registry.Address}/{client}/app", await RunAsync(client, [.. storage, "images"]), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Skopeo_logs_in_with_a_password()
    {
        Need("skopeo");
        var file = Path.Combine(_work, "htpasswd");
        await File.WriteAllTextAsync(file, "user:$2y$05$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe\n");
        await using var registry = await PierRegistry.StartAsync(o => o with { Htpasswd = file });
        var auth = Path.Combine(_work, "auth.json");
        await RunAsync("skopeo", "login", "--tls-verify=false", "--authfile", auth, "-u", "user", "-p", "secret", registry.Address);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RunAsync("skopeo", "login", "--tls-verify=false", "--authfile", auth, "-u", "user", "-p", "wrong", registry.Address)
        );
        var layout = Path.Combine(_work, "login");
        WriteLayout(layout);
        await RunAsync(
            "skopeo",
            "copy",
            "--authfile",
            auth,
            "--dest-tls-verify=false",
            $"oci:{layout}:latest",
            $"docker://{registry.Address}/app:v1"
        );
    }

    static void Need(params string[] programs)
    {
        foreach (var program in programs)
            Skip.IfNot(File.Exists("/usr/bin/" + program), $"{program} is not installed");
    }

    static string[] Blobs(string layout) =>
        [.. Directory.GetFiles(Path.Combine(layout, "blobs/sha256")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    // An OCI layout of one image with one real layer.
    static void WriteLayout(string directory)
    {
        var content = new MemoryContent();
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(
                new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "hello")
                {
                    DataStream = new MemoryStream("hello\n"u8.ToArray()),
                }
            );
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(tar.ToArray());
        var layer = content.Add(packed.ToArray(), MediaTypes.OciLayerGzip);
        var config = content.Add(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new ImageConfig
                {
                    Architecture = "amd64",
                    Os = "linux",
                    RootFs = new RootFs { DiffIds = [Digest.Of(tar.ToArray())] },
                },
                ImageJson.Plain.ImageConfig
            ),
            MediaTypes.OciConfig
        );
        var manifest = content.Add(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new ImageManifest
                {
                    MediaType = MediaTypes.OciManifest,
                    Config = config,
                    Layers = [layer],
                },
                ImageJson.Plain.ImageManifest
            ),
            MediaTypes.OciManifest
        );
        var blobs = Directory.CreateDirectory(Path.Combine(directory, "blobs/sha256")).FullName;
        foreach (var (digest, bytes) in content.Blobs)
            File.WriteAllBytes(Path.Combine(blobs, digest.Hex), bytes);
        var named = manifest with { Annotations = new() { [ImageAnnotations.RefName] = "latest" } };
        File.WriteAllBytes(
            Path.Combine(directory, "index.json"),
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { Manifests = [named] }, ImageJson.Plain.ImageIndex)
        );
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    static async Task<string> RunAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', args)}: {process.ExitCode}: {await error}");
    }
}
