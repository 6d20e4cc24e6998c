using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pier.Model.Notation;
using Pier.Runtime.Resources;

namespace Pier.Runtime.Commands;

/// <summary>state, list, ps, events.</summary>
static class InspectCommands
{
    public static int State(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var state = context.States.Load(LifecycleCommands.Id(CommandLine.Parse(arguments, [], [])));
        Write(json => WriteState(json, context, state), indented: true);
        return 0;
    }

    static void WriteState(Utf8JsonWriter json, RuntimeContext context, ContainerState state)
    {
        var described = context.States.Describe(state);
        json.WriteStartObject();
        json.WriteString("ociVersion", described.OciVersion);
        json.WriteString("id", described.Id);
        json.WriteNumber("pid", described.Pid);
        json.WriteString("status", described.Status);
        json.WriteString("bundle", described.Bundle);
        json.WriteString("rootfs", state.Rootfs);
        json.WriteString("created", state.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        if (state.Annotations is { Count: > 0 } annotations)
        {
            json.WriteStartObject("annotations");
            foreach (var (key, value) in annotations)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        json.WriteString("owner", "");
        json.WriteEndObject();
    }

    public static int List(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, ["format|f"], ["quiet|q"]);
        var all = context.States.All().ToArray();
        if (line.Has("quiet"))
        {
            foreach (var state in all)
                Console.Out.WriteLine(state.Id);
            return 0;
        }
        switch (line.Value("format") ?? "table")
        {
            case "json":
                Write(
                    json =>
                    {
                        json.WriteStartArray();
                        foreach (var state in all)
                            WriteState(json, context, state);
                        json.WriteEndArray();
                    },
                    indented: false
                );
                return 0;
            case "table":
                Table([
                    ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
                    .. all.Select(s =>
                        context.States.Describe(s) is var d
                            ? (string[])
                                [
                                    d.Id,
                                    d.Pid.ToString(CultureInfo.InvariantCulture),
                                    d.Status,
                                    d.Bundle,
                                    s.Created.UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
                                    "root",
                                ]
                            : throw new UnreachableException()
                    ),
                ]);
                return 0;
            default:
                throw new CommandException("invalid format option");
        }
    }

    static void Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(r => r[column].Length)).ToArray();
        foreach (var row in rows)
            Console.Out.WriteLine(string.Join("   ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    public static int Ps(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, ["format|f"], [], stopAtOperand: true);
        if (line.Operands.Count == 0)
            throw new CommandException("container ID required");
        var pids = context.States.Group(context.States.Load(line.Operands[0])).Processes();
        if (line.Value("format") == "json")
        {
            Write(
                json =>
                {
                    json.WriteStartArray();
                    foreach (var pid in pids)
                        json.WriteNumberValue(pid);
                    json.WriteEndArray();
                },
                indented: false
            );
            return 0;
        }
        var options = line.Operands.Count > 1 ? line.Operands.Skip(1).Where(o => o != "--").ToArray() : ["-ef"];
        using var ps =
            Process.Start(new ProcessStartInfo("ps", options) { RedirectStandardOutput = true })
            ?? throw new CommandException("ps cannot be run");
        var header = ps.StandardOutput.ReadLine() ?? "";
        var column = Array.IndexOf(header.Split(' ', StringSplitOptions.RemoveEmptyEntries), "PID");
        if (column < 0)
            throw new CommandException("couldn't find PID field in ps output");
        Console.Out.WriteLine(header);
        while (ps.StandardOutput.ReadLine() is { } row)
        {
            var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length > column && int.TryParse(cells[column], out var pid) && pids.Contains(pid))
                Console.Out.WriteLine(row);
        }
        ps.WaitForExit();
        return 0;
    }

    public static int Events(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, ["interval"], ["stats"]);
        var state = context.States.Load(LifecycleCommands.Id(line));
        if (context.States.Status(state) == "stopped")
            throw new CommandException($"container with id {state.Id} is not running");
        var group = context.States.Group(state);
        var kills = StatsReader.OutOfMemoryKills(group);
        while (true)
        {
            WriteStats(state.Id, StatsReader.Read(group));
            if (line.Has("stats"))
                return 0;
            Thread.Sleep(Interval(line.Value("interval") ?? "5s"));
            if (StatsReader.OutOfMemoryKills(group) is var now && now > kills)
            {
                kills = now;
                Console.Out.WriteLine($"{{\"type\":\"oom\",\"id\":\"{state.Id}\"}}");
            }
            if (context.States.Status(state) == "stopped")
                return 0;
        }
    }

    static TimeSpan Interval(string text) =>
        GoDuration.TryParse(text, out TimeSpan interval) && interval > TimeSpan.Zero
            ? interval
            : throw new CommandException("duration interval must be greater than 0");

    static void WriteStats(string id, ContainerStats stats) =>
        Write(
            json =>
            {
                json.WriteStartObject();
                json.WriteString("type", "stats");
                json.WriteString("id", id);
                json.WriteStartObject("data");
                json.WriteStartObject("cpu");
                json.WriteStartObject("usage");
                json.WriteNumber("total", stats.Cpu.TotalUsage);
                json.WriteStartArray("percpu");
                foreach (var value in stats.Cpu.PerCpuUsage)
                    json.WriteNumberValue(value);
                json.WriteEndArray();
                json.WriteNumber("kernel", stats.Cpu.KernelUsage);
                json.WriteNumber("user", stats.Cpu.UserUsage);
                json.WriteEndObject();
                json.WriteStartObject("throttling");
                json.WriteNumber("periods", stats.Cpu.ThrottlingPeriods);
                json.WriteNumber("throttledPeriods", stats.Cpu.ThrottledPeriods);
                json.WriteNumber("throttledTime", stats.Cpu.ThrottledTime);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteStartObject("memory");
                json.WriteStartObject("usage");
                json.WriteNumber("limit", stats.Memory.Limit);
                json.WriteNumber("usage", stats.Memory.Usage);
                json.WriteNumber("max", stats.Memory.MaxUsage);
                json.WriteNumber("failcnt", stats.Memory.FailCount);
                json.WriteEndObject();
                json.WriteStartObject("raw");
                foreach (var (key, value) in stats.Memory.Detail)
                    json.WriteNumber(key, value);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteStartObject("pids");
                json.WriteNumber("current", stats.PidsCurrent);
                if (stats.PidsLimit > 0)
                    json.WriteNumber("limit", stats.PidsLimit);
                json.WriteEndObject();
                json.WriteStartObject("blkio");
                Io(json, "ioServiceBytesRecursive", stats.IoServiceBytes);
                Io(json, "ioServicedRecursive", stats.IoServiced);
                json.WriteEndObject();
                json.WriteStartObject("hugetlb");
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
            },
            indented: false
        );

    static void Io(Utf8JsonWriter json, string name, IReadOnlyList<BlockIoEntry> entries)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("major", entry.Major);
            json.WriteNumber("minor", entry.Minor);
            json.WriteString("op", entry.Op);
            json.WriteNumber("value", entry.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(Action<Utf8JsonWriter> body, bool indented)
    {
        using var output = Console.OpenStandardOutput();
        using (
            var json = new Utf8JsonWriter(
                output,
                new JsonWriterOptions
                {
                    Indented = indented,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            body(json);
        output.Write("\n"u8);
    }
}
