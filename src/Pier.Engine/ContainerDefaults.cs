using Pier.Model;

namespace Pier.Engine;

/// <summary>What containers get that do not say otherwise: dockerd's default-* settings.</summary>
public sealed record ContainerDefaults
{
    /// <summary>An init program as the first process.</summary>
    public bool Init { get; init; }

    /// <summary>Limits by name; a container's own of the same name win.</summary>
    public IReadOnlyList<Ulimit> Ulimits { get; init; } = [];

    /// <summary>Bytes of /dev/shm.</summary>
    public long ShmSize { get; init; } = 64 << 20;

    /// <summary>A name of <see cref="EngineOptions.Runtimes"/>, or the built-in one.</summary>
    public string Runtime { get; init; } = BuiltInRuntimeName;

    /// <summary>"host" or "private"; empty for Docker's choice (private on cgroup v2).</summary>
    public string CgroupnsMode { get; init; } = "";

    /// <summary>"private" or "shareable".</summary>
    public string IpcMode { get; init; } = "private";

    public const string BuiltInRuntimeName = "pier";
}

/// <summary>An OCI runtime that `--runtime` may name: the program and its own arguments.</summary>
public sealed record RuntimeCommand(string Path, IReadOnlyList<string> Arguments);
