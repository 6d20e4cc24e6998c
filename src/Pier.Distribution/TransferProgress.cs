namespace Pier.Distribution;

/// <summary>
/// A step of a pull or push in Docker's words: "Pulling fs layer", "Downloading" and so on for the blob with the short id
/// <paramref name="Id"/>; without an id a line of its own. <paramref name="Current"/> and <paramref name="Total"/> are bytes, null where
/// there is no bar.
/// </summary>
public sealed record TransferProgress(string? Id, string Status, long? Current = null, long? Total = null);
