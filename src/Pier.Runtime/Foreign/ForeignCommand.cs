namespace Pier.Runtime;

/// <summary>Another OCI runtime: its program and the arguments before any of ours.</summary>
public sealed record ForeignCommand(string Path, IReadOnlyList<string> Arguments);
