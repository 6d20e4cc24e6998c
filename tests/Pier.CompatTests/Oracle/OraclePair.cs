namespace Pier.CompatTests.Oracle;

/// <summary>A dockerd and Pier side by side, with the same image.</summary>
public abstract class OraclePair(DockerPeer peer) : IAsyncLifetime
{
    public DockerPeer Peer => peer;

    public PierDaemon Pier { get; } = new();
    public DockerDaemon Docker { get; } = new(peer);

    public async Task InitializeAsync()
    {
        if (peer.Missing is not null)
            return;
        await Pier.InitializeAsync();
        await Docker.StartAsync();
        var import = await new Client(peer.Client!, Docker).RunAsync(
            "import",
            Path.Combine(Pier.Directory, "busybox.tar"),
            "busybox:latest"
        );
        if (import.Code != 0)
            throw new InvalidOperationException(import.Error);
    }

    public async Task DisposeAsync()
    {
        if (peer.Missing is not null)
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

public sealed class OldPair() : OraclePair(DockerPeer.Old);

public sealed class NewerPair() : OraclePair(DockerPeer.Newer);
