using Pier.Cli;
using Pier.Cli.Terminals;

namespace Pier.UnitTests.Cli;

public class DetachKeysTests
{
    static (bool Detached, string Passed) Feed(DetachKeys keys, string typed)
    {
        var target = new byte[typed.Length + 16];
        var detached = keys.Filter(System.Text.Encoding.Latin1.GetBytes(typed), target, out var written);
        return (detached, System.Text.Encoding.Latin1.GetString(target, 0, written));
    }

    [Fact]
    public void The_sequence_detaches_also_when_it_comes_in_pieces()
    {
        var keys = new DetachKeys(DetachKeys.Default);
        Assert.Equal((false, "a"), Feed(keys, "a\x10"));
        Assert.Equal((true, ""), Feed(keys, "\x11z"));
    }

    [Fact]
    public void A_beginning_that_leads_nowhere_is_handed_on()
    {
        var keys = new DetachKeys(DetachKeys.Default);
        Assert.Equal((false, "\x10x"), Feed(keys, "\x10x"));
        Assert.Equal((false, "\x10"), Feed(keys, "\x10\x10"));
        Assert.Equal((true, ""), Feed(keys, "\x11"));
    }

    [Theory]
    [InlineData("ctrl-a,x", new byte[] { 1, 120 })]
    [InlineData("ctrl-@", new byte[] { 0 })]
    [InlineData("ctrl-_,ctrl-\\", new byte[] { 31, 28 })]
    public void Sequences_are_read(string text, byte[] keys) => Assert.Equal(keys, DetachKeys.Parse(text));

    [Fact]
    public void An_unknown_key_is_refused() => Assert.Throws<CliFailure>(() => DetachKeys.Parse("ctrl-1"));
}
