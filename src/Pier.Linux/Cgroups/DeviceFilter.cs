using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Cgroups;

/// <summary>Loads a <see cref="DeviceProgram"/> and attaches it to a cgroup v2 directory (man 2 bpf).</summary>
public static unsafe class DeviceFilter
{
    const int ProgLoad = 5,
        ProgAttach = 8,
        ProgDetach = 9,
        ProgGetFdById = 13,
        ProgQuery = 16,
        ProgramTypeCgroupDevice = 15,
        AttachTypeCgroupDevice = 6,
        AllowMulti = 2,
        AttributeSize = 128,
        MaxPrograms = 64;

    /// <summary>Puts rules in force; those that were attached before go afterwards, so that there is no moment without a filter.</summary>
    public static void Replace(string directory, IReadOnlyList<DeviceRule> rules)
    {
        using var group = CgroupFile.OpenDirectory(directory);
        var before = Attached(group);
        using var program = Load(DeviceProgram.Build(rules));
        var attach = stackalloc int[AttributeSize / 4];
        Fill(attach, [Number(group), Number(program), AttachTypeCgroupDevice, AllowMulti]);
        Call(ProgAttach, attach, "BPF_PROG_ATTACH", directory);
        foreach (var id in before)
            Detach(group, id);
    }

    static SafeFileHandle Load(byte[] code)
    {
        var attributes = stackalloc long[AttributeSize / 8];
        new Span<long>(attributes, AttributeSize / 8).Clear();
        fixed (byte* instructions = code)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            ((int*)attributes)[0] = ProgramTypeCgroupDevice;
            ((int*)attributes)[1] = code.Length / 8;
            attributes[1] = (long)instructions;
            attributes[2] = (long)license;
            var fd = Native.Syscall(Number(), ProgLoad, attributes, AttributeSize);
            return fd >= 0
                ? new SafeFileHandle((nint)fd, true)
                : throw new LinuxException("bpf", Marshal.GetLastPInvokeError(), "BPF_PROG_LOAD");
        }
    }

    static uint[] Attached(SafeFileHandle group)
    {
        var ids = new uint[MaxPrograms];
        var attributes = stackalloc long[AttributeSize / 8];
        new Span<long>(attributes, AttributeSize / 8).Clear();
        fixed (uint* start = ids)
        {
            // target_fd, attach_type, query_flags, attach_flags, prog_ids, prog_cnt.
            ((int*)attributes)[0] = Number(group);
            ((int*)attributes)[1] = AttachTypeCgroupDevice;
            attributes[2] = (long)start;
            ((int*)attributes)[6] = MaxPrograms;
            if (Native.Syscall(Number(), ProgQuery, attributes, AttributeSize) != 0)
                return [];
            return ids[..((int*)attributes)[6]];
        }
    }

    static void Detach(SafeFileHandle group, uint id)
    {
        var attributes = stackalloc int[AttributeSize / 4];
        Fill(attributes, [(int)id]);
        var fd = Native.Syscall(Number(), ProgGetFdById, attributes, AttributeSize);
        if (fd < 0)
            return;
        using var program = new SafeFileHandle((nint)fd, true);
        Fill(attributes, [Number(group), Number(program), AttachTypeCgroupDevice, 0]);
        Call(ProgDetach, attributes, "BPF_PROG_DETACH", null);
    }

    static void Fill(int* attributes, ReadOnlySpan<int> values)
    {
        new Span<int>(attributes, AttributeSize / 4).Clear();
        values.CopyTo(new Span<int>(attributes, AttributeSize / 4));
    }

    static void Call(int command, void* attributes, string name, string? subject)
    {
        if (Native.Syscall(Number(), command, attributes, AttributeSize) < 0)
            throw new LinuxException("bpf", Marshal.GetLastPInvokeError(), subject is null ? name : $"{name} {subject}");
    }

    static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    static long Number() => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;
}
