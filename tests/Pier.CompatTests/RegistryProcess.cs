using System.Diagnostics;

namespace Pier.CompatTests;

/// <summary>`pier registry serve` of the native binary on a port of its own.</summary>
public sealed class RegistryProcess : IAsyncDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("registry-compat-").FullName;
    readonly Process _process;

    RegistryProcess(string address, string[] flags)
    {
        Address = address;
        var start = new ProcessStartInfo(PierDaemon.Binary, ["registry", "serve", "--addr", address, "--root", _root, .. flags])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>"127.0.0.1:PORT".</summary>
    public string Address { get; }

    public static Task<RegistryProcess> StartAsync(params string[] flags) => StartAtAsync("127.0.0.1", flags);

    public static async Task<RegistryProcess> StartAtAsync(string host, params string[] flags)
    {
        var registry = new RegistryProcess($"{host}:{FreePorts.Loopback()}", flags);
        await UntilItAnswersAsync(registry.Address, 200);
        return registry;
    }

    /// <summary>Waits for a registry to answer, 50 ms after each try.</summary>
    public static async Task UntilItAnswersAsync(string address, int maxTries)
    {
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync($"http://{address}/v2/");
                return;
            }
            catch (HttpRequestException) when (tries < maxTries)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
