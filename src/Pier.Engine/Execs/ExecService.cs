namespace Pier.Engine.Execs;

using Pier.Engine.Containers;

/// <summary>The use cases of execs: commands inside running containers.</summary>
public sealed partial class ExecService
{
    public Task<string> CreateAsync(string container, ExecConfig config, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Starts it; null when detached. Rows and columns may be 0.</summary>
    public Task<AttachSession?> StartAsync(string id, bool detach, bool tty, int rows, int columns, CancellationToken ct) => throw new NotImplementedException();

    public ExecView Inspect(string id) => throw new NotImplementedException();

    public Task ResizeAsync(string id, int rows, int columns, CancellationToken ct) => throw new NotImplementedException();
}
