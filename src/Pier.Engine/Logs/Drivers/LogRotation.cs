using Pier.Model;

namespace Pier.Engine.Logs.Drivers;

/// <summary>
/// How files on this host are rotated: bytes of one (0 or less: without limit), how many, and whether rotated ones are compressed.
/// </summary>
/// <remarks>
/// json-file without max-size is bounded too, unlike Docker's: 5 files of 200 MB. "-1" asks for Docker's unbounded one.
/// </remarks>
sealed record LogRotation(long MaxSize, int MaxFiles, bool Compress)
{
    static readonly LogRotation Unset = new(200_000_000, 5, false),
        Local = new(20 << 20, 5, true);

    public static void Check(IReadOnlyDictionary<string, string> options)
    {
        OfJsonFile(options);
        OfLocal(options);
    }

    public static LogRotation OfJsonFile(IReadOnlyDictionary<string, string> options)
    {
        var given = options.TryGetValue("max-size", out var text);
        var size =
            !given ? Unset.MaxSize
            : text == "-1" ? -1
            : Positive(ByteSizes.Decimal(text!), "max-size");
        var files = AtLeastOne(LogOption.Number(options, "max-file", given ? 1 : Unset.MaxFiles));
        var compress = LogOption.Flag(options, "compress");
        if (compress && (files == 1 || size < 0))
            throw new InvalidParameterException("compress cannot be true when max-file is less than 2 or max-size is not set");
        return new LogRotation(size, files, compress);
    }

    public static LogRotation OfLocal(IReadOnlyDictionary<string, string> options) => OfKeys(options, "");

    /// <summary>The cache that lets `logs` read what is shipped elsewhere.</summary>
    public static LogRotation OfCache(IReadOnlyDictionary<string, string> options) => OfKeys(options, "cache-");

    static LogRotation OfKeys(IReadOnlyDictionary<string, string> options, string prefix) =>
        new(
            options.TryGetValue(prefix + "max-size", out var size) ? Positive(ByteSizes.Binary(size), prefix + "max-size") : Local.MaxSize,
            AtLeastOne(LogOption.Number(options, prefix + "max-file", Local.MaxFiles)),
            LogOption.Flag(options, prefix + "compress", Local.Compress)
        );

    static long Positive(long size, string key) =>
        size > 0 ? size : throw new InvalidParameterException($"{key} must be a positive number");

    static int AtLeastOne(int files) => files > 0 ? files : throw new InvalidParameterException("max-file cannot be less than 1");
}
