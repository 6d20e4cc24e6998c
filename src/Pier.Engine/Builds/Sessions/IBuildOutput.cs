namespace Pier.Engine.Builds.Sessions;

/// <summary>An archive on its way to the client.</summary>
public interface IBuildOutput : IAsyncDisposable
{
    /// <summary>Takes the archive's bytes.</summary>
    Stream Stream { get; }

    /// <summary>The archive is whole: waits until the client has it.</summary>
    Task CompleteAsync(CancellationToken ct);
}
