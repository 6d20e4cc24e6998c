using Pier.Contracts.Grpc;

namespace Pier.UnitTests.Api.Grpc;

public class GrpcTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("für", "f%C3%BCr")]
    public void Messages_are_escaped_and_come_back(string message, string header)
    {
        Assert.Equal(header, GrpcText.Escape(message));
        Assert.Equal(message, GrpcText.Unescape(header));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("50% of", "50% of")]
    [InlineData("%zz%41", "%zzA")]
    public void What_is_no_escape_stands_for_itself(string header, string message) => Assert.Equal(message, GrpcText.Unescape(header));

    [Theory]
    [InlineData("5S", 5000)]
    [InlineData("2M", 120_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("250m", 250)]
    [InlineData("99999999u", 99_999.999)]
    public void Timeouts_are_read(string text, double milliseconds) =>
        Assert.Equal(milliseconds, GrpcText.ParseTimeout(text)!.Value.TotalMilliseconds, 3);

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("-5S")]
    [InlineData("123456789S")]
    [InlineData("5x")]
    public void What_is_no_timeout_is_none(string text) => Assert.Null(GrpcText.ParseTimeout(text));
}
