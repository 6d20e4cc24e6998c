namespace Pier.Supervisor;

/// <summary>
/// A json-file log. <paramref name="Path"/> is absolute; its directory exists. <paramref name="MaxSize"/> in bytes, 0 for no limit;
/// <paramref name="MaxFile"/> counts the current file and the rotated ones, at least 1. <paramref name="Attributes"/> is a JSON object
/// put into each line, or null.
/// </summary>
public sealed record LogTarget(string Path, long MaxSize = 0, int MaxFile = 1, string? Attributes = null);
