namespace Pier.Runtime.Commands;

/// <summary>The options before the command's name.</summary>
sealed record RuntimeOptions(string Root, string? Log, bool LogJson, bool Debug, bool SystemdCgroup);
