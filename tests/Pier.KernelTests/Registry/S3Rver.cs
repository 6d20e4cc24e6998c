using System.Diagnostics;
using Pier.KernelTests.Distribution;
using Pier.Registry;

namespace Pier.KernelTests.Registry;

/// <summary>
/// Somebody else's S3 server (npm's s3rver, which checks signatures and keeps objects in files) as a process of its own. Fetched once into
/// artifacts/.
/// </summary>
public sealed class S3Rver : IAsyncLifetime
{
    const string Version = "3.7.1",
        Bucket = "registry",
        Key = "S3RVER";

    readonly string _data = Directory.CreateTempSubdirectory("pier-s3rver-").FullName;
    Process? _process;
    string _endpoint = "",
        _missing = "s3rver was not started";
    int _prefixes;

    public int Pid => _process!.Id;
    public string Endpoint => _endpoint;
    public static string Secret => Key;

    /// <summary>The bucket, below a prefix that nobody else has. Skips the test where the server is not to be had.</summary>
    public S3Options Options
    {
        get
        {
            Skip.If(_process is null, _missing);
            return new S3Options(Bucket, "us-east-1", _endpoint, $"p{Interlocked.Increment(ref _prefixes)}", Key, Key);
        }
    }

    public async Task InitializeAsync()
    {
        var node = ((string[])["/usr/bin/node", "/usr/local/bin/node"]).FirstOrDefault(File.Exists);
        if (node is null)
        {
            _missing = "node is not installed";
            return;
        }
        if (await ProgramAsync(Path.Combine(Path.GetDirectoryName(node)!, "npm")) is not { } program)
            return;
        var port = FaultProxy.FreePort();
        // It enciphers continuation tokens with DES, which OpenSSL 3 has among its legacy algorithms.
        var start = new ProcessStartInfo(
            node,
            [
                "--openssl-legacy-provider",
                program,
                "-d",
                _data,
                "-a",
                "127.0.0.1",
                "-p",
                $"{port}",
                "--silent",
                "--no-vhost-buckets",
                "--configure-bucket",
                Bucket,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (_process, _endpoint) = (process, $"http://127.0.0.1:{port}");
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(_endpoint);
                return;
            }
            catch (HttpRequestException) when (tries < 1200 && !process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    async Task<string?> ProgramAsync(string npm)
    {
        var modules = Path.Combine(RepositoryRoot(), "artifacts", "s3rver");
        var program = Path.Combine(modules, "node_modules", "s3rver", "bin", "s3rver.js");
        if (File.Exists(program))
            return program;
        _missing = "npm is not installed";
        if (!File.Exists(npm))
            return null;
        Directory.CreateDirectory(modules);
        var start = new ProcessStartInfo(
            npm,
            ["install", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", $"s3rver@{Version}"]
        )
        {
            WorkingDirectory = modules,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var install = Process.Start(start)!;
        var error = install.StandardError.ReadToEndAsync();
        await install.StandardOutput.ReadToEndAsync();
        await install.WaitForExitAsync();
        _missing = "npm install s3rver: " + await error;
        return File.Exists(program) ? program : null;
    }

    static string RepositoryRoot()
    {
        for (var directory = AppContext.BaseDirectory; ; directory = Path.GetDirectoryName(directory)!)
            if (File.Exists(Path.Combine(directory, "Pier.slnx")))
                return directory;
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(_data, recursive: true);
    }
}
