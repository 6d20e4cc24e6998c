namespace Pier.CompatTests.Oracle;

/// <summary>dockerd and Pier side by side, with the same image.</summary>
public sealed class OraclePair : IAsyncLifetime
{
    public PierDaemon Pier { get; } = new();
    public DockerDaemon Docker { get; } = new();

    public async Task InitializeAsync()
    {
        if (DockerDaemon.Missing is not null)
            return;
        await Pier.InitializeAsync();
        await Docker.StartAsync();
        var import = await new Client("/usr/bin/docker", Docker).RunAsync(
            "import",
            Path.Combine(Pier.Directory, "busybox.tar"),
            "busybox:latest"
        );
        if (import.Code != 0)
            throw new InvalidOperationException(import.Error);
    }

    public async Task DisposeAsync()
    {
        if (DockerDaemon.Missing is not null)
            return;
        try
        {
            await Docker.StopAsync();
        }
        finally
        {
            await Pier.DisposeAsync();
        }
    }
}
