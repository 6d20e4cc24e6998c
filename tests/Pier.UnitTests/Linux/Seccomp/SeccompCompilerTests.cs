using System.Runtime.InteropServices;
using Pier.Linux.Seccomp;
using Pier.Runtime.Seccomp;

namespace Pier.UnitTests.Linux.Seccomp;

public class SeccompCompilerTests
{
    const uint X64 = 0xC000003E,
        I386 = 0x40000003,
        Arm64 = 0xC00000B7,
        X32Bit = 0x40000000,
        Denied = SeccompReturn.Errno | 1;

    static readonly byte[] Default = Filter(["CAP_CHOWN"]);

    static byte[] Filter(IReadOnlyCollection<string> capabilities, string kernel = "6.1") =>
        SeccompTranslator
            .Compile(
                SeccompResolver.Resolve(SeccompProfile.Default, capabilities, Version.Parse(kernel), Architecture.X64),
                Architecture.X64
            )
            .Instructions.ToArray();

    static uint Number(string name, SeccompAbi abi = SeccompAbi.X64) => (uint)SeccompSyscalls.Known.Number(name, abi);

    static byte[] Compile(params SeccompFilterRule[] rules) => SeccompCompiler.Compile(new SeccompPolicy(Denied, [SeccompAbi.X64], rules));

    [Fact]
    public void The_default_profile_answers_every_number_as_its_rules_say()
    {
        var allowed = new HashSet<string>(
            SeccompProfile
                .Default.Syscalls!.Where(r => r.Includes is null && r.Excludes is null && r.Args is null or { Count: 0 })
                .SelectMany(r => r.Names!)
        );
        foreach (var name in SeccompSyscalls.Known.Names)
        {
            if (
                name
                is "clone"
                    or "clone3"
                    or "personality"
                    or "socket"
                    or "ptrace"
                    or "process_vm_readv"
                    or "process_vm_writev"
                    or "arch_prctl"
                    or "modify_ldt"
            )
                continue;
            foreach (
                var (abi, arch, bit) in new[] { (SeccompAbi.X64, X64, 0u), (SeccompAbi.I386, I386, 0u), (SeccompAbi.X32, X64, X32Bit) }
            )
            {
                if (SeccompSyscalls.Known.Number(name, abi) < 0)
                    continue;
                // x32 shares numbers with x86_64; both names may lead to one.
                Assert.Equal(allowed.Contains(name) ? SeccompReturn.Allow : Denied, BpfMachine.Run(Default, arch, Number(name, abi) | bit));
            }
        }
    }

    [Fact]
    public void Numbers_between_and_after_the_known_ones_are_denied()
    {
        foreach (var number in (uint[])[336, 400, 1000, 0x3fffffff, X32Bit + 1000, 0xfffffffe])
            Assert.Equal(Denied, BpfMachine.Run(Default, X64, number));
    }

    [Theory]
    [InlineData(Arm64)]
    [InlineData(0u)]
    public void Another_machines_calls_kill(uint arch) => Assert.Equal(SeccompReturn.KillProcess, BpfMachine.Run(Default, arch, 0));

    [Fact]
    public void Without_x32_its_numbers_kill()
    {
        var filter = Compile(new SeccompFilterRule(["read"], SeccompReturn.Allow, []));
        Assert.Equal(SeccompReturn.Allow, BpfMachine.Run(filter, X64, 0));
        Assert.Equal(SeccompReturn.KillProcess, BpfMachine.Run(filter, X64, X32Bit));
        Assert.Equal(SeccompReturn.KillProcess, BpfMachine.Run(filter, I386, 3));
    }

    [Theory]
    [InlineData(0x10000000UL, false)] // CLONE_NEWUSER
    [InlineData(0x00020000UL, false)] // CLONE_NEWNS
    [InlineData(0x00010f00UL, true)] // a thread
    public void Clone_without_SYS_ADMIN_takes_no_namespace_flag(ulong flags, bool allowed) =>
        Assert.Equal(allowed ? SeccompReturn.Allow : Denied, BpfMachine.Run(Default, X64, Number("clone"), flags));

    [Fact]
    public void Clone3_without_SYS_ADMIN_does_not_exist() =>
        Assert.Equal(SeccompReturn.Errno | 38, BpfMachine.Run(Default, X64, Number("clone3")));

