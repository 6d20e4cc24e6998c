using System.Diagnostics;

namespace Pier.CompatTests.Builds;

/// <summary>A daemon with the base images of tests/shapes, made of Debian packages and busybox.</summary>
public sealed class ShapeBases : IAsyncLifetime
{
    public static string Shapes { get; } = Path.Combine(PierDaemon.RepositoryRoot(), "tests", "shapes");

    public PierDaemon Daemon { get; } = new();

    /// <summary>Why there are no bases here, or null.</summary>
    public string? Missing { get; private set; }

    public async Task InitializeAsync()
    {
        await Daemon.InitializeAsync();
        var bases = Path.Combine(Daemon.Directory, "bases");
        // Packages are downloaded and unpacked: longer than any command of a test may take.
        using (
            var make = Process.Start(
                new ProcessStartInfo("timeout", ["-k", "5", "300", Path.Combine(Shapes, "make-bases"), bases])
                {
                    RedirectStandardOutput = true,
                }
            )!
        )
        {
            await make.StandardOutput.ReadToEndAsync();
            await make.WaitForExitAsync();
            Missing = make.ExitCode == 0 ? null : $"the base images cannot be made: make-bases ended with {make.ExitCode}";
        }
        if (Missing is not null)
            return;
        foreach (var line in File.ReadLines(Path.Combine(Shapes, "bases.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var parts = line.Split('\t');
            var changes = parts.Skip(2).SelectMany(c => new[] { "--change", c });
            var import = await new Client("pier", Daemon).RunAsync([
                "import",
                .. changes,
                Path.Combine(bases, parts[1] + ".tar"),
                parts[0],
            ]);
            if (import.Code != 0)
                Missing = $"{parts[0]}: {import.Error}";
        }
        Directory.Delete(bases, recursive: true);
    }

    public Task DisposeAsync() => Daemon.DisposeAsync();
}
