using System.Text.Json;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Snapshots;

/// <summary>
/// Brings committed layers to the disk in the background, so that nobody waits for syncfs(2), which flushes everything that anybody wrote
/// to the file system. A layer's record tells whether that has happened.
/// </summary>
sealed class LayerSync : IDisposable
{
    internal const string RecordName = "layer.json";

    readonly string _layers;
    readonly Lock _gate = new();
    readonly Dictionary<string, LayerRecord> _pending = [];
    bool _running;
    volatile bool _closed;

    internal LayerSync(string layers) => _layers = layers;

    /// <summary>This boot of this machine.</summary>
    internal static string Boot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    internal static LayerRecord Read(string directory) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, RecordName)), SnapshotJson.Default.LayerRecord)
        ?? throw new JsonException("null");

    internal static void Write(string directory, LayerRecord record, bool durable) =>
        AtomicFile.Write(
            Path.Combine(directory, RecordName),
            JsonSerializer.SerializeToUtf8Bytes(record, SnapshotJson.Default.LayerRecord),
            durable
        );

    internal void Add(string directory, LayerRecord record)
    {
        lock (_gate)
        {
            _pending[directory] = record;
            if (_running)
                return;
            _running = true;
        }
        new Thread(Run) { IsBackground = true, Name = "layer sync" }.Start();
    }

    void Run()
    {
        while (true)
        {
            KeyValuePair<string, LayerRecord>[] batch;
            lock (_gate)
            {
                batch = [.. _pending];
                _pending.Clear();
                _running = batch.Length > 0 && !_closed;
                if (!_running)
                    return;
            }
            try
            {
                SyncAll(batch);
            }
            catch (LinuxException)
            {
                // Still marked: after another boot they are unpacked anew.
            }
        }
    }

    void SyncAll(KeyValuePair<string, LayerRecord>[] batch)
    {
        using (var layers = At.Open(At.WorkingDirectory, _layers, OpenFlags.Directory))
            Durability.SyncFileSystem(layers);
        foreach (var (directory, record) in batch)
        {
            if (_closed)
                return;
            try
            {
                Write(directory, record with { UnsyncedBoot = null }, durable: true);
            }
            catch (LinuxException e) when (e.Errno == Errno.ENOENT)
            {
                // Collected meanwhile.
            }
        }
    }

    public void Dispose() => _closed = true;
}
