using System.Runtime.InteropServices;
using Pier.Linux;
using Pier.Linux.Launch;

namespace Pier.UnitTests.Linux.Launch;

public class ProgramBuilderTests
{
    [Fact]
    public void Strings_are_shared_and_hold_no_nul()
    {
        var builder = new ProgramBuilder(Architecture.X64);
        Assert.Equal(builder.Text("/proc"), builder.Text("/proc"));
        Assert.Throws<ArgumentException>(() => builder.Text("a\0b"));
    }

    [Fact]
    public void Imports_come_before_other_slots()
    {
        var builder = new ProgramBuilder(Architecture.X64);
        Assert.Equal(0, builder.Import("stdin").Index);
        Assert.Equal(1, builder.NewSlot().Index);
        Assert.Throws<InvalidOperationException>(() => builder.Import("late"));
    }

    [Fact]
    public void A_program_has_to_end_and_jumps_lead_forward()
    {
        var builder = new ProgramBuilder(Architecture.X64);
        var back = builder.NewLabel();
        builder.Bind(back);
        builder.Call(Syscall.Setsid);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        builder.Jump(back);
        builder.Call(Syscall.ExitGroup, 0);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void An_unbound_label_a_foreign_slot_and_too_many_arguments_are_refused()
    {
        var builder = new ProgramBuilder(Architecture.X64);
        builder.CallOrJump(0, builder.NewLabel(), Syscall.Setsid);
        Assert.Throws<ArgumentException>(() => builder.Call(Syscall.Close, new Slot(3)));
        Assert.Throws<ArgumentException>(() => builder.Call(Syscall.Close, new DataPointer(99)));
        Assert.Throws<ArgumentException>(() => builder.Call(Syscall.Close, 1, 2, 3, 4, 5, 6, 7));
        builder.Call(Syscall.ExitGroup, 0);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void A_program_clones_again_at_most_once()
    {
        var builder = new ProgramBuilder(Architecture.X64);
        var label = builder.NewLabel();
        builder.Clone(0, label);
        Assert.Throws<InvalidOperationException>(() => builder.Clone(0, label));
    }
}
