using System.Text;
using Pier.Supervisor.Attach;

namespace Pier.UnitTests.Supervisor;

public class DetachKeysTests
{
    [Theory]
    [InlineData("ctrl-p,ctrl-q", "abc", "abc", false)]
    [InlineData("ctrl-p,ctrl-q", "a\u0010\u0011b", "a", true)]
    [InlineData("ctrl-p,ctrl-q", "a\u0010b", "a\u0010b", false)]
    [InlineData("ctrl-p,ctrl-q", "\u0010\u0010\u0011", "\u0010", true)]
    [InlineData("a,a,b", "aaab", "a", true)]
    [InlineData("a,b,a,c", "ababac", "ab", true)]
    [InlineData("ctrl-@", "x\0", "x", true)]
    public void The_sequence_is_found_however_it_arrives(string keys, string input, string delivered, bool detached)
    {
        foreach (var piece in new[] { 1, 2, 100 })
        {
            var detach = DetachKeys.Parse(keys);
            var (text, found) = ("", false);
            for (var at = 0; at < input.Length && !found; at += piece)
            {
                var output = new byte[200];
                var length = detach.Filter(
                    Encoding.ASCII.GetBytes(input.Substring(at, Math.Min(piece, input.Length - at))),
                    output,
                    out found
                );
                text += Encoding.ASCII.GetString(output, 0, length);
            }
            Assert.Equal((delivered, detached), (text, found));
        }
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-1")]
    [InlineData("ab")]
    [InlineData("a,,b")]
    public void Bad_notation_is_refused(string keys) => Assert.Throws<FormatException>(() => DetachKeys.Parse(keys));
}
