using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>The use cases of containers. References are names, ids or unambiguous id prefixes. Every method throws the EngineException family.</summary>
public sealed partial class ContainerService
{
    public Task<CreatedContainer> CreateAsync(CreateContainer request, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Starts it; NotModified when it runs already.</summary>
    public Task StartAsync(string reference, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Signals and waits, then kills. A null timeout is the container's own (10 s); -1 waits for ever. NotModified when it does not run.</summary>
    public Task StopAsync(string reference, int? timeoutSeconds, string? signal, CancellationToken ct) => throw new NotImplementedException();

    public Task RestartAsync(string reference, int? timeoutSeconds, string? signal, CancellationToken ct) => throw new NotImplementedException();

    public Task KillAsync(string reference, string? signal, CancellationToken ct) => throw new NotImplementedException();

    public Task PauseAsync(string reference, CancellationToken ct) => throw new NotImplementedException();

    public Task UnpauseAsync(string reference, CancellationToken ct) => throw new NotImplementedException();

    public Task RenameAsync(string reference, string name, CancellationToken ct) => throw new NotImplementedException();

    public Task RemoveAsync(string reference, bool force, bool volumes, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The waiter is registered when the method returns, so that a caller may answer "I am waiting" before the exit can happen.</summary>
    public Task<ContainerExitStatus> WaitAsync(string reference, WaitCondition condition, CancellationToken ct) => throw new NotImplementedException();

    public Task<ContainerView> InspectAsync(string reference, bool size, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ContainerView>> ListAsync(ListContainers query, CancellationToken ct) => throw new NotImplementedException();

    public IAsyncEnumerable<LogEntry> LogsAsync(string reference, LogsQuery query, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>May be called before the start: then it delivers from the first byte on.</summary>
    public Task<AttachSession> AttachAsync(string reference, AttachRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task ResizeAsync(string reference, int rows, int columns, CancellationToken ct) => throw new NotImplementedException();

    public Task<TopResult> TopAsync(string reference, string psArguments, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Removes stopped containers; the answer is ids and bytes freed.</summary>
    public Task<(IReadOnlyList<string> Ids, long Bytes)> PruneAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct) => throw new NotImplementedException();
}
