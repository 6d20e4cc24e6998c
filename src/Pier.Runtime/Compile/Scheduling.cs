using System.Buffers.Binary;
using Pier.Linux;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>sched_setattr(2) and ioprio_set(2).</summary>
static class Scheduling
{
    static readonly Dictionary<string, uint> Policies = new()
    {
        ["SCHED_OTHER"] = 0,
        ["SCHED_FIFO"] = 1,
        ["SCHED_RR"] = 2,
        ["SCHED_BATCH"] = 3,
        ["SCHED_ISO"] = 4,
        ["SCHED_IDLE"] = 5,
        ["SCHED_DEADLINE"] = 6,
    };

    static readonly Dictionary<string, ulong> Flags = new()
    {
        ["SCHED_FLAG_RESET_ON_FORK"] = 1,
        ["SCHED_FLAG_RECLAIM"] = 2,
        ["SCHED_FLAG_DL_OVERRUN"] = 4,
        ["SCHED_FLAG_KEEP_POLICY"] = 8,
        ["SCHED_FLAG_KEEP_PARAMS"] = 16,
        ["SCHED_FLAG_UTIL_CLAMP_MIN"] = 32,
        ["SCHED_FLAG_UTIL_CLAMP_MAX"] = 64,
    };

    public static void Emit(Compilation c, Process process)
    {
        if (process.Scheduler is { } scheduler)
            c.Builder.About("process.scheduler").Call(Syscall.SchedSetattr, 0, c.Builder.Bytes(Attributes(scheduler)), 0);
        if (process.IoPriority is { } io)
            c.Builder.About("process.ioPriority").Call(Syscall.IoprioSet, 1, 0, Class(io.Class) << 13 | io.Priority);
    }

    // struct sched_attr, 48 bytes (man 2 sched_setattr).
    static byte[] Attributes(Scheduler s)
    {
        if (!Policies.TryGetValue(s.Policy, out var policy))
            throw Compilation.Invalid("process.scheduler.policy", $"invalid scheduler policy \"{s.Policy}\"");
        ulong flags = 0;
        foreach (var flag in s.Flags ?? [])
            flags |= Flags.TryGetValue(flag, out var bit)
                ? bit
                : throw Compilation.Invalid("process.scheduler.flags", $"invalid flag \"{flag}\"");
        var bytes = new byte[48];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 48);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), policy);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), flags);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), s.Nice);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), s.Priority);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), s.Runtime);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), s.Deadline);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), s.Period);
        return bytes;
    }

    static int Class(string name) =>
        name switch
        {
            "IOPRIO_CLASS_RT" => 1,
            "IOPRIO_CLASS_BE" => 2,
            "IOPRIO_CLASS_IDLE" => 3,
            _ => throw Compilation.Invalid("process.ioPriority.class", $"invalid class \"{name}\""),
        };
}
