using System.Diagnostics;
using Pier.KernelTests.Distribution;
using Pier.Registry;

namespace Pier.KernelTests.Registry;

/// <summary>A registry that tests talk to over HTTP.</summary>
public interface IRegistryPeer : IAsyncDisposable
{
    /// <summary>"127.0.0.1:PORT".</summary>
    string Address { get; }

    /// <summary>Whether it speaks version 1.1 of the specification: referrers, deletion of tags.</summary>
    bool IsVersion11 { get; }
}

/// <summary>Pier's server, in this process.</summary>
public sealed class PierRegistry : IRegistryPeer
{
    readonly RegistryServer _server;
    readonly bool _ownsRoot;

    PierRegistry(RegistryServer server, string root, bool ownsRoot) => (_server, Root, _ownsRoot) = (server, root, ownsRoot);

    public string Root { get; }
    public RegistryServer Server => _server;
    public string Address => $"127.0.0.1:{_server.EndPoint.Port}";
    public bool IsVersion11 => true;

    public static async Task<PierRegistry> StartAsync(Func<RegistryOptions, RegistryOptions>? change = null, string? root = null)
    {
        var directory = root ?? Directory.CreateTempSubdirectory("pier-registry-").FullName;
        var options = new RegistryOptions
        {
            Root = directory,
            Listen = "127.0.0.1:0",
            CollectEvery = TimeSpan.Zero,
        };
        try
        {
            var server = await RegistryServer.StartAsync(change?.Invoke(options) ?? options, CancellationToken.None);
            return new PierRegistry(server, directory, root is null);
        }
        catch when (root is null)
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_ownsRoot)
            Directory.Delete(Root, recursive: true);
    }
}

/// <summary>Debian's docker-registry, as the oracle.</summary>
public sealed class DockerRegistry : IRegistryPeer
{
    public const string Program = "/usr/bin/docker-registry";

    readonly Process _process;
    readonly string _root;

    DockerRegistry(Process process, string root, string address) => (_process, _root, Address) = (process, root, address);

    public string Address { get; }
    public bool IsVersion11 => false;

    public static async Task<DockerRegistry> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("pier-docker-registry-").FullName;
        var address = $"127.0.0.1:{FaultProxy.FreePort()}";
        var config = Path.Combine(root, "config.yml");
        await File.WriteAllTextAsync(
            config,
            $$"""
            version: 0.1
            log: { level: error }
            storage: { filesystem: { rootdirectory: {{root}}/data }, delete: { enabled: true } }
            http: { addr: "{{address}}" }
            """
        );
        var start = new ProcessStartInfo(Program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var i = 0; i < 200; i++)
        {
            try
            {
                if ((await http.GetAsync($"http://{address}/v2/")).IsSuccessStatusCode)
                    return new DockerRegistry(process, root, address);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }
        throw new InvalidOperationException("docker-registry did not start");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
