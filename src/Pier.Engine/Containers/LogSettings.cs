using System.Text;
using System.Text.Json;
using Pier.Engine.Logs.Drivers;
using Pier.Engine.Logs.Shipping;
using Pier.Model;
using Pier.Runtime;
using Pier.Store;

namespace Pier.Engine.Containers;

/// <summary>Where a container's output is kept on this host, from its log configuration.</summary>
static class LogSettings
{
    static readonly Dictionary<string, string> None = [];

    /// <summary>Null for the driver "none".</summary>
    public static LogOptions? For(ContainerRecord record, Layout layout)
    {
        if (Store(record) == LogStore.Nowhere)
            return null;
        var path = PathOf(record, layout);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var rotation = Rotation(record);
        return new LogOptions(path, rotation.MaxSize, rotation.MaxFiles, Attributes(record), Cursor(record, layout));
    }

    /// <summary>The current file.</summary>
    public static string PathOf(ContainerRecord record, Layout layout) =>
        Store(record) switch
        {
            LogStore.LocalFile => layout.ContainerLocalLog(record.Id),
            LogStore.Cache => layout.ContainerCachedLog(record.Id),
            _ => layout.ContainerLog(record.Id),
        };

    /// <summary>Whether `logs` can read it.</summary>
    public static bool Readable(LogConfig log) =>
        LogDrivers.Find(log.Type) is { Store: var store }
        && store != LogStore.Nowhere
        && !(store == LogStore.Cache && LogOption.Flag(log.Config ?? None, "cache-disabled"));

    /// <summary>Whether rotated files are to be compressed.</summary>
    public static bool Compressed(ContainerRecord record) => Store(record) != LogStore.Nowhere && Rotation(record).Compress;

    static LogRotation Rotation(ContainerRecord record)
    {
        var options = record.HostConfig.LogConfig!.Config ?? None;
        return Store(record) switch
        {
            LogStore.LocalFile => LogRotation.OfLocal(options),
            LogStore.Cache => LogRotation.OfCache(options),
            _ => LogRotation.OfJsonFile(options),
        };
    }

    /// <summary>What holds the container: the receiver's progress, if mode=blocking asks for it. Null for every other log.</summary>
    static string? Cursor(ContainerRecord record, Layout layout) =>
        LogDrivers.Find(record.HostConfig.LogConfig!.Type)?.Connect is not null
        && record.HostConfig.LogConfig.Config?.GetValueOrDefault("mode") == "blocking"
            ? layout.Record(LogCursor.Kind, record.Id)
            : null;

    static LogStore Store(ContainerRecord record) => LogDrivers.Find(record.HostConfig.LogConfig!.Type)?.Store ?? LogStore.JsonFile;

    /// <summary>Labels, variables and tag that are asked for, as the JSON object of each line; null for none.</summary>
    static string? Attributes(ContainerRecord record)
    {
        var source = LogSource.Of(record);
        var tagged = source.Options.TryGetValue("tag", out var tag) && tag.Length > 0;
        if (source.Attributes.Count == 0 && !tagged)
            return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (key, value) in source.Attributes)
                json.WriteString(key, value);
            if (tagged)
                json.WriteString("tag", source.Tag);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
