using System.Buffers.Binary;
using Pier.Linux.Cgroups;

namespace Pier.UnitTests.Linux.Cgroups;

public class DeviceProgramTests
{
    const DeviceAccess Read = DeviceAccess.Read,
        Write = DeviceAccess.Write,
        Mknod = DeviceAccess.Mknod;

    static bool Allowed(IReadOnlyList<DeviceRule> rules, char type, uint major, uint minor, DeviceAccess access) =>
        Run(DeviceProgram.Build(rules), (uint)access << 16 | (type == 'b' ? 1u : 2u), major, minor) == 1;

    [Fact]
    public void Without_rules_everything_is_denied() => Assert.False(Allowed([], 'c', 1, 3, Read));

    [Fact]
    public void After_deny_all_only_what_is_named_is_allowed()
    {
        DeviceRule[] rules =
        [
            DeviceRule.DenyAll,
            new(true, 'c', 1, 3, Read | Write),
            new(true, 'b', 8, null, Read),
            new(true, 'c', null, null, Mknod),
        ];
        Assert.True(Allowed(rules, 'c', 1, 3, Read | Write));
        Assert.True(Allowed(rules, 'c', 1, 3, DeviceAccess.All)); // two rules together
        Assert.False(Allowed(rules, 'b', 1, 3, Read));
        Assert.True(Allowed(rules, 'b', 8, 77, Read));
        Assert.False(Allowed(rules, 'b', 8, 77, Read | Write));
        Assert.True(Allowed(rules, 'c', 200, 1, Mknod));
        Assert.False(Allowed(rules, 'c', 200, 1, Read));
    }

    [Fact]
    public void The_last_rule_wins_for_each_kind_of_access()
    {
        DeviceRule[] rules =
        [
            DeviceRule.AllowAll,
            new(false, 'c', 10, 200, Write),
            new(false, 'c', 5, null, DeviceAccess.All),
            new(true, 'c', 5, 1, Read),
        ];
        Assert.True(Allowed(rules, 'c', 10, 200, Read));
        Assert.False(Allowed(rules, 'c', 10, 200, Read | Write));
        Assert.True(Allowed(rules, 'c', 5, 1, Read));
        Assert.False(Allowed(rules, 'c', 5, 1, Read | Write));
        Assert.False(Allowed(rules, 'c', 5, 2, Read));
        Assert.True(Allowed(rules, 'b', 5, 2, Write));
    }

    [Fact]
    public void The_legacy_text_is_what_devices_allow_takes()
    {
        Assert.Equal("a", DeviceRule.DenyAll.Legacy);
        Assert.Equal("c 1:3 rwm", new DeviceRule(true, 'c', 1, 3, DeviceAccess.All).Legacy);
        Assert.Equal("b *:* m", new DeviceRule(true, 'b', null, null, Mknod).Legacy);
    }

    // The few instructions of eBPF that the programs use.
    static long Run(byte[] program, uint accessType, uint major, uint minor)
    {
        var registers = new long[11];
        uint[] context = [accessType, major, minor];
        for (var at = 0; ; at++)
        {
            var i = program.AsSpan(8 * at, 8);
            int destination = i[1] & 15,
                source = i[1] >> 4,
                offset = BinaryPrimitives.ReadInt16LittleEndian(i[2..]),
                immediate = BinaryPrimitives.ReadInt32LittleEndian(i[4..]);
            switch (i[0])
            {
                case 0x61:
                    registers[destination] = context[offset / 4];
                    break;
                case 0x54:
                    registers[destination] = (uint)registers[destination] & (uint)immediate;
                    break;
                case 0x74:
                    registers[destination] = (uint)registers[destination] >> immediate;
                    break;
                case 0xbc:
                    registers[destination] = (uint)registers[source];
                    break;
                case 0xb4:
                    registers[destination] = (uint)immediate;
                    break;
                case 0x15:
                    if (registers[destination] == immediate)
                        at += offset;
                    break;
                case 0x55:
                    if (registers[destination] != immediate)
                        at += offset;
                    break;
                case 0x95:
                    return registers[0];
                default:
                    throw new InvalidDataException($"opcode {i[0]:x}");
            }
        }
    }
}