    [Fact]
    public void Capabilities_and_kernel_open_what_belongs_to_them()
    {
        Assert.Equal(Denied, BpfMachine.Run(Default, X64, Number("mount")));
        Assert.Equal(SeccompReturn.Allow, BpfMachine.Run(Filter(["CAP_SYS_ADMIN"]), X64, Number("mount")));
        Assert.Equal(SeccompReturn.Allow, BpfMachine.Run(Filter(["CAP_SYS_ADMIN"]), X64, Number("clone"), 0x10000000));
        Assert.Equal(Denied, BpfMachine.Run(Filter([], "4.7"), X64, Number("ptrace")));
        Assert.Equal(SeccompReturn.Allow, BpfMachine.Run(Filter([], "4.8"), X64, Number("ptrace")));
    }

    [Theory]
    [InlineData(SeccompComparison.Equal, 5UL, 5UL, true)]
    [InlineData(SeccompComparison.Equal, 5UL, 0x100000005UL, false)]
    [InlineData(SeccompComparison.NotEqual, 5UL, 5UL, false)]
    [InlineData(SeccompComparison.NotEqual, 5UL, 0x100000005UL, true)]
    [InlineData(SeccompComparison.NotEqual, 5UL, 6UL, true)]
    [InlineData(SeccompComparison.Less, 0x100000000UL, 0xffffffffUL, true)]
    [InlineData(SeccompComparison.Less, 0x100000000UL, 0x100000000UL, false)]
    [InlineData(SeccompComparison.Less, 0x100000005UL, 0x100000004UL, true)]
    [InlineData(SeccompComparison.Less, 5UL, 0x200000000UL, false)]
    [InlineData(SeccompComparison.LessOrEqual, 5UL, 5UL, true)]
    [InlineData(SeccompComparison.LessOrEqual, 5UL, 6UL, false)]
    [InlineData(SeccompComparison.LessOrEqual, 0x100000000UL, 0x100000001UL, false)]
    [InlineData(SeccompComparison.Greater, 5UL, 5UL, false)]
    [InlineData(SeccompComparison.Greater, 5UL, 0x100000000UL, true)]
    [InlineData(SeccompComparison.Greater, 0x100000005UL, 6UL, false)]
    [InlineData(SeccompComparison.GreaterOrEqual, 5UL, 5UL, true)]
    [InlineData(SeccompComparison.GreaterOrEqual, 0x100000005UL, 0x100000004UL, false)]
    [InlineData(SeccompComparison.GreaterOrEqual, 0x100000005UL, 0x200000000UL, true)]
    public void Comparisons_are_unsigned_and_of_64_bits(SeccompComparison comparison, ulong value, ulong argument, bool holds)
    {
        var filter = Compile(new SeccompFilterRule(["read"], SeccompReturn.Allow, [new SeccompCondition(5, comparison, value)]));
        Assert.Equal(holds ? SeccompReturn.Allow : Denied, BpfMachine.Run(filter, X64, 0, 0, 0, 0, 0, 0, argument));
    }

    [Fact]
    public void Every_condition_of_a_rule_must_hold_and_rules_are_tried_in_order()
    {
        var filter = Compile(
            new SeccompFilterRule(
                ["read"],
                SeccompReturn.Log,
                [new(0, SeccompComparison.Equal, 1), new(1, SeccompComparison.MaskedEqual, 0xf0, 0x20)]
            ),
            new SeccompFilterRule(["read"], SeccompReturn.Allow, [new(0, SeccompComparison.Equal, 1)])
        );
        Assert.Equal(SeccompReturn.Log, BpfMachine.Run(filter, X64, 0, 1, 0x2f));
        Assert.Equal(SeccompReturn.Allow, BpfMachine.Run(filter, X64, 0, 1, 0x3f));
        Assert.Equal(Denied, BpfMachine.Run(filter, X64, 0, 2, 0x2f));
    }

    [Fact]
    public void The_default_filter_is_far_below_the_kernels_limit() => Assert.InRange(Default.Length / 8, 50, 1000);

    [Fact]
    public void A_wrong_profile_is_refused_with_its_reason()
    {
        Assert.Throws<Pier.Model.InvalidParameterException>(() => SeccompProfile.Parse("{"));
        Assert.Throws<Pier.Model.InvalidParameterException>(() =>
            SeccompProfile.Parse("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"a\"],\"archMap\":[{\"architecture\":\"b\"}]}")
        );
        var unknown = new Pier.Model.Runtime.LinuxSeccomp { DefaultAction = "SCMP_ACT_ALOW" };
        Assert.Contains(
            "linux.seccomp.defaultAction",
            Assert.Throws<Pier.Model.InvalidParameterException>(() => SeccompTranslator.Compile(unknown, Architecture.X64)).Message
        );
    }
}
