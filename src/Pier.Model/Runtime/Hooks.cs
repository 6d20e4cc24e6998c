namespace Pier.Model.Runtime;

/// <summary>Programs run at points of a container's life (config.md, "POSIX-platform Hooks").</summary>
public sealed record Hooks
{
    public IReadOnlyList<Hook>? Prestart { get; init; }
    public IReadOnlyList<Hook>? CreateRuntime { get; init; }
    public IReadOnlyList<Hook>? CreateContainer { get; init; }
    public IReadOnlyList<Hook>? StartContainer { get; init; }
    public IReadOnlyList<Hook>? Poststart { get; init; }
    public IReadOnlyList<Hook>? Poststop { get; init; }
}

/// <summary>One hook; the timeout is in seconds.</summary>
public sealed record Hook
{
    public string Path { get; init; } = "";
    public IReadOnlyList<string>? Args { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public int? Timeout { get; init; }
}
