using System.Globalization;
using System.Text.Json.Nodes;

namespace Pier.CompatTests.Flags;

/// <summary>
/// A daemon with what rows of flags speak of: a running donor of namespaces and volumes, files of the client's, a block device.
/// </summary>
public sealed class FlagScenery : IAsyncLifetime
{
    readonly Dictionary<string, string> _words = [];

    public PierDaemon Daemon { get; } = new();
    public Wire Wire { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Daemon.InitializeAsync();
        Wire = new Wire(Daemon.Socket);
        var files = Path.Combine(Daemon.Directory, "files");
        Directory.CreateDirectory(files);
        File.WriteAllText(files + "/env", "FROM_FILE=1\n");
        File.WriteAllText(files + "/labels", "from=file\n");
        var donor = await new Client("pier", Daemon).RunAsync(
            "run",
            "-d",
            "--name",
            "donor",
            "--ipc",
            "shareable",
            "-v",
            "/from-donor",
            "busybox",
            "sh",
            "-c",
            "echo given >/dev/shm/given; exec sleep 1000"
        );
        Assert.True(donor.Code == 0, donor.Error);
        var id = donor.Out.Trim();
        var pid = (await Wire.GetAsync("/containers/donor/json")).Json!["State"]!["Pid"]!.GetValue<int>();
        _words["{files}"] = files;
        // Inspect shows ids where a name was given.
        _words["{donor}"] = "donor";
        _words["{parent}"] = "/" + Daemon.CgroupName;
        _words["{device}"] = "/dev/" + Directory.GetDirectories("/sys/block").Select(Path.GetFileName).First(d => File.Exists("/dev/" + d));
        _words["{donor-net}"] = Link(pid, "net");
        foreach (var kind in (string[])["ipc", "pid", "uts", "net", "user"])
            _words[$"{{host-{kind}}}"] = Link(Environment.ProcessId, kind);
        // The probe may run before the donor has written.
        for (var i = 0; i < 100 && !File.Exists($"/proc/{pid}/root/dev/shm/given"); i++)
            await Task.Delay(20);
        _ = id;
    }

    public async Task DisposeAsync()
    {
        Wire.Dispose();
        await Daemon.DisposeAsync();
    }

    /// <summary>A row's text with this scenery's own names in it.</summary>
    public string Fill(string text, string unique)
    {
        foreach (var (word, value) in _words)
            text = text.Replace(word, value, StringComparison.Ordinal);
        return text.Replace("{unique}", unique, StringComparison.Ordinal);
    }

    /// <summary>Starts a created container, waits for its end, and gives what it wrote to both streams.</summary>
    public async Task<string> OutputOfAsync(string id)
    {
        var start = await Wire.PostAsync($"/containers/{id}/start");
        if (start.Status != 204)
            return $"start: {start.Status} {start.Message}";
        await Wire.PostAsync($"/containers/{id}/wait");
        return Unframed(await Wire.BytesAsync($"/containers/{id}/logs?stdout=1&stderr=1")).TrimEnd('\n');
    }

    /// <summary>"HostConfig.Mounts.0.Type" of an inspect answer as compact JSON.</summary>
    public static string At(JsonNode inspect, string path)
    {
        JsonNode? node = inspect;
        foreach (var step in path.Split('.'))
            node = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node?[index] : node?[step];
        return node?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
    }

    static string Unframed(byte[] stream)
    {
        var text = new MemoryStream();
        for (var at = 0; at + 8 <= stream.Length; )
        {
            // A terminal's log has no frames: a frame begins with 0, 1 or 2 and three zeros.
            if (stream[at] > 2 || stream[at + 1] != 0)
                return System.Text.Encoding.UTF8.GetString(stream).Replace("\r", "");
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at + 4));
            text.Write(stream, at + 8, length);
            at += 8 + length;
        }
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    static string Link(int pid, string kind) =>
        new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget ?? throw new InvalidOperationException($"no /proc/{pid}/ns/{kind}");
}
