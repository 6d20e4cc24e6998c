namespace Pier.Model.Runtime;

/// <summary>The state of a container as hooks and the "state" command see it (runtime.md, "State").</summary>
public sealed record State
{
    public string OciVersion { get; init; } = "1.2.0";
    public string Id { get; init; } = "";

    /// <summary>"creating", "created", "running", "paused" or "stopped".</summary>
    public string Status { get; init; } = "";
    public int Pid { get; init; }
    public string Bundle { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
