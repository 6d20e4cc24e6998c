using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class SignalsTests
{
    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("SIGKILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("9", 9)]
    [InlineData("64", 64)]
    [InlineData("WINCH", 28)]
    [InlineData("SYS", 31)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX", 64)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("POLL", 29)]
    public void Names_and_numbers(string text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("SIG")]
    [InlineData("NOPE")]
    [InlineData("RTMIN+31")]
    [InlineData("SIGSIGKILL")]
    public void What_is_no_signal_is_refused_in_Dockers_words(string text) =>
        Assert.Equal($"Invalid signal: {text}", Assert.Throws<InvalidParameterException>(() => Signals.Parse(text)).Message);
}
