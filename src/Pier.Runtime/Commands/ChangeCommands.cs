using System.Globalization;
using System.Text.Json;
using Pier.Linux.Cgroups;
using Pier.Model.Runtime;
using Pier.Runtime.Resources;

namespace Pier.Runtime.Commands;

/// <summary>pause, resume, update.</summary>
static class ChangeCommands
{
    public static int Pause(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var state = context.States.Load(LifecycleCommands.Id(CommandLine.Parse(arguments, [], [])));
        if (context.States.Status(state) is not ("running" or "created") and var status)
            throw new CommandException($"container not running: {status}");
        if (!Freezer.TryFreeze(context.States.Group(state), TimeSpan.FromSeconds(10)))
            throw new CommandException("unable to freeze");
        return 0;
    }

    public static int Resume(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var state = context.States.Load(LifecycleCommands.Id(CommandLine.Parse(arguments, [], [])));
        if (context.States.Status(state) != "paused")
            throw new CommandException("container not paused");
        Freezer.Thaw(context.States.Group(state));
        return 0;
    }

    public static int Update(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(
            arguments,
            [
                "resources|r",
                "blkio-weight",
                "cpu-period",
                "cpu-quota",
                "cpu-burst",
                "cpu-share",
                "cpu-rt-period",
                "cpu-rt-runtime",
                "cpuset-cpus",
                "cpuset-mems",
                "cpu-idle",
                "kernel-memory",
                "kernel-memory-tcp",
                "memory",
                "memory-reservation",
                "memory-swap",
                "pids-limit",
                "l3-cache-schema",
                "mem-bw-schema",
            ],
            []
        );
        var state = context.States.Load(LifecycleCommands.Id(line));
        if (context.States.Status(state) == "stopped")
            throw new CommandException("container not running");
        var resources = line.Value("resources") is { } source ? Read(source) : Of(line);
        var group = context.States.Group(state);
        if (resources.Devices is not null)
            ResourceWriter.ApplyDevices(group, resources);
        ResourceWriter.Apply(group, resources);
        return 0;
    }

    static LinuxResources Read(string source)
    {
        try
        {
            using var input = source == "-" ? Console.OpenStandardInput() : File.OpenRead(source);
            return JsonSerializer.Deserialize(input, RuntimeJson.Default.LinuxResources) ?? new LinuxResources();
        }
        catch (JsonException e)
        {
            throw new CommandException($"{source}: {e.Message}", inner: e);
        }
    }

    static LinuxResources Of(CommandLine line) =>
        new()
        {
            Memory = new MemoryLimits
            {
                Limit = Bytes(line, "memory"),
                Reservation = Bytes(line, "memory-reservation"),
                Swap = Bytes(line, "memory-swap"),
            },
            Cpu = new CpuLimits
            {
                Period = (ulong?)Number(line, "cpu-period"),
                Quota = Number(line, "cpu-quota"),
                Burst = (ulong?)Number(line, "cpu-burst"),
                Shares = (ulong?)Number(line, "cpu-share"),
                RealtimePeriod = (ulong?)Number(line, "cpu-rt-period"),
                RealtimeRuntime = Number(line, "cpu-rt-runtime"),
                Cpus = line.Value("cpuset-cpus"),
                Mems = line.Value("cpuset-mems"),
                Idle = Number(line, "cpu-idle"),
            },
            Pids = Number(line, "pids-limit") is { } pids ? new PidsLimit { Limit = pids } : null,
            BlockIO = Number(line, "blkio-weight") is { } weight ? new BlockIoLimits { Weight = (ushort)weight } : null,
        };

    static long? Number(CommandLine line, string name) =>
        line.Value(name) switch
        {
            null or "" => null,
            var text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new CommandException($"invalid value for {name}: {text}"),
        };

    /// <summary>Bytes with a unit as Docker writes it: "512m", "1g"; -1 for no limit.</summary>
    static long? Bytes(CommandLine line, string name)
    {
        if (line.Value(name) is not { Length: > 0 } text)
            return null;
        var digits = text.ToLowerInvariant().TrimEnd('b', 'k', 'm', 'g', 't');
        var shift = text.ToLowerInvariant()[digits.Length..].TrimEnd('b') switch
        {
            "" => 0,
            "k" => 10,
            "m" => 20,
            "g" => 30,
            "t" => 40,
            _ => -1,
        };
        return shift >= 0 && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value < 0
                ? -1
                : value << shift
            : throw new CommandException($"invalid value for {name}: {text}");
    }
}
