namespace Pier.Engine.Execs;

/// <summary>A command to run inside a running container: Docker Engine API "ExecConfig".</summary>
public sealed record ExecConfig
{
    public required IReadOnlyList<string> Command { get; init; }
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; }
    public bool AttachStderr { get; init; }
    public bool Tty { get; init; }
    public string? DetachKeys { get; init; }
    public IReadOnlyList<string> Environment { get; init; } = [];
    public string User { get; init; } = "";
    public string WorkingDirectory { get; init; } = "";
    public bool Privileged { get; init; }
}

/// <summary>An exec as inspect shows it. ExitCode is null while it runs or before it ran.</summary>
public sealed record ExecView(string Id, string ContainerId, ExecConfig Config, bool Running, int? ExitCode, int Pid, bool CanRemove);
