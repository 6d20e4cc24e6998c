namespace Pier.Supervisor;

/// <summary>
/// A json-file log. <paramref name="Path"/> is absolute; its directory exists. <paramref name="MaxSize"/> in bytes, 0 for no limit;
/// <paramref name="MaxFile"/> counts the current file and the rotated ones, at least 1. <paramref name="Attributes"/> is a JSON object
/// put into each line, or null. <paramref name="Cursor"/> is a file that says up to where a receiver has the log (JSON, Inode and Offset):
/// with it no file is rotated away that the receiver has not, and the process' output waits instead.
/// </summary>
public sealed record LogTarget(string Path, long MaxSize = 0, int MaxFile = 1, string? Attributes = null, string? Cursor = null);
