using Pier.Model.Notation;

namespace Pier.UnitTests.Model;

public class SignalNameTests
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
    [InlineData("IOT", 6)]
    [InlineData("CLD", 17)]
    [InlineData("RTMIN", 34)]
    [InlineData("RTMIN+15", 49)]
    [InlineData("RTMAX-14", 50)]
    public void Names_and_numbers(string text, int number) =>
        Assert.Equal((true, number), (SignalName.TryParse(text, out var parsed), parsed));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("SIG")]
    [InlineData("NOPE")]
    [InlineData("RTMIN+16")]
    [InlineData("RTMAX-15")]
    [InlineData("RTMIN+0")]
    [InlineData("RTMIN+")]
    [InlineData(null)]
    [InlineData("SIGSIGKILL")]
    public void What_is_no_signal_is_refused(string? text) => Assert.False(SignalName.TryParse(text, out _));
}
