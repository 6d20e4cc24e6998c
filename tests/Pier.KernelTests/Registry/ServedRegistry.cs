using System.Diagnostics;

namespace Pier.KernelTests.Registry;

/// <summary>`pier registry serve` as a process of its own, to be killed.</summary>
public sealed class ServedRegistry : IAsyncDisposable
{
    readonly Process _process;

    ServedRegistry(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }
    public int Pid => _process.Id;

    public static async Task<ServedRegistry> StartAsync(string root, params string[] flags)
    {
        var command = Program();
        Skip.If(command is null, "no pier program: set PIER_BINARY or build src/Pier");
        var port = Distribution.FaultProxy.FreePort();
        var start = new ProcessStartInfo(command!, ["registry", "serve", "--root", root, "--addr", $"127.0.0.1:{port}", .. flags])
        {
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        var process = Process.Start(start)!;
        var lines = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (!line.Contains("registry listens", StringComparison.Ordinal))
                continue;
            _ = process.StandardError.ReadToEndAsync();
            return new ServedRegistry(process, $"127.0.0.1:{port}");
        }
        Skip.If(lines.Any(l => l.Contains("has no S3 storage")), "this build of pier leaves S3 storage out");
        throw new InvalidOperationException(string.Join('\n', lines));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    static string? Program()
    {
        if (Environment.GetEnvironmentVariable("PIER_BINARY") is { Length: > 0 } binary && File.Exists(binary))
            return binary;
        var framework = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var built = Path.Combine(directory, "src/Pier/bin/Debug", framework, "pier");
            if (File.Exists(built))
                return built;
        }
        return null;
    }
}
