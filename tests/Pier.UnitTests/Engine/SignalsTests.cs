using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class SignalsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("NOPE")]
    public void What_is_no_signal_is_refused_in_Dockers_words(string text) =>
        Assert.Equal($"invalid signal: {text}", Assert.Throws<InvalidParameterException>(() => Signals.Parse(text)).Message);
}
